"""What is unusual about a withdrawal, and what follows: waiting, and how many must look at it.

| flag                    | waits until                        | needs staff |
|-------------------------|------------------------------------|-------------|
| `large`                 | `wait_hours`                       | yes         |
| `new_address`           | the address may be used            | no          |
| `first_withdrawal`      | `wait_hours`                       | no          |
| `credentials_changed`   | `credentials_wait_hours` after it  | no          |
| `many_in_a_short_time`  | `wait_hours`                       | yes         |
| `unusual_amount`        | `wait_hours`                       | yes         |
| `deposit_without_play`  | `wait_hours`                       | yes         |
| `deposit_reversed`      | `wait_hours`                       | yes         |
| `address_shared`        | `wait_hours`                       | yes         |
| `cancels_often`         | no                                 | yes         |

A large one is above `auto_approve_krw`; above `two_approvals_krw` two members of staff look at it.

A deposit is played when, since its credit, the player was in `LEAST_HANDS` hands with something won
or lost, and these moved a tenth of what was deposited since. `deposit_without_play` is raised where
the deposits of a week that are not played come to more than a tenth of the withdrawal: neither a
small deposit before a large one, nor many small ones, nor a few hands at the lowest stake hide it,
and a little topping up does not make a player wait.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from wallet.models import (
    AccountKind,
    Deposit,
    DepositEvent,
    DepositState,
    Entry,
    PayoutAddress,
    Policy,
    Withdrawal,
    WithdrawalState,
)
from wallet.policies import policy
from wallet.services import HAND
from wallet.withdrawals.states import GIVEN_BACK

# So many in a day are many; and so many called off in a month.
MANY, CANCELS = 3, 3
# As many settled ones make a history; that much above the largest of them is unusual.
HISTORY, UNUSUAL_FACTOR = 3, 3
# Who deposits plays at least so many hands before money leaves again. The newest ones are counted.
DEPOSIT_WINDOW, LEAST_HANDS, MOST_HANDS = timedelta(days=7), 20, 2_000
# One part in so many of a deposit is to be played, and of a withdrawal may be unplayed.
SHARE = 10
REVERSAL_WINDOW = timedelta(days=30)
DAY, MONTH = timedelta(days=1), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Flag:
    """One reason. `wait_until` None: it does not make the withdrawal wait.

    `values` are what its sentence says (`wallet.withdrawals.reasons`): won, moments, counts.
    """

    code: str
    values: Mapping[str, int | str] = field(default_factory=dict)
    wait_until: datetime | None = None
    needs_review: bool = False

    def stored(self) -> dict[str, Any]:
        return {"code": self.code, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the flags come to."""

    flags: list[Flag]
    approvals_needed: int

    @property
    def cooling_until(self) -> datetime | None:
        return max((flag.wait_until for flag in self.flags if flag.wait_until), default=None)


@dataclass(frozen=True, slots=True)
class Request:
    """A withdrawal that is asked for, seen from here."""

    user: User
    address: PayoutAddress
    amount_krw: int
    now: datetime
    house: Policy

    @property
    def waited(self) -> datetime:
        return self.now + timedelta(hours=self.house.wait_hours)


def assess(request: Request) -> Assessment:
    """All reasons at once: staff and player see every one."""
    flags = [
        flag
        for look in (_amount, _address, _credentials, _history, _deposits)
        for flag in look(request)
    ]
    by_flags = int(any(flag.needs_review for flag in flags))
    return Assessment(flags, max(by_flags, approvals_for(request.amount_krw, request.house)))


def approvals_for(amount_krw: int, house: Policy) -> int:
    """How many members of staff the amount alone needs."""
    return int(amount_krw > house.auto_approve_krw) + int(amount_krw > house.two_approvals_krw)


def waits(*, user: User, address: PayoutAddress, amount_krw: int) -> bool:
    """Whether a withdrawal that is asked for now would be sent later than at once."""
    now = timezone.now()
    found = assess(Request(user, address, amount_krw, now, policy()))
    until = found.cooling_until
    return bool(found.approvals_needed) or (until is not None and until > now)


def credentials_flag(user: User, *, now: datetime, house: Policy) -> Flag | None:
    """Whether the password, a second factor or the email address is too new."""
    changed_at = user.credentials_changed_at
    if changed_at is None:
        return None
    until = changed_at + timedelta(hours=house.credentials_wait_hours)
    if until <= now:
        return None
    return Flag("credentials_changed", {"at": _iso(changed_at)}, until)


