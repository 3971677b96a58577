"""The ledger's figures, on a PostgreSQL of its own with its default settings.

    python -m tests.wallet.drill [--transfers 100000] [--clients 8] [--report FILE]

is `make ledger`. The exit status is 1 when it is too slow, a won is lost, an account is below zero,
a transaction was lost or doubled, or two deadlocked.
"""

import argparse
import atexit
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

WANTED = 900  # ledger transactions a second
PLAYERS = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="make ledger", description=__doc__)
    parser.add_argument("--transfers", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--plain", type=int, default=10_000, help="transactions for the speed")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="poker-ledger-"))
    atexit.register(_remove, directory, os.getpid())
    os.environ["DATA_DIR"] = os.environ["POKER_TEST_DIR"] = str(directory)
    from poker_site.embedded.postgresql import embedded_postgresql
    from poker_site.embedded.registry import prepare_data_dir

    prepare_data_dir(directory)
    server = embedded_postgresql(directory, durable=True)
    os.environ["DATABASE_URL"] = server.url()
    os.environ["DATABASE_POOL"] = "2"
    os.environ["LOG_LEVEL"] = "ERROR"
    # As an installation has it: in development Django keeps every statement and times it.
    os.environ |= {"DEBUG": "0", "SECRET_KEY": "of-the-drill" * 5, "ALLOWED_HOSTS": "localhost"}
    os.environ["SITE_URL"] = "https://localhost"
    os.environ["DJANGO_SETTINGS_MODULE"] = "poker_site.settings"
    from tests.support.servers import running

    server.prepare()
    with running(server.command(), server.answers, **server.as_user()):
        server.ensure_database()
        found = _measure(options.transfers, options.clients, options.plain)
    page = _page(found)
    print(page)
    if options.report:
        options.report.write_text(page)
        options.report.with_suffix(".json").write_text(json.dumps(found, indent=2) + "\n")
    return 1 if found["wrong"] or found["ledger_a_second"] < WANTED else 0


def _measure(transfers: int, clients: int, plain: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from tests.wallet.drill.clients import inserts_a_second, transfers_a_second, work
    from tests.wallet.house import make_player

    players = [make_player(1_000_000) for _ in range(PLAYERS)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE drill_baseline (id bigserial PRIMARY KEY, note text)")
    connection.close()
    from django.db import connections

    connections["default"].close_pool()  # type: ignore[attr-defined]
    load = os.getloadavg()[0]
    with multiprocessing.get_context("fork").Pool(clients) as pool:

        def run(job: Callable[..., Any], jobs: Sequence[Any]) -> list[Any]:
            return pool.map(job, jobs, chunksize=1)

        inserts_a_second(clients, 50, run)  # every client is connected
        inserts = inserts_a_second(clients, plain // clients, run)
        ledger = transfers_a_second(clients, plain // clients, players, run)
        began = time.monotonic()
        outcomes = pool.starmap(
            work, [(client, transfers // clients, players) for client in range(clients)]
        )
        seconds = time.monotonic() - began
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_before": round(load, 2),
        "clients": clients,
        "inserts_a_second": round(inserts),
        "ledger_a_second": round(ledger),
        "random": {
            "asked": transfers // clients * clients,
            "seconds": round(seconds, 1),
            "a_second": round(transfers / seconds),
            "done": sum(outcome.done for outcome in outcomes),
            "refused": sum(outcome.refused for outcome in outcomes),
            "deadlocks": sum(outcome.deadlocks for outcome in outcomes),
        },
        "wrong": _what_is_wrong(outcomes, plain // clients * clients),
    }


def _what_is_wrong(outcomes: Sequence[Any], plain: int) -> list[str]:
    from wallet.invariants import check_ledger, everything_has_an_origin
    from wallet.models import Account, AccountKind, Transaction

    # Its transfers from player to player are nothing that the room does.
    made_up = everything_has_an_origin().name
    checks = [check for check in check_ledger() if check.name != made_up]
    wrong = [line for check in checks for line in check.discrepancies]
    done = sum(outcome.done for outcome in outcomes)
    written = Transaction.objects.exclude(kind="play_grant").count()
    if written != done + plain:
        wrong.append(f"{written} transactions are written, {done + plain} were acknowledged")
    wrong += [f"{outcome.deadlocks} deadlocks" for outcome in outcomes if outcome.deadlocks]
    players = Account.objects.exclude(kind=AccountKind.PLAY_MONEY)
    total = sum(account.balance for account in players)
    if total != PLAYERS * 1_000_000:
        wrong.append(f"there are {total} won, {PLAYERS * 1_000_000} were given")
    wrong += [f"{account} is below zero" for account in players if account.balance < 0]
    return wrong


def _page(found: dict[str, Any]) -> str:
    plain = found["ledger_a_second"] / found["inserts_a_second"]
    random = found["random"]
    return f"""# The ledger, measured

Made by `make ledger` on {found["at"]}: {found["clients"]} clients (processes of Django), a
PostgreSQL with its default settings (every commit is synced to disk) and {os.cpu_count()} cores for
all of it; the load average was {found["load_before"]} when it began.

| a second | |
|---|---|
| one row into an ordinary table, committed (the baseline) | {found["inserts_a_second"]:,} |
| a ledger transaction of two entries | {found["ledger_a_second"]:,} |
| ratio | {plain:.2f} |

Wanted: at least {WANTED} ledger transactions a second.

{random["asked"]:,} random movements among {PLAYERS} players, 7 tables and the house (transfers,
buy-ins, cash-outs, hands with rake), in {random["seconds"]} s: {random["done"]:,} done,
{random["refused"]:,} refused because the account had too little, {random["deadlocks"]} deadlocks.
Afterwards: {
        "; ".join(found["wrong"])
        or "every transaction is there once, no won is lost or made"
        " up, and no account is below zero"
    }.
"""


def _remove(directory: Path, pid: int) -> None:
    if os.getpid() == pid:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
