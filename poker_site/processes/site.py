"""The whole site on one machine: start everything in order, watch it, stop it in reverse."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from django.conf import settings

from poker_site.embedded.postgresql import PostgreSQL, embedded_postgresql
from poker_site.embedded.registry import (
    forget,
    free_port,
    leave_taken_port,
    new_password,
    port_is_free,
    prepare_data_dir,
    private_dir,
    remember,
)
from poker_site.embedded.valkey import Valkey, embedded_valkey
from poker_site.processes import programs
from poker_site.processes.leftovers import stop_leftovers
from poker_site.processes.lock import SiteLock
from poker_site.processes.make import MakeInterrupt
from poker_site.processes.preparation import PreparationFailed, prepare_database
from poker_site.processes.programs import Program
from poker_site.processes.readiness import what_is_missing
from poker_site.processes.secrets import deck_key, signer_environment
from poker_site.processes.stop_signals import StopRequested
from poker_site.processes.supervisor import Supervisor, site_supervisor
from poker_site.processes.wallet_addresses import public_settings
from wallet.chains.types import BitcoinNetwork
from wallet.devnodes.errors import DevnodesUnavailable
from wallet.devnodes.installation import install, is_installed

SERVER_SECONDS = 60
READY_SECONDS = 60


class SiteError(Exception):
    """The site cannot start or go on; the message says what to do."""


@dataclass
class Site:
    """What `manage.py run_site` runs. `say` tells the person at the terminal."""

    data_dir: Path
    port: int
    embed_postgresql: bool
    embed_valkey: bool
    with_tables: bool
    with_bots: bool
    development: bool
    with_rates: bool
    with_chains: bool
    say: Callable[[str], None]
    postgresql: PostgreSQL | None = field(init=False, default=None)
    valkey: Valkey | None = field(init=False, default=None)
    supervisor: Supervisor = field(init=False)
    make_interrupted: MakeInterrupt = field(init=False, default_factory=MakeInterrupt)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "logs"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everything is up inside, and gone afterwards. Raises AlreadyRunning or SiteError."""
        prepare_data_dir(self.data_dir)
        private_dir(self.log_dir)
        with SiteLock(self.data_dir, self.url):
            self._choose_servers()
            try:
                self._start()
                yield
            finally:
                self.say("Stopping …")
                self.supervisor.stop()
                self._clear_leftovers()

    def wait_until_it_ends(self) -> None:
        """Until a stop signal raises StopRequested. Raises SiteError when the supervisor died."""
        process = self.supervisor.process
        while process is not None and process.poll() is None:
            self._stop_with_make()
            time.sleep(0.3)
        raise SiteError(f"The supervisor ended; see {self.log_dir / 'supervisord.log'}.")

    def _stop_with_make(self) -> None:
        if self.make_interrupted:
            raise StopRequested

    def _choose_servers(self) -> None:
        if self.embed_postgresql:
            self.postgresql = embedded_postgresql(self.data_dir)
        self._clear_leftovers()
        if not port_is_free(self.port):
            raise SiteError(
                f"Port {self.port} is taken by another program. "
                f"Choose another: PORT={self.port + 1} make run"
            )
        for name in ("postgresql", "valkey", "supervisor", "rates", "bitcoin", "ethereum"):
            leave_taken_port(self.data_dir, name)
        if self.embed_postgresql:
            self.postgresql = embedded_postgresql(self.data_dir)
        if self.embed_valkey:
            self.valkey = embedded_valkey(self.data_dir)
        self.supervisor = site_supervisor(self.data_dir)

    def _clear_leftovers(self) -> None:
        pid = self.postgresql.running_pid() if self.postgresql else None
        count = stop_leftovers(self.data_dir / "run", database_pid=pid)
        if count:
            self.say(f"Stopped {count} processes that an earlier run left behind.")

    def _start(self) -> None:
        if self.postgresql is not None:
            if not self.postgresql.exists():
                self.say("Creating the database …")
            self.postgresql.prepare()
        if self.valkey is not None:
            self.valkey.prepare()
        self.say("Starting …")
        room, afterwards = self._programs(), self._programs_afterwards()
        self._publish_wallet()
        self.supervisor.start([*self._servers(), *room, *afterwards])
        self._wait_for_servers()
        try:
            prepare_database(self.data_dir, self.log_dir / "prepare.log")
        except PreparationFailed as error:
            raise SiteError(str(error)) from error
        # One of each, and the room is open in half the time: at first all of them only import.
        for program in room:
            self.supervisor.start_first_copy(program)
        self._wait_until_ready()
        for program in [*room, *afterwards]:
            self.supervisor.start_program(program)

    def _servers(self) -> list[Program]:
        servers = []
        if self.postgresql is not None:
            servers.append(programs.postgresql(self.postgresql))
        if self.valkey is not None:
            servers.append(programs.valkey(self.valkey))
        return servers

    def _programs(self) -> list[Program]:
        """The room itself: when all of these answer, people play."""
        key = os.environ.get("DECK_KEY") or deck_key(self.data_dir)
        return [
            programs.web(self.port),
            *([programs.tables(key)] if self.with_tables else []),
            programs.worker(),
            *([programs.signer(self._signer)] if self._signer else []),
            programs.beat(),
        ]

    def _programs_afterwards(self) -> list[Program]:
        """Test coins, for which nobody waits, and the demo bots, who need a room that is open."""
        return [
            *([programs.rates(self._rates_port())] if self.with_rates else []),
            *([programs.chains()] if self._has_chains else []),
            *([programs.demo_bots()] if self.with_bots else []),
        ]

    @cached_property
    def _signer(self) -> dict[str, str]:
        return signer_environment(os.environ, self.data_dir, development=self.development)

    def _publish_wallet(self) -> None:
        """Development: what the others must know of the signer's keys, unless it is set."""
        forget(self.data_dir, "wallet")
        if self.development and "WALLET_SEED" in self._signer:
            public = public_settings(self._signer, BitcoinNetwork(settings.BITCOIN_NETWORK))
            remember(self.data_dir, "wallet", lambda: dict(public))

    @cached_property
    def _has_chains(self) -> bool:
        """Development's nodes can run; if not, the person at the terminal is told why."""
        if not self.with_chains:
            return self._without_chains()
        try:
            if not is_installed(settings.DEVNODES_DIR):
                self.say("Installing test nodes of Bitcoin and Ethereum …")
            install(settings.DEVNODES_DIR)
        except DevnodesUnavailable as error:
            self.say(f"No test coins this time. {error}")
            return self._without_chains()
        remember(
            self.data_dir, "bitcoin", lambda: {"port": free_port(), "password": new_password()}
        )
        remember(self.data_dir, "ethereum", lambda: {"port": free_port()})
        return True

    def _without_chains(self) -> bool:
        for name in ("bitcoin", "ethereum"):
            forget(self.data_dir, name)
        return False

    def _rates_port(self) -> int:
        port: int = remember(self.data_dir, "rates", lambda: {"port": free_port()})["port"]
        return port

    def _wait_for_servers(self) -> None:
        end = time.monotonic() + SERVER_SECONDS
        for server in (self.postgresql, self.valkey):
            while server is not None and not server.answers():
                if time.monotonic() > end:
                    raise SiteError(f"{type(server).__name__} does not answer; see {self.log_dir}.")
                time.sleep(0.05)
        if self.postgresql is not None:
            self.postgresql.ensure_database()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while missing := what_is_missing(self.url):
            self._stop_with_make()
            if time.monotonic() > end:
                self.say("Not everything answers yet:")
                for part, detail in missing.items():
                    self.say(f"  {part}: {detail}")
                self.say(f"See the logs in {self.log_dir}.")
                return
            time.sleep(0.2)
