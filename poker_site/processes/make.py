"""When `make` is our parent.

Ctrl-C in a terminal reaches make and us. A SIGINT sent to make alone does not: GNU make restores
the signal's default action and then waits for its children, which were told nothing.
"""

import os
import signal
from pathlib import Path


class MakeInterrupt:
    """Notices that the make which started us was interrupted. Elsewhere than Linux: never."""

    def __init__(self) -> None:
        self._status = Path(f"/proc/{os.getppid()}/status")
        self._caught_before = self._name() in {"make", "gmake"} and self._catches_sigint()

    def __bool__(self) -> bool:
        return self._caught_before and not self._catches_sigint()

    def _name(self) -> str:
        return self._field("Name")

    def _catches_sigint(self) -> bool:
        caught = int(self._field("SigCgt") or "0", 16)
        return bool(caught >> (signal.SIGINT - 1) & 1)

    def _field(self, name: str) -> str:
        try:
            lines = self._status.read_text().splitlines()
        except OSError:
            return ""
        return next((line.split()[1] for line in lines if line.startswith(f"{name}:")), "")
