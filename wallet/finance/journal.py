"""Every entry of a period, in the order of the ledger."""

from collections.abc import Generator
from typing import Final

from wallet.finance.period import Period
from wallet.finance.reading import ENTRIES, amount, bounds, rows
from wallet.models import Side
from wallet.spreadsheets import Cell

HEADER: Final = (
    *("transaction", "time", "kind", "key", "reverses", "account", "account_kind", "currency"),
    *("debit", "credit", "balance_after", "debit_units", "credit_units", "balance_after_units"),
)
# In the order of an index: the first rows come before the last are read.
_JOURNAL = f"""
    SELECT t.id, t.created_at, t.kind, t.key, t.reverses_id, a.code, a.kind, a.currency,
      e.side, e.amount, e.balance_after
    FROM {ENTRIES}
    ORDER BY e.transaction_id, e.account_id
"""  # noqa: S608  (constants only)


def journal(period: Period) -> Generator[tuple[Cell, ...], None, None]:
    """The lines of `journal.csv`. An entry has a debit or a credit, and the other is empty."""
    for number, at, kind, key, reverses, *account, side, moved, after in rows(
        _JOURNAL, bounds(period)
    ):
        currency = account[-1]
        units, left = int(moved), int(after)
        is_debit = side == Side.DEBIT
        yield (
            *(number, at, kind, key, reverses, *account),
            amount(currency, units) if is_debit else None,
            None if is_debit else amount(currency, units),
            amount(currency, left),
            units if is_debit else None,
            None if is_debit else units,
            left,
        )
