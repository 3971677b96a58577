"""Telling staff: an event for the audit log, an error in the site's log, and a mail."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from wallet.events import record

log = structlog.get_logger()

PERMISSION = "wallet.decide_quarantine"


def tell_staff(code: str, subject: str, details: Mapping[str, Any]) -> None:
    """Tell those who may decide on deposits, once the caller's transaction is committed."""
    with transaction.atomic():
        record(f"alert.{code}", subject, details)
        transaction.on_commit(lambda: _tell(code, subject, dict(details)))


def _tell(code: str, subject: str, details: dict[str, Any]) -> None:
    log.error("wallet_alert", code=code, subject=subject, **details)
    for staff in User.objects.with_perm(PERMISSION, include_superusers=True).filter(is_staff=True):
        with override("ko"):
            title = _("Money needs a look: %(code)s") % {"code": code}
            lines = [subject, *(f"{name}: {value}" for name, value in details.items())]
        try:
            send_mail(title, "\n".join(lines), None, [staff.email])
        except OSError as error:
            # The log and the event have it; a mail server's trouble must not stop a scan.
            log.warning("alert_not_mailed", code=code, error=type(error).__name__)
