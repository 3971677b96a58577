"""Who decides on deposits, and telling them: an event for the audit log, a log line, a mail."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.links import link_to
from accounts.models import User
from wallet.events import record
from wallet.meanings import meaning_of
from wallet.models import Alert, MoneyEvent

log = structlog.get_logger()

# The same trouble of the same thing is told again after this.
REPEAT = timedelta(hours=1)
PERMISSION = "wallet.decide_quarantine"


def may_decide(staff: User) -> bool:
    """Whether it is active staff with the right to decide on deposits."""
    return staff.is_active and staff.is_staff and staff.has_perm(PERMISSION)


def tell_staff(
    code: str,
    subject: str,
    details: Mapping[str, Any],
    *,
    to: Collection[str] = (PERMISSION,),
    but_not: int | None = None,
) -> None:
    """Tell those who have one of these rights, once the caller's transaction is committed.

    `but_not` is who is not sent a mail, because it is about them.
    """
    with transaction.atomic():
        alert = record(f"alert.{code}", subject, details)
        transaction.on_commit(lambda: _tell(alert, code, to, but_not))


def tell_staff_hourly(code: str, subject: str, details: Mapping[str, Any]) -> None:
    """Tell it, unless the same of the same subject was told less than `REPEAT` ago.

    For trouble that every pass meets again: the subject must not change from pass to pass.
    """
    told = Alert.objects.filter(
        kind=f"alert.{code}", subject=subject, at__gt=timezone.now() - REPEAT
    )
    if not told.exists():
        tell_staff(code, subject, details)


def _tell(alert: MoneyEvent, code: str, to: Collection[str], but_not: int | None) -> None:
    log.error("wallet_alert", code=code, subject=alert.subject, **alert.payload)
    # Nobody knows which language staff read: that of the site.
    with override(settings.LANGUAGE_CODE):
        what, todo = map(str, meaning_of(code))
        title = _("Money needs a look: %(what)s") % {"what": what}
    link = link_to("admin:wallet_alert_change", alert.pk)
    details = [f"{name}: {value}" for name, value in alert.payload.items()]
    text = "\n".join([what, todo, "", link, "", f"{code} {alert.subject}", *details])
    try:
        for pk, address in _holders(to).values_list("pk", "email"):
            if pk != but_not:
                send_mail(title, text, None, [address])
    except OSError as error:
        # The log and the event have it; a mail server's trouble must not stop a scan.
        log.warning("alert_not_mailed", code=code, error=type(error).__name__)


def _holders(rights: Collection[str]) -> QuerySet[User]:
    """Staff who have one of these rights, by themselves or by a group of theirs."""
    may = Q(is_superuser=True)
    for right in rights:
        app, codename = right.split(".")
        may |= Q(user_permissions__content_type__app_label=app, user_permissions__codename=codename)
        may |= Q(
            groups__permissions__content_type__app_label=app, groups__permissions__codename=codename
        )
    return User.objects.filter(may, is_active=True, is_staff=True).distinct()
