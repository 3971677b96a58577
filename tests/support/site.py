"""The whole site, started as a person starts it: `manage.py run_site`."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from poker_site.embedded.addresses import default_database_url, default_redis_url
from poker_site.embedded.registry import free_port, port_is_free, prepare_data_dir
from poker_site.processes.leftovers import marked_processes
from poker_site.processes.readiness import what_is_missing
from poker_site.processes.supervisor import Supervisor, site_supervisor
from tests.support.ordinary_user import Starter
from tests.support.servers import busy, wait_until

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
OURSELVES = Starter()
READY_SECONDS = 120  # the promise is 60 on a quiet machine
STOP_SECONDS = 20
# What the test run has set for itself, and a site of its own must not inherit.
TEST_VARIABLES = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "POKER_TEST_DIR")


class RunningSite:
    """A site with a data directory and a port of its own; without coins it starts sooner."""

    def __init__(
        self,
        data_dir: Path,
        *,
        arguments: tuple[str, ...] = (),
        coins: bool = False,
        starter: Starter = OURSELVES,
    ) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.arguments = arguments if coins else (*arguments, "--no-coins")
        self.starter = starter

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return default_database_url(self.data_dir)

    @property
    def redis_url(self) -> str:
        return default_redis_url(self.data_dir)

    @property
    def environment(self) -> dict[str, str]:
        """For commands that work on this site's data."""
        inherited = {k: v for k, v in os.environ.items() if k not in TEST_VARIABLES}
        own = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "DEMO_BOTS_PACE": "5"}
        return inherited | self.starter.environment | own

    @property
    def supervisor(self) -> Supervisor:
        return site_supervisor(self.data_dir)

    @property
    def output(self) -> str:
        return (self.data_dir / "run_site.out").read_text()

    def start(self) -> float:
        """Start it and wait until every part answers; returns the seconds that took."""
        started = time.monotonic()
        with (self.data_dir / "run_site.out").open("wb") as output:
            self.process = subprocess.Popen(
                [*self.starter.command, "run_site", *self.arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **self.starter.popen_options(),
            )
        try:
            self.wait_until_ready()
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.output}\n{self.logs()}") from error
        return time.monotonic() - started

    def wait_until_ready(self, seconds: float | None = None) -> None:
        def is_ready() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(f"run_site ended:\n{self.output}")
            # Not by its answer alone: that may be the last one of an earlier run, and some programs
            # start when it is given.
            open_ = "is open" in self.output and not what_is_missing(f"{self.url}/")
            return open_ and all(self.pids().values())

        limit = READY_SECONDS * busy() if seconds is None else seconds
        wait_until(is_ready, seconds=limit, what=f"{self.url} ready")

    def stop(self) -> float:
        """Ctrl-C; nothing may be left after 20 s. Returns the seconds that took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.force_stop()
            raise AssertionError(f"not stopped in {STOP_SECONDS} s\n{self.output}") from None
        assert self.leftovers() == []
        assert port_is_free(self.port)
        return time.monotonic() - started

    def leftovers(self) -> list[str]:
        """The command lines of this site's processes that still run."""
        found = [process.cmdline() for process in marked_processes(self.data_dir / "run")]
        for process in psutil.process_iter():
            try:
                command = process.cmdline()
            except psutil.Error:
                continue
            if any(part.startswith(str(self.data_dir)) for part in command):
                found.append(command)
        return [" ".join(command) for command in found]

    def force_stop(self) -> None:
        for process in marked_processes(self.data_dir / "run"):
            process.kill()
        self.process.kill()
        self.process.wait()

    def pids(self) -> dict[str, int]:
        """Process ids by name: postgresql, valkey, worker, beat, tables_0, tables_1, web_0, …"""
        return self.supervisor.pids()

    def kill(self, program: str) -> int:
        """kill -9 a process by its name; returns the process id it had."""
        pid = self.pids()[program]
        assert pid, f"{program} does not run"  # 0 would be everybody in our own process group
        os.kill(pid, signal.SIGKILL)
        return pid

    def health(self) -> dict[str, dict[str, Any]]:
        """What `/healthz/ready` says, whatever its status."""
        answer: dict[str, dict[str, Any]] = httpx.get(
            f"{self.url}/healthz/ready", timeout=10, trust_env=False
        ).json()
        return answer

    def manage(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a management command on this site's data."""
        return subprocess.run(
            [*self.starter.command, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            **self.starter.popen_options(),
        )

    def logs(self, lines: int = 15) -> str:
        """The end of every log, for the message of a failed test."""
        parts = []
        for path in sorted((self.data_dir / "logs").glob("*.log")):
            end = path.read_text(errors="replace").splitlines()[-lines:]
            parts.append("\n".join([f"== {path.name}", *end]))
        return "\n".join(parts)


@contextmanager
def new_site(
    *arguments: str, coins: bool = False, starter: Starter = OURSELVES
) -> Iterator[RunningSite]:
    """A site that is not started yet, in an empty directory; stopped and removed afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="poker-site-"))
    prepare_data_dir(directory)
    starter.give(directory)
    site = RunningSite(directory, arguments=arguments, coins=coins, starter=starter)
    try:
        yield site
    finally:
        if hasattr(site, "process") and site.process.poll() is None:
            site.process.send_signal(signal.SIGINT)
            try:
                site.process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                site.force_stop()
        shutil.rmtree(directory, ignore_errors=True)
