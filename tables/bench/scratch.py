"""A site of the benchmark's own: its data in a temporary directory, its port a free one."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from poker_site.embedded.registry import free_port, prepare_data_dir
from poker_site.processes.programs import MANAGE
from poker_site.processes.readiness import what_is_missing
from poker_site.processes.supervisor import site_supervisor

READY_S = 240.0


class BenchFailed(Exception):
    """The benchmark cannot be run; says why."""


@dataclass
class ScratchSite:
    """`manage.py run_site --no-bots --no-coins`, running: no action passes through what belongs
    to coins, and two test nodes would use the cores that are measured."""

    data_dir: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
        inherited = {name: value for name, value in os.environ.items() if name not in own}
        return inherited | {"DATA_DIR": str(self.data_dir), "PORT": str(self.port)}

    def pids(self) -> dict[str, int]:
        """Process ids by program name: web_0, tables_1, valkey, …"""
        return site_supervisor(self.data_dir).pids()

    def manage(self, *arguments: str) -> None:
        """Runs a management command on this site's data. Raises BenchFailed."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, str(MANAGE), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchFailed(f"{arguments[0]}: {done.stdout[-1500:]}{done.stderr[-1500:]}")


@contextmanager
def scratch_site() -> Iterator[ScratchSite]:
    """Started and ready inside; stopped and removed afterwards. Raises BenchFailed."""
    directory = Path(tempfile.mkdtemp(prefix="poker-bench-"))
    prepare_data_dir(directory)
    site = ScratchSite(directory, free_port())
    output = directory / "run_site.out"
    with output.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, str(MANAGE), "run_site", "--no-bots", "--no-coins"],
            env=site.environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        end = time.monotonic() + READY_S
        while process.poll() is not None or what_is_missing(f"{site.url}/"):
            if process.poll() is not None or time.monotonic() > end:
                raise BenchFailed(f"The site did not start:\n{output.read_text()[-2000:]}")
            time.sleep(0.2)
        yield site
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=40)
        shutil.rmtree(directory, ignore_errors=True)


def cpu_seconds(pids: Iterable[int]) -> dict[int, float]:
    """User and system time of these processes and their children so far.

    One look at all processes, whatever the number asked: looking costs CPU too.
    """
    used = dict.fromkeys(pids, 0.0)
    for process in psutil.process_iter(["ppid", "cpu_times"]):
        owner = process.pid if process.pid in used else process.info["ppid"]
        times = process.info["cpu_times"]
        if owner in used and times is not None:
            used[owner] += times.user + times.system
    return used
