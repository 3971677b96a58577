"""The reports as files, the same from the admin and from `manage.py finance_csv`."""

from collections.abc import Callable, Generator
from contextlib import closing
from typing import Final

from django.db import transaction

from wallet.events import record
from wallet.finance import balances, deposits, journal, totals, withdrawals
from wallet.finance.period import Period
from wallet.finance.reading import one_moment
from wallet.spreadsheets import Cell, csv_rows

Read = Callable[[Period], Generator[tuple[Cell, ...], None, None]]

# Name: columns, and what reads the lines.
REPORTS: Final[dict[str, tuple[tuple[str, ...], Read]]] = {
    "totals": (totals.HEADER, totals.totals),
    "balances": (balances.BALANCES_HEADER, balances.balances),
    "accounts": (balances.ACCOUNTS_HEADER, balances.accounts),
    "journal": (journal.HEADER, journal.journal),
    "deposits": (deposits.HEADER, deposits.deposits),
    "withdrawals": (withdrawals.HEADER, withdrawals.withdrawals),
}


def file_name(report: str, period: Period) -> str:
    """`journal-2026-11-01-2026-11-30.csv`."""
    return f"{report}-{period}.csv"


def csv_of(report: str, period: Period) -> Generator[str, None, None]:
    """A report piece by piece. Close it, or its transaction stays open."""
    header, read = REPORTS[report]
    with one_moment(), closing(read(period)) as lines:
        yield from csv_rows(header, lines)


def note_export(report: str, period: Period, *, staff_id: int | None) -> None:
    """Tell the audit log who takes a file, before the first byte: it holds personal data.

    None: the operator's own `manage.py finance_csv`.
    """
    told = {"by": staff_id, "from": str(period.first), "to": str(period.last)}
    with transaction.atomic():
        record("finance_exported", f"finance:{report}", told)
