"""Starting, asking and stopping the supervisor (`supervisord`) of one data directory."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from poker_site.embedded.registry import (
    free_port,
    new_password,
    private_dir,
    remember,
    write_private,
)
from poker_site.processes.configuration import render
from poker_site.processes.leftovers import MARK, stop_with_parent
from poker_site.processes.programs import Program
from poker_site.processes.secrets import without_secrets

# The slowest of the programs (8 s), then Valkey (4 s), then PostgreSQL (6 s).
STOP_SECONDS = 19


@dataclass(slots=True)
class Supervisor:
    """`start` it, `start_program` what waits, `stop` it; `process` is the running supervisord."""

    data_dir: Path
    port: int
    password: str
    process: subprocess.Popen[bytes] | None = field(init=False, default=None)
    _programs: Sequence[Program] = field(init=False, default=())

    @property
    def run_dir(self) -> Path:
        return self.data_dir / "run"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "logs"

    def ask(self, method: str, *arguments: object) -> Any:
        """Call a method of supervisord's XML-RPC interface, such as `getState`."""
        url = f"http://supervisor:{self.password}@127.0.0.1:{self.port}/RPC2"
        with xmlrpc.client.ServerProxy(url) as server:
            return getattr(server.supervisor, method)(*arguments)

    def start(self, programs: Sequence[Program]) -> None:
        """Start it with the programs that start at once."""
        self._programs = programs
        private_dir(self.run_dir)
        private_dir(self.log_dir)
        configuration = self.run_dir / "supervisord.conf"
        write_private(
            configuration,
            render(
                programs,
                run_dir=self.run_dir,
                log_dir=self.log_dir,
                port=self.port,
                password=self.password,
            ),
        )
        # In a session of its own: Ctrl-C in the terminal reaches us only, and we stop it in order.
        with (self.log_dir / "supervisord.err").open("wb") as errors:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=self._environment(),
                start_new_session=True,
                preexec_fn=stop_with_parent,
            )
        self._wait_for_rpc()

    def start_first_copy(self, program: Program) -> None:
        """Start a program, or the first of its copies; returns at once."""
        self.ask("startProcess", program.first_process, False)

    def start_program(self, program: Program) -> None:
        """Start all copies of a program that do not run yet; returns at once."""
        self.ask("startProcessGroup", program.name, False)

    def pids(self) -> dict[str, int]:
        """The process ids by name (web_0, web_1, worker, …); 0 for what does not run now."""
        infos = cast(list[dict[str, Any]], self.ask("getAllProcessInfo"))
        return {info["name"]: info["pid"] for info in infos}

    def stop(self) -> None:
        """Stop everything: first what uses the servers, all at the same time, then the servers."""
        if self.process is None:
            return
        with contextlib.suppress(OSError, xmlrpc.client.Error):
            for program in sorted(self._programs, key=lambda program: -program.rank):
                if not program.at_once:
                    self.ask("stopProcessGroup", program.name, False)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def _environment(self) -> dict[str, str]:
        # Who may have a secret gets it in a section of its own.
        return without_secrets(os.environ) | {
            MARK: str(self.run_dir),
            "DATA_DIR": str(self.data_dir),
            "PYTHONUNBUFFERED": "1",
        }

    def _wait_for_rpc(self) -> None:
        end = time.monotonic() + 15
        while True:
            try:
                self.ask("getState")
            except (OSError, xmlrpc.client.Error) as error:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > end:
                    errors = (self.log_dir / "supervisord.err").read_text()
                    raise RuntimeError(f"The supervisor did not start: {errors}") from error
                time.sleep(0.05)
            else:
                return


def site_supervisor(data_dir: Path) -> Supervisor:
    facts = remember(
        data_dir, "supervisor", lambda: {"port": free_port(), "password": new_password()}
    )
    return Supervisor(data_dir, facts["port"], facts["password"])
