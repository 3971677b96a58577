"""The journal summed up: by day, currency, kind of account and kind of transaction."""

from collections.abc import Generator
from typing import Final

from wallet.finance.period import Period
from wallet.finance.reading import ENTRIES, amount, bounds, rows
from wallet.spreadsheets import Cell

HEADER: Final = (
    *("day", "currency", "account_kind", "transaction_kind", "transactions"),
    *("debits", "credits", "debits_units", "credits_units"),
)
_TOTALS = f"""
    SELECT (t.created_at AT TIME ZONE %(zone)s)::date, a.currency, a.kind, t.kind,
      count(DISTINCT t.id),
      coalesce(sum(e.amount) FILTER (WHERE e.side = 'D'), 0),
      coalesce(sum(e.amount) FILTER (WHERE e.side = 'C'), 0)
    FROM {ENTRIES}
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608  (constants only)


def totals(period: Period) -> Generator[tuple[Cell, ...], None, None]:
    """The lines of `totals.csv`."""
    for day, currency, account_kind, kind, count, *sums in rows(_TOTALS, bounds(period)):
        yield (
            *(day, currency, account_kind, kind, count),
            *(amount(currency, units) for units in sums),
            *map(int, sums),
        )
