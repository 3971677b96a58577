"""How much may leave in an hour and in a day: for one player, and for the whole house."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, Sum

from wallet.models import Policy, Withdrawal
from wallet.withdrawals.errors import HouseCeiling, PlayerCeiling
from wallet.withdrawals.states import GIVEN_BACK

# PostgreSQL's advisory lock of requests; the other numbers in use are in `wallet.advisory`.
_LOCK = (7_303, 1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def one_request_at_a_time() -> None:
    """Until the end of the database transaction nobody else asks for a withdrawal.

    So sums that were looked at are still right when the withdrawal is written. Taken before any
    lock of the ledger.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _LOCK)


def check_ceilings(*, user_id: int, amount_krw: int, now: datetime, house: Policy) -> None:
    """Raises PlayerCeiling or HouseCeiling. What was given back does not count."""
    of_user, in_hour = Q(user_id=user_id), Q(requested_at__gt=now - HOUR)
    asked = (
        Withdrawal.objects.filter(requested_at__gt=now - DAY)
        .exclude(state__in=GIVEN_BACK)
        .aggregate(
            user_hour=Sum("amount_krw", filter=of_user & in_hour),
            user_day=Sum("amount_krw", filter=of_user),
            house_hour=Sum("amount_krw", filter=in_hour),
            house_day=Sum("amount_krw"),
        )
    )
    for name, refusal in (
        ("user_hour", PlayerCeiling),
        ("user_day", PlayerCeiling),
        ("house_hour", HouseCeiling),
        ("house_day", HouseCeiling),
    ):
        most_krw: int = getattr(house, f"{name}_krw")
        if int(asked[name] or 0) + amount_krw > most_krw:
            raise refusal(f"{name}: {asked[name] or 0} + {amount_krw} > {most_krw}")
