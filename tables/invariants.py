"""A table's chips against the ledger: escrow = stacks - what is not settled yet, for each player.

Tables play on while this looks. Redis is read first, PostgreSQL after it, so the ledger may be
ahead; a difference counts only when it is still there after several looks.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection

from django.conf import settings

from tables.models import TableSettlement
from tables.runtime.audit import TableMoney, table_ids, table_money
from tables.runtime.backlog import backlog
from tables.runtime.connections import tables_redis_sync
from tables.runtime.errors import TableUnreadable
from tables.runtime.settlement import as_tuple
from wallet.invariants import Check, snapshot
from wallet.selectors import escrow_by_table, existing_keys

LOOKS = 8
PAUSE_SECONDS = 0.15
LATE_MS = 180_000


def check_tables(
    *, looks: int = LOOKS, wait: Callable[[], None] = lambda: time.sleep(PAUSE_SECONDS)
) -> Check:
    """Compare every table with the ledger. Raises `redis.RedisError` where Redis is away."""
    known = set(table_ids())
    with snapshot():
        in_doubt = known | escrow_by_table().keys()
    checked = len(in_doubt)
    figures: dict[str, int] = {"tables": checked, "escrow_krw": 0, "stacks_krw": 0}
    found: dict[int, list[str]] = {}
    for look in range(looks):
        if look:
            wait()
        found = _look(in_doubt, known, figures)
        in_doubt = set(found)
        if not in_doubt:
            break
    return Check(
        "each table's escrow is its stacks less what is unsettled",
        figures,
        [line for table_id in sorted(found) for line in found[table_id]],
    )


def check_settlement() -> Check:
    """Compare how long the tables' outboxes have waited with what is normal. Raises
    `redis.RedisError`."""
    with tables_redis_sync() as redis:
        found = backlog(redis, settings.TABLE_SHARDS)
    return Check(
        "no table waits long for its settlement",
        {"entries": found.entries, "oldest_seconds": found.oldest_ms // 1000},
        [
            f"table {table_id}: its outbox has not been settled for {age_ms // 1000} s"
            for age_ms, table_id in found.ages_ms
            if age_ms > LATE_MS
        ],
    )


def expected_escrow(money: TableMoney, last_entry: str, paid: Collection[str]) -> dict[int, int]:
    """What the ledger should hold for each user at a table, in won.

    `last_entry` is the newest outbox entry in the ledger; `paid` are the pending payments whose
    money is in escrow already although the stack does not have it yet.
    """
    expected: defaultdict[int, int] = defaultdict(int, money.stacks)
    for key, (user_id, amount_krw) in money.pending_keys.items():
        if key in paid:
            expected[user_id] += amount_krw
    for entry_id, deltas in money.unsettled:
        if as_tuple(entry_id) > as_tuple(last_entry):
            for user_id, delta_krw in deltas.items():
                expected[user_id] -= delta_krw
    return {user_id: krw for user_id, krw in expected.items() if krw}


def _look(
    table_numbers: set[int], known: set[int], figures: dict[str, int]
) -> dict[int, list[str]]:
    """One look at these tables: the lines about each that differs; agreeing ones are counted."""
    moneys, found = _read(table_numbers, known)
    pending = {key for money in moneys.values() for key in money.pending_keys}
    with snapshot():
        escrows = escrow_by_table()
        positions = dict(TableSettlement.objects.values_list("table_id", "last_entry"))
        paid = existing_keys(keys=pending)
    for number, money in moneys.items():
        escrow = escrows.get(number, {})
        expected = expected_escrow(money, positions.get(number, "0-0"), paid)
        if escrow != expected:
            found[number] = _differences(number, escrow, expected)
            continue
        figures["escrow_krw"] += sum(escrow.values())
        figures["stacks_krw"] += sum(money.stacks.values())
    return found


def _read(
    table_numbers: set[int], known: set[int]
) -> tuple[dict[int, TableMoney], dict[int, list[str]]]:
    """What the tables say, and a line for each that cannot be read."""
    moneys: dict[int, TableMoney] = {}
    unreadable: dict[int, list[str]] = {}
    for number in table_numbers:
        try:
            moneys[number] = table_money(number) if number in known else TableMoney(number)
        except TableUnreadable as error:
            unreadable[number] = [f"{error} cannot be read"]
    return moneys, unreadable


def _differences(number: int, escrow: dict[int, int], expected: dict[int, int]) -> list[str]:
    return [
        f"table {number}, user {user_id}: escrow {escrow.get(user_id, 0)} won,"
        f" chips say {expected.get(user_id, 0)} won"
        for user_id in sorted(escrow.keys() | expected.keys())
        if escrow.get(user_id, 0) != expected.get(user_id, 0)
    ]
