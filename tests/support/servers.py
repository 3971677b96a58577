"""A PostgreSQL and a Valkey for one test run, started when the first test asks for them.

Their addresses are chosen before the settings are imported; a test of the engine alone never
starts them. They die with the test run, even when that is killed.
"""

import atexit
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from poker_site.embedded.postgresql import ROLE, PostgreSQL, embedded_postgresql
from poker_site.embedded.registry import prepare_data_dir
from poker_site.embedded.valkey import Valkey, embedded_valkey

DIRECTORY = "POKER_TEST_DIR"
WORKER = "POKER_TEST_WORKER"
PR_SET_PDEATHSIG = 1


def test_dir() -> Path:
    return Path(os.environ[DIRECTORY])


def point_environment_at_test_servers() -> None:
    """Make this process, and those it starts, use servers that only this test run has.

    Each of several workers (pytest-xdist) is a run of its own.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if DIRECTORY in os.environ and os.environ.get(WORKER) == worker:
        return
    os.environ[WORKER] = worker
    directory = Path(tempfile.mkdtemp(prefix="poker-test-"))
    atexit.register(_remove, directory, os.getpid())
    prepare_data_dir(directory)
    os.environ[DIRECTORY] = os.environ["DATA_DIR"] = str(directory)
    os.environ["DATABASE_URL"] = embedded_postgresql(directory).url()
    os.environ["REDIS_URL"] = embedded_valkey(directory).url


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    server = embedded_postgresql(test_dir(), durable=False)
    server.prepare()
    with running(server.command(), server.answers, **server.as_user()):
        server.ensure_database()
        with psycopg.connect(server.url(superuser=True), autocommit=True) as database:
            # So that a test's clean-up may empty tables that refuse it (tests.support.database),
            # and there can be a test database.
            database.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}")
            database.execute(f"ALTER ROLE {ROLE} CREATEDB")
        yield server


@contextmanager
def running_valkey() -> Iterator[Valkey]:
    server = embedded_valkey(test_dir(), durable=False)
    server.prepare()
    with running(server.command(), server.answers):
        yield server


@contextmanager
def running(
    command: list[str], answers: Callable[[], bool], *, seconds: float = 20, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server, wait until it answers, and stop it afterwards."""
    log_path = test_dir() / f"{Path(command[0]).name}.log"
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            command, cwd="/", stdout=log, stderr=log, preexec_fn=_die_with_parent, **options
        )
    try:
        wait_until(
            lambda: process.poll() is not None or answers(), seconds=seconds, what=command[0]
        )
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended at once:\n{log_path.read_text()[-2000:]}")
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Look again and again until `condition()` is true; `TimeoutError` names `what` was not."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not so within {seconds} s")
        time.sleep(0.05)


def busy() -> float:
    """By how much other work slows this machine: 1 when it has a core for everybody."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _remove(directory: Path, owner: int) -> None:
    if os.getpid() == owner:  # not in a fork
        shutil.rmtree(directory, ignore_errors=True)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
