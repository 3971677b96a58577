"""Telling staff what a machine must not decide: an event in the audit logs, and a log line."""

from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from wallet.events import record
from wallet.models import MoneyEvent

# The same trouble of the same thing is told again after this.
REPEAT = timedelta(hours=1)

log = structlog.get_logger()


def alert(code: str, subject: str, **details: Any) -> None:
    """Tell it, unless it was told a while ago. `details` holds JSON; amounts as strings."""
    kind = f"alert.{code}"[:40]
    since = timezone.now() - REPEAT
    with transaction.atomic():
        if MoneyEvent.objects.filter(kind=kind, subject=subject, at__gt=since).exists():
            return
        record(kind, subject, details)
    log.error("wallet_alert", code=code, subject=subject, **details)
