"""The money check of a run, where the database is at hand."""

import time
from collections.abc import Sequence

from django.db import OperationalError, connection
from redis.exceptions import RedisError

from tables.invariants import check_settlement, check_tables
from wallet.invariants import Check, check_ledger
from wallet.selectors import escrow_krw

CAUGHT_UP_S = 60.0
# A server that is being restarted is waited for.
TRIES = 10


def problems() -> list[str]:
    """Every invariant that does not hold now, in words; play may be going on."""
    try:
        for _ in range(TRIES):
            try:
                return [line for check in _checks() for line in check.discrepancies]
            except (RedisError, OperationalError):
                time.sleep(1)
        return ["the money could not be checked: the servers do not answer"]
    finally:
        connection.close()


def _checks() -> list[Check]:
    return [*check_ledger(), check_tables(), check_settlement()]


def settled_problems(table_ids: Sequence[int]) -> list[str]:
    """The same once everybody has left: settlement catches up first, and no chip stays behind."""
    end = time.monotonic() + CAUGHT_UP_S
    while (left := _left_behind(table_ids)) and time.monotonic() < end:
        time.sleep(0.5)
    return [f"table {table}: escrow {amounts} after everyone left" for table, amounts in left] + (
        problems()
    )


def _left_behind(table_ids: Sequence[int]) -> list[tuple[int, dict[int, int]]]:
    escrows = ((table_id, escrow_krw(table_id=table_id)) for table_id in table_ids)
    return [(table_id, escrow) for table_id, escrow in escrows if any(escrow.values())]
