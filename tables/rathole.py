"""Rule 22: who leaves a stake and comes back to it within two hours brings the chips back.

A departure counts until a later buy-in at the same stake has brought at least as much; each buy-in
answers one departure, the largest. "All they have" is the balance: a smaller one is enough to sit
down, but the departure goes on counting. With more than the table's largest buy-in to bring, that
much may be brought.

One player's departures and buy-ins wait for each other on the ledger's row of the player.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from tables.models import Departure, Table
from wallet import chart, ledger
from wallet.selectors import balance_krw

WINDOW = timedelta(minutes=120)

RATHOLE = "rathole"
BUY_IN_OUT_OF_RANGE = "buy_in_out_of_range"
BANK_UNAVAILABLE = "bank_unavailable"


class BuyInRefused(Exception):
    """The buy-in is not possible; nothing has changed. `facts` say which would be."""

    def __init__(self, code: str, **facts: int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class BuyInRange:
    """What a player may sit down with at a table now, in won.

    `until`: when the departure stops counting that raises `least_krw`; None where none does.
    """

    least_krw: int
    most_krw: int
    balance_krw: int
    until: datetime | None

    @property
    def because_of_rathole(self) -> bool:
        return self.until is not None


# Selectors


def buy_in_range(*, table: Table, user_id: int) -> BuyInRange:
    """What the player may sit down with, by the departures that are settled."""
    return _range(table, balance_krw(user_id=user_id), _largest_owed(table.stake_id, user_id))


def _range(table: Table, balance: int, owed: Departure | None) -> BuyInRange:
    stake = table.stake
    required_krw = min(owed.amount_krw, balance) if owed else 0
    is_raised = required_krw > stake.min_buy_in_krw
    return BuyInRange(
        least_krw=max(stake.min_buy_in_krw, required_krw),
        most_krw=max(stake.max_buy_in_krw, required_krw),
        balance_krw=balance,
        until=owed.at + WINDOW if owed and is_raised else None,
    )


def _owed(stake_id: int, user_id: int) -> QuerySet[Departure]:
    return Departure.objects.filter(
        user_id=user_id,
        stake_id=stake_id,
        at__gt=timezone.now() - WINDOW,
        brought_back_at=None,
    )


def _largest_owed(stake_id: int, user_id: int) -> Departure | None:
    return _owed(stake_id, user_id).order_by("-amount_krw", "-at").first()


# Services; each belongs into the transaction that moves the money.


def record_departure(
    *, table: Table, user_id: int, amount_krw: int, at: datetime, buy_in_id: str, cash_out_id: str
) -> None:
    """A sitting has been paid out.

    What its player owed when sitting down with less is settled if the sitting ended with as much.
    The payment has locked the player's account.
    """
    Departure.objects.filter(
        user_id=user_id, buy_in_id=buy_in_id, amount_krw__lte=amount_krw, brought_back_at=None
    ).update(brought_back_at=timezone.now())
    Departure.objects.create(
        table=table,
        stake_id=table.stake_id,
        user_id=user_id,
        amount_krw=amount_krw,
        at=at,
        buy_in_id=buy_in_id,
        cash_out_id=cash_out_id,
    )


def bring_back(*, table: Table, user_id: int, amount_krw: int, buy_in_id: str) -> None:
    """A player sits down: check the amount, and note what is brought back with it.

    Raises `BuyInRefused`. Nobody else moves the player's balance until the transaction ends.
    """
    ledger.lock([chart.player(user_id), chart.escrow(table.pk, user_id)])
    owed = _largest_owed(table.stake_id, user_id)
    allowed = _range(table, balance_krw(user_id=user_id), owed)
    facts = {"min_krw": allowed.least_krw, "max_krw": allowed.most_krw}
    if amount_krw < allowed.least_krw and allowed.because_of_rathole:
        raise BuyInRefused(RATHOLE, **facts)
    if not allowed.least_krw <= amount_krw <= allowed.most_krw:
        raise BuyInRefused(BUY_IN_OUT_OF_RANGE, **facts)
    if owed is None:
        return
    same_chips = _owed(table.stake_id, user_id).filter(buy_in_id=owed.buy_in_id)
    if amount_krw >= owed.amount_krw:
        same_chips.update(brought_back_at=timezone.now())
    else:
        same_chips.update(buy_in_id=buy_in_id)
