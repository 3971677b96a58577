"""How much may leave in an hour and in a day: for one player, and for the whole house."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Min, Q, QuerySet, Sum
from django.utils import timezone

from wallet.models import Policy, Withdrawal
from wallet.policies import policy
from wallet.withdrawals.errors import HouseCeiling, PlayerCeiling
from wallet.withdrawals.states import GIVEN_BACK

# PostgreSQL's advisory lock of requests; the other numbers in use are in `wallet.advisory`.
_LOCK = (7_303, 1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LeftToWithdraw:
    """Won that a player's own ceilings still leave in the hour and in the day that end now.

    `more_at` is when they leave more, at a whole minute; None where what was asked for is not what
    keeps it down. The house's ceilings are told to nobody.
    """

    hour_krw: int
    day_krw: int
    more_at: datetime | None

    @property
    def now_krw(self) -> int:
        """What can be asked for now."""
        return min(self.hour_krw, self.day_krw)


def one_request_at_a_time() -> None:
    """Until the end of the database transaction nobody else asks for a withdrawal.

    So sums that were looked at are still right when the withdrawal is written. Taken before any
    lock of the ledger.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _LOCK)


def left_to_withdraw(*, user_id: int, house: Policy | None = None) -> LeftToWithdraw:
    """What the player's own ceilings leave. What was given back does not count."""
    house, now = house or policy(), timezone.now()
    in_hour = Q(requested_at__gt=now - HOUR)
    asked = (
        _counted(now)
        .filter(user_id=user_id)
        .aggregate(
            hour=Sum("amount_krw", filter=in_hour),
            day=Sum("amount_krw"),
            hour_since=Min("requested_at", filter=in_hour),
            day_since=Min("requested_at"),
        )
    )
    hour_krw = max(0, house.user_hour_krw - int(asked["hour"] or 0))
    day_krw = max(0, house.user_day_krw - int(asked["day"] or 0))
    since = []
    if hour_krw <= day_krw:
        since.append((asked["hour_since"], HOUR))
    if day_krw <= hour_krw:
        since.append((asked["day_since"], DAY))
    is_known = all(at is not None for at, _ in since)
    more_at = max(_whole_minute(at + period) for at, period in since) if is_known else None
    return LeftToWithdraw(hour_krw, day_krw, more_at)


def check_own_ceilings(*, user_id: int, amount_krw: int, house: Policy) -> None:
    """Raises PlayerCeiling."""
    left = left_to_withdraw(user_id=user_id, house=house)
    if amount_krw > left.now_krw:
        detail = f"{amount_krw} of {left.hour_krw} an hour, {left.day_krw} a day"
        raise PlayerCeiling(detail, left_krw=left.now_krw, more_at=left.more_at)


def check_ceilings(*, user_id: int, amount_krw: int, house: Policy) -> None:
    """Raises PlayerCeiling or HouseCeiling. What was given back does not count."""
    check_own_ceilings(user_id=user_id, amount_krw=amount_krw, house=house)
    now = timezone.now()
    asked = _counted(now).aggregate(
        hour=Sum("amount_krw", filter=Q(requested_at__gt=now - HOUR)), day=Sum("amount_krw")
    )
    for period, most_krw in (("hour", house.house_hour_krw), ("day", house.house_day_krw)):
        if int(asked[period] or 0) + amount_krw > most_krw:
            raise HouseCeiling(f"{period}: {asked[period] or 0} + {amount_krw} > {most_krw}")


def _counted(now: datetime) -> QuerySet[Withdrawal]:
    """What was asked for in the last day."""
    return Withdrawal.objects.filter(requested_at__gt=now - DAY).exclude(state__in=GIVEN_BACK)


def _whole_minute(at: datetime) -> datetime:
    """The first whole minute that is not before it."""
    minute = at.replace(second=0, microsecond=0)
    return minute if minute == at else minute + timedelta(minutes=1)
