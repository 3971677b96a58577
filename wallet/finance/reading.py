"""How reports are read: one moment of the database, a few rows at a time.

`created_at` of a transaction has no index, but its numbers follow time closely: it is the time of
the database transaction's beginning, and none that moves money takes longer than `SLACK`. So the
numbers of a period are found by halving, and only its entries are read, however long the history.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Max

from wallet.assets import whole
from wallet.finance.period import Period
from wallet.invariants import snapshot
from wallet.models import Currency, Transaction
from wallet.statement import SLACK

ROWS_AT_ONCE: Final = 1_000
# A reader who takes nothing for so long loses the rest: an open snapshot keeps dead rows alive.
PATIENCE = "60s"

# The entries of a period: `t` are transactions, `e` their entries, `a` the accounts of these.
ENTRIES: Final = """
    wallet_transaction t
    JOIN wallet_entry e ON e.transaction_id = t.id
    JOIN wallet_account a ON a.id = e.account_id
    WHERE t.id >= %(first_id)s AND t.id < %(end_id)s
      AND e.transaction_id >= %(first_id)s AND e.transaction_id < %(end_id)s
      AND t.created_at >= %(start)s AND t.created_at < %(end)s
"""


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything that is read inside is as of one moment, and cannot be written to."""
    is_ours = not connection.in_atomic_block
    with snapshot():
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{PATIENCE}'")
        yield


def bounds(period: Period) -> dict[str, Any]:
    """The parameters of queries about a period."""
    return {
        "start": period.start,
        "end": period.end,
        "first_id": _first_since(period.start - SLACK),
        "end_id": _first_since(period.end + SLACK),
        "zone": settings.TIME_ZONE,
    }


def rows(sql: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, from a cursor in the server: memory stays small.

    Inside of `one_moment`.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, dict(parameters))
        while some := cursor.fetchmany(ROWS_AT_ONCE):
            yield from some


def amount(currency: str, units: Decimal | int) -> Decimal | int:
    """What a person reads: whole won, or whole coins, exactly."""
    return int(units) if currency == Currency.KRW else whole(currency, int(units))


def _first_since(moment: datetime) -> int:
    """The number of a transaction before which all are older than `moment`, up to `SLACK`."""
    low = 1
    high = (Transaction.objects.aggregate(last=Max("id"))["last"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        # Numbers have gaps, where something was rolled back.
        number, at = (
            Transaction.objects.filter(id__gte=middle)
            .order_by("id")
            .values_list("id", "created_at")[0]
        )
        if at < moment:
            low = number + 1
        else:
            high = middle
    return low
