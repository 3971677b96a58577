"""Telling staff what a machine must not decide, but not at every pass."""

from typing import Any

from wallet.deposits.alerts import tell_staff_hourly


def alert(code: str, subject: str, **details: Any) -> None:
    """Tell it, unless it was told a while ago. `details` holds JSON; amounts as strings."""
    tell_staff_hourly(code, subject, details)
