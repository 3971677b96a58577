"""What the ledger says."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F

from wallet import chart
from wallet.models import Account, AccountKind, Currency, Transaction


def balance_krw(*, user_id: int) -> int:
    """Won a player has away from the tables."""
    account = Account.objects.filter(code=chart.player(user_id).code).first()
    return account.balance if account else 0


@dataclass(frozen=True, slots=True)
class Money:
    """A player's won by where it is; `owed_krw` is what the player owes the house."""

    balance_krw: int
    held_krw: int
    in_play_krw: int
    owed_krw: int


def money_of(*, user_id: int) -> Money:
    """All of a player's won, in one query."""
    sums: defaultdict[str, int] = defaultdict(int)
    for account in Account.objects.filter(user_id=user_id, currency=Currency.KRW):
        sums[account.kind] += account.balance
    return Money(
        balance_krw=sums[AccountKind.PLAYER],
        held_krw=sums[AccountKind.HELD],
        in_play_krw=sums[AccountKind.ESCROW],
        owed_krw=sums[AccountKind.RECEIVABLE],
    )


def escrow_krw(*, table_id: int) -> dict[int, int]:
    """Won at a table by user, as far as its hands are settled; who has none is left out."""
    return _escrow(table_id).get(table_id, {})


def escrow_by_table() -> dict[int, dict[int, int]]:
    """`escrow_krw` of every table where somebody has some."""
    return _escrow(None)


def transaction_exists(*, key: str) -> bool:
    """Whether this has happened already."""
    return Transaction.objects.filter(key=key).exists()


def existing_keys(*, keys: set[str]) -> set[str]:
    """Which of these have happened already."""
    return set(Transaction.objects.filter(key__in=keys).values_list("key", flat=True))


def _escrow(table_id: int | None) -> dict[int, dict[int, int]]:
    accounts = Account.objects.filter(kind=AccountKind.ESCROW).exclude(credits=F("debits"))
    if table_id is not None:
        accounts = accounts.filter(table_id=table_id)
    by_table: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for account in accounts:
        if account.table_id is not None and account.user_id is not None:
            by_table[account.table_id][account.user_id] = account.balance
    return dict(by_table)


def in_play_krw(*, user_id: int) -> int:
    """Won a player has at all tables together, as far as their hands are settled."""
    accounts = Account.objects.filter(kind=AccountKind.ESCROW, user_id=user_id)
    return sum(account.balance for account in accounts.exclude(credits=F("debits")))
