"""Telling staff what a machine must not decide, but not at every pass."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from wallet.deposits.alerts import tell_staff
from wallet.models import MoneyEvent

# The same trouble of the same thing is told again after this.
REPEAT = timedelta(hours=1)


def alert(code: str, subject: str, **details: Any) -> None:
    """Tell it, unless it was told a while ago. `details` holds JSON; amounts as strings."""
    told = MoneyEvent.objects.filter(
        kind=f"alert.{code}", subject=subject, at__gt=timezone.now() - REPEAT
    )
    if not told.exists():
        tell_staff(code, subject, details)
