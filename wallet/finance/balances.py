"""What was on the accounts before a period, what moved, and what is on them after it.

An account's totals are those of now. What moved since the period began is taken off them, so a
period that is not long ago is read quickly, however long the history is.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from wallet.finance.period import Period
from wallet.finance.reading import amount, bounds, rows
from wallet.models import Side
from wallet.spreadsheets import Cell

_AMOUNTS = (
    *("opening", "debits", "credits", "closing"),
    *("opening_units", "debits_units", "credits_units", "closing_units"),
)
BALANCES_HEADER: Final = ("account_kind", "currency", "normal_side", *_AMOUNTS)
ACCOUNTS_HEADER: Final = (
    *("account", "account_kind", "currency", "normal_side", "player", "table"),
    *_AMOUNTS,
)
# Debits less credits before the period; debits and credits in it.
_FIGURES = """
    WITH since AS (
      SELECT e.account_id,
        sum(CASE e.side WHEN 'D' THEN e.amount ELSE -e.amount END) AS net,
        sum(e.amount) FILTER (WHERE e.side = 'D' AND t.created_at < %(end)s) AS debits,
        sum(e.amount) FILTER (WHERE e.side = 'C' AND t.created_at < %(end)s) AS credits
      FROM wallet_transaction t JOIN wallet_entry e ON e.transaction_id = t.id
      WHERE t.id >= %(first_id)s AND e.transaction_id >= %(first_id)s
        AND t.created_at >= %(start)s
      GROUP BY e.account_id
    ), figures AS (
      SELECT a.id, a.code, a.kind, a.currency, a.normal_side, a.user_id, a.table_id,
        a.debits - a.credits - coalesce(since.net, 0) AS opening,
        coalesce(since.debits, 0) AS debits, coalesce(since.credits, 0) AS credits
      FROM wallet_account a LEFT JOIN since ON since.account_id = a.id
    )
"""
_BALANCES = f"""{_FIGURES}
    SELECT kind, currency, normal_side, sum(opening), sum(debits), sum(credits)
    FROM figures GROUP BY currency, kind, normal_side
    HAVING bool_or(opening <> 0 OR debits <> 0 OR credits <> 0)
    ORDER BY currency, kind, normal_side
"""  # noqa: S608  (constants only)
_ACCOUNTS = f"""{_FIGURES}
    SELECT code, kind, currency, normal_side, user_id, table_id, opening, debits, credits
    FROM figures WHERE opening <> 0 OR debits <> 0 OR credits <> 0 ORDER BY id
"""  # noqa: S608  (constants only)


@dataclass(frozen=True, slots=True)
class Balance:
    """Balances are on the normal side, in the currency's own unit; below zero: overdrawn."""

    account_kind: str
    currency: str
    normal_side: str
    opening_units: int
    debits_units: int
    credits_units: int

    @property
    def closing_units(self) -> int:
        moved = self.debits_units - self.credits_units
        return self.opening_units + (moved if self.normal_side == Side.DEBIT else -moved)

    @property
    def all_units(self) -> tuple[int, int, int, int]:
        """Opening, debits, credits, closing."""
        return (self.opening_units, self.debits_units, self.credits_units, self.closing_units)

    def cells(self) -> tuple[Cell, ...]:
        """The amounts of a line, and the same in units."""
        return (*(amount(self.currency, units) for units in self.all_units), *self.all_units)


def trial_balance(period: Period) -> Iterator[Balance]:
    """A line for each currency and kind of account that had or moved money."""
    for kind, currency, side, *figures in rows(_BALANCES, bounds(period)):
        yield _balance(kind, currency, side, *figures)


def balances(period: Period) -> Generator[tuple[Cell, ...], None, None]:
    """The lines of `balances.csv`."""
    for line in trial_balance(period):
        yield (line.account_kind, line.currency, _side(line), *line.cells())


def accounts(period: Period) -> Generator[tuple[Cell, ...], None, None]:
    """The lines of `accounts.csv`: every account that moved or has a balance."""
    found = rows(_ACCOUNTS, bounds(period))
    for code, kind, currency, side, player, table, *figures in found:
        line = _balance(kind, currency, side, *figures)
        yield (code, kind, currency, _side(line), player, table, *line.cells())


def _balance(
    kind: str, currency: str, side: str, opening: Decimal, debited: Decimal, credited: Decimal
) -> Balance:
    """`opening`: debits less credits."""
    return Balance(
        account_kind=kind,
        currency=currency,
        normal_side=side,
        opening_units=int(opening if side == Side.DEBIT else -opening),
        debits_units=int(debited),
        credits_units=int(credited),
    )


def _side(line: Balance) -> str:
    return "debit" if line.normal_side == Side.DEBIT else "credit"
