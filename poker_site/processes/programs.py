"""Which programs make up the site, in the order in which they start; they stop in reverse."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from poker_site.embedded.postgresql import PostgreSQL
from poker_site.embedded.valkey import Valkey

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"

WORKER_QUEUES = "settlement,default,wallet,reports"
SIGNER_QUEUE = "signing"


@dataclass(frozen=True, slots=True)
class Program:
    """One program under the supervisor. Programs of a higher `rank` start later, stop earlier."""

    name: str
    rank: int
    command: list[str]
    copies: int = 1
    # Starts with the supervisor; the others are started when the database is ready.
    at_once: bool = False
    user: str | None = None
    directory: Path = MANAGE.parent
    environment: dict[str, str] = field(default_factory=dict)
    # A loopback port that all copies accept from.
    shared_port: int | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 4

    def process_name(self, number: str) -> str:
        """The supervisor's name of one copy."""
        return f"{self.name}_{number}" if self.copies > 1 else self.name

    @property
    def first_process(self) -> str:
        """The supervisor's address of the first copy."""
        return f"{self.name}:{self.process_name('0')}"


def postgresql(server: PostgreSQL) -> Program:
    # With an empty environment: the site's secrets are no business of the database.
    return Program(
        "postgresql",
        10,
        ["/usr/bin/env", "-i", "LC_ALL=C", *server.command()],
        at_once=True,
        user=server.user.pw_name if server.user else None,
        directory=Path("/"),
        stop_signal="INT",  # end sessions at once, then write everything down
        stop_seconds=6,
    )


def valkey(server: Valkey) -> Program:
    return Program("valkey", 20, server.command(), at_once=True)


def web(port: int) -> Program:
    command = [sys.executable, "-m", "poker_site.web_server", "--fd", "0"]
    return Program("web", 60, command, copies=2, shared_port=port)


def tables(deck_key: str) -> Program:
    """The only processes that get the key of the decks."""
    return Program(
        "tables",
        50,
        [sys.executable, str(MANAGE), "run_tables"],
        copies=2,
        environment={"DECK_KEY": deck_key},
        stop_seconds=8,  # hands its tables over
    )


def beat() -> Program:
    # No pid file: a stale one would stop the next start.
    command = [*_celery(), "beat", "--loglevel", "WARNING", "--pidfile", ""]
    return Program("beat", 40, command)


def worker() -> Program:
    command = [*_celery(), "worker", "--loglevel", "WARNING", "--queues", WORKER_QUEUES]
    command += ["--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle"]
    return Program("worker", 30, command, stop_seconds=8)  # ends the tasks it has begun


def signer(environment: dict[str, str]) -> Program:
    """The only process that gets the keys which can spend; it does one task at a time."""
    command = [*_celery(), "worker", "--loglevel", "WARNING", "--queues", SIGNER_QUEUE]
    command += ["--pool", "threads", "--concurrency", "1", "--without-gossip", "--without-mingle"]
    command += ["--hostname", "signer@%h"]
    return Program("signer", 35, command, environment=environment, stop_seconds=8)


def chains() -> Program:
    """Development's nodes of both chains."""
    return Program("chains", 26, [sys.executable, str(MANAGE), "dev_chains"], stop_seconds=8)


def rates(port: int) -> Program:
    """Development's exchange rates."""
    command = [sys.executable, str(MANAGE), "rate_server", "--port", str(port)]
    return Program("rates", 25, command, stop_seconds=2)


def demo_bots() -> Program:
    return Program("bots", 70, [sys.executable, str(MANAGE), "bots", "--demo"], stop_seconds=2)


def _celery() -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "poker_site"]
