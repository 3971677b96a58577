"""Processes that a killed run left behind, and how to be rid of them.

Everything under the supervisor carries a mark in its environment, so that a process is never
taken for ours because of a number in a file.
"""

import ctypes
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil

MARK = "POKER_SITE_RUN"
PR_SET_PDEATHSIG = 1


def stop_with_parent() -> None:
    """In a new process: be told to stop when the parent is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def marked_processes(run_dir: Path) -> list[psutil.Process]:
    """What still runs under a supervisor of this directory."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(run_dir):
                found.append(process)
        except psutil.Error:
            continue
    return found


def stop_leftovers(run_dir: Path, *, database_pid: int | None) -> int:
    """Stop them: the supervisor first, for it would start the others again. Says how many."""
    leftovers = marked_processes(run_dir)
    supervisors = [process for process in leftovers if _is_supervisor(process)]
    _end(supervisors, signal.SIGTERM, seconds=20)
    others = marked_processes(run_dir)
    _end(others, signal.SIGTERM, seconds=5)
    if database_pid is not None and psutil.pid_exists(database_pid):
        _end([psutil.Process(database_pid)], signal.SIGINT, seconds=10)
    return len(leftovers)


def _is_supervisor(process: psutil.Process) -> bool:
    try:
        return "supervisor.supervisord" in process.cmdline()
    except psutil.Error:
        return False


def _end(processes: Iterable[psutil.Process], number: signal.Signals, *, seconds: int) -> None:
    alive = list(processes)
    for process in alive:
        _send(process, number)
    _, stubborn = psutil.wait_procs(alive, timeout=seconds)
    for process in stubborn:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=5)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        return
