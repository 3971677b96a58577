"""One node as a child process: started, waited for, stopped, and gone when its parent is."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from wallet.devnodes.errors import DevnodesUnavailable

READY_SECONDS = 60
STOP_SECONDS = 10
PR_SET_PDEATHSIG = 1


class NodeProcess:
    """A server that writes its output to `log`."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self._command = command
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, answers: Callable[[], bool]) -> None:
        """Start it and wait until it answers; `DevnodesUnavailable` when it does not."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        end = time.monotonic() + READY_SECONDS
        while not answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                said = self._log.read_text(errors="replace")[-2000:]
                raise DevnodesUnavailable(f"{self._command[0]} did not start:\n{said}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask it to end, and see that it does."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
