"""When, on what and from which commit something was measured; and whether it is as wanted."""

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from poker_site.processes.programs import MANAGE

WHEN_AND_WHERE = (
    "on {at}, commit {commit}, on {processor}, {cores} cores, Python {python}; the load average "
    "was {load_average} when it began"
)


def circumstances() -> dict[str, Any]:
    """To be asked before the measurement begins."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {
            "processor": _processor(),
            "cores": psutil.cpu_count(),
            "python": platform.python_version(),
            "load_average": round(os.getloadavg()[0], 2),
        },
    }


def when_and_where(found: dict[str, Any]) -> str:
    """The circumstances as the rest of a sentence that begins with "Made by …"."""
    return WHEN_AND_WHERE.format(at=found["at"], commit=found["commit"], **found["machine"])


def verdict(met: bool) -> str:
    return "met" if met else "NOT met"


def _commit() -> str:
    git = shutil.which("git")
    if git is None or not (MANAGE.parent / ".git").exists():
        return "unknown"

    def ask(*arguments: str) -> str:
        return subprocess.run(  # noqa: S603
            [git, *arguments], cwd=MANAGE.parent, capture_output=True, text=True, check=False
        ).stdout.strip()

    changed = ask("status", "--porcelain", "--untracked-files=no")
    return ask("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
