"""What happened on a player's account, newest first.

The entries of one account are numbered without gaps, and their numbers follow time closely: a
transaction's time is that of its beginning, and an account's transactions wait for each other. So
the range of dates is found among the numbers by halving, and only its entries are read, however
long the history is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from wallet import chart
from wallet.models import Account, Entry, Side

# The kinds of transactions that a player's account can meet.
KINDS: Final = (
    "play_grant",
    "buy_in",
    "cash_out",
    "deposit",
    "deposit_reversal",
    "repayment",
    "quarantine_release",
    "withdrawal_hold",
    "withdrawal_release",
    "reversal",
)
# No transaction that moves a player's won takes longer.
SLACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Line:
    """One movement: `amount_krw` is below zero where won left the account."""

    number: int
    at: datetime
    kind: str
    amount_krw: int
    balance_krw: int
    reference: str


def entries_of(
    *,
    user_id: int,
    kinds: Collection[str] = (),
    start: datetime | None = None,
    end: datetime | None = None,
) -> QuerySet[Entry]:
    """The entries of a player's account, newest first: of some kinds, from `start`, before `end`.

    Ordered by `-ordinal`, which is unique here, so pages can be cut anywhere.
    """
    account = Account.objects.filter(code=chart.player(user_id).code).first()
    if account is None:
        return Entry.objects.none()
    entries = Entry.objects.filter(account=account).select_related("transaction")
    if start is not None:
        first = _first_since(account, start - SLACK)
        entries = entries.filter(ordinal__gte=first, transaction__created_at__gte=start)
    if end is not None:
        first = _first_since(account, end + SLACK)
        entries = entries.filter(ordinal__lt=first, transaction__created_at__lt=end)
    if kinds:
        entries = entries.filter(transaction__kind__in=list(kinds))
    return entries.order_by("-ordinal")


def line_of(entry: Entry) -> Line:
    """An entry of a player's account as its player reads it."""
    transaction = entry.transaction
    meta = transaction.meta
    amount_krw = entry.amount if entry.side == Side.CREDIT else -entry.amount
    reference = next(
        (f"{name}:{meta[key]}" for key, name in _REFERENCES.items() if key in meta), ""
    )
    return Line(
        number=entry.ordinal,
        at=transaction.created_at,
        kind=transaction.kind,
        amount_krw=amount_krw,
        balance_krw=entry.balance_after,
        reference=reference,
    )


# What a player may see of a transaction's details.
_REFERENCES = {"withdrawal": "withdrawal", "deposit_id": "deposit", "table_id": "table"}


def _first_since(account: Account, moment: datetime) -> int:
    """The number of an entry before which all are older than `moment`, up to `SLACK`."""
    low, high = 1, account.entry_count + 1
    while low < high:
        middle = (low + high) // 2
        at = (
            Entry.objects.filter(account=account, ordinal=middle)
            .values_list("transaction__created_at", flat=True)
            .get()
        )
        if at < moment:
            low = middle + 1
        else:
            high = middle
    return low
