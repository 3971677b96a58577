"""The periods of limits: calendar days, weeks from Monday, and months, in the site's time zone."""

from datetime import datetime, timedelta

from django.utils import timezone

from wallet.models import LimitPeriod


def start_of(period: str, now: datetime) -> datetime:
    """When the period that `now` is in began."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    match LimitPeriod(period):
        case LimitPeriod.DAY:
            return midnight
        case LimitPeriod.WEEK:
            return midnight - timedelta(days=midnight.weekday())
        case LimitPeriod.MONTH:
            return midnight.replace(day=1)