def _amount(request: Request) -> Iterator[Flag]:
    if request.amount_krw > request.house.auto_approve_krw:
        values = {"amount_krw": request.amount_krw, "most_krw": request.house.auto_approve_krw}
        yield Flag("large", values, request.waited, needs_review=True)


def _address(request: Request) -> Iterator[Flag]:
    address = request.address
    if address.usable_from > request.now:
        values = {"at": _iso(address.created_at), "until": _iso(address.usable_from)}
        yield Flag("new_address", values, address.usable_from)
    others = PayoutAddress.objects.filter(network=address.network, address=address.address)
    count = others.exclude(user_id=address.user_id).values("user_id").distinct().count()
    if count:
        yield Flag("address_shared", {"count": count}, request.waited, needs_review=True)


def _credentials(request: Request) -> Iterator[Flag]:
    flag = credentials_flag(request.user, now=request.now, house=request.house)
    if flag is not None:
        yield flag


def _history(request: Request) -> Iterator[Flag]:
    own = Withdrawal.objects.filter(user=request.user)
    settled = own.filter(state=WithdrawalState.SETTLED)
    # One under way is no history: who took an account over asks twice.
    if not settled.exists():
        yield Flag("first_withdrawal", wait_until=request.waited)
    many = own.filter(requested_at__gt=request.now - DAY).exclude(state__in=GIVEN_BACK).count()
    if many >= MANY:
        yield Flag("many_in_a_short_time", {"count": many}, request.waited, needs_review=True)
    cancels = own.filter(
        requested_at__gt=request.now - MONTH, state=WithdrawalState.CANCELLED
    ).count()
    if cancels >= CANCELS:
        # A rate is locked for as long as a quote is good: an option all the same, if a short one.
        yield Flag("cancels_often", {"count": cancels}, needs_review=True)
    if settled.count() >= HISTORY:
        largest_krw = int(settled.aggregate(most=Max("amount_krw"))["most"])
        if request.amount_krw > UNUSUAL_FACTOR * largest_krw:
            values = {"amount_krw": request.amount_krw, "largest_krw": largest_krw}
            yield Flag("unusual_amount", values, request.waited, needs_review=True)


def _deposits(request: Request) -> Iterator[Flag]:
    unplayed_krw = _unplayed_krw(request.user.pk, since=request.now - DEPOSIT_WINDOW)
    if unplayed_krw * SHARE > request.amount_krw:
        values = {"unplayed_krw": unplayed_krw}
        yield Flag("deposit_without_play", values, request.waited, needs_review=True)
    reversals = DepositEvent.objects.filter(
        deposit__user=request.user,
        state=DepositState.REVERSED,
        at__gt=request.now - REVERSAL_WINDOW,
    ).count()
    if reversals:
        yield Flag("deposit_reversed", {"count": reversals}, request.waited, needs_review=True)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _unplayed_krw(user_id: int, *, since: datetime) -> int:
    """What was credited since then and is not played yet.

    From the newest deposit to the oldest: what was played after a deposit counts for it and for
    those after it together.
    """
    credited = Deposit.objects.filter(
        user_id=user_id, state=DepositState.CREDITED, credited_at__gt=since
    )
    deposits = [
        (credited_at, int(amount_krw or 0))
        for credited_at, amount_krw in credited.order_by("-credited_at").values_list(
            "credited_at", "amount_krw"
        )
        if credited_at is not None
    ]
    if not deposits:
        return 0
    hands = _hands_since(user_id, deposits[-1][0])
    deposited_krw = moved_krw = unplayed_krw = count = 0
    for credited_at, amount_krw in deposits:
        deposited_krw += amount_krw
        while count < len(hands) and hands[count][0] >= credited_at:
            moved_krw += int(hands[count][1])
            count += 1
        if count < LEAST_HANDS or moved_krw * SHARE < deposited_krw:
            unplayed_krw = deposited_krw
    return unplayed_krw


def _hands_since(user_id: int, since: datetime) -> list[tuple[datetime, int]]:
    """The newest hands in which the player won or lost something: when, and how much."""
    hands = Entry.objects.filter(
        account__user_id=user_id,
        account__kind=AccountKind.ESCROW,
        transaction__kind=HAND,
        transaction__created_at__gte=since,
    )
    newest = hands.order_by("-transaction__created_at", "-id")
    return list(newest.values_list("transaction__created_at", "amount")[:MOST_HANDS])
