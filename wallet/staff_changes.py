"""Telling those who decide on money that somebody of the staff is new, or has something new."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from wallet.deposits.alerts import PERMISSION as DEPOSITS
from wallet.deposits.alerts import tell_staff
from wallet.models import Alert, StaffChange, StaffChangeKind
from wallet.staff import APPROVING

# What was not told by then was found too late to be of use.
_TOLD_WITHIN = timedelta(days=7)
_CODE = "staff_changed"


def tell_of_changes() -> int:
    """Tell those who may decide who was made staff or changed lately, once; how many were told.

    Each with a money event and, after the commit, a mail to all but the one who changed. Called
    after every change in admin, and by a task.
    """
    lately = StaffChange.objects.filter(at__gt=timezone.now() - _TOLD_WITHIN)
    found = list(lately.select_related("user").order_by("id"))
    subjects = [f"staff_change:{change.pk}" for change in found]
    told = set(
        Alert.objects.filter(kind=f"alert.{_CODE}", subject__in=subjects).values_list(
            "subject", flat=True
        )
    )
    count = 0
    staff = set(User.objects.filter(is_staff=True).values_list("pk", flat=True))
    for change, subject in zip(found, subjects, strict=True):
        # A house's first account has nobody who could wonder about it.
        is_first = change.kind == StaffChangeKind.ACCOUNT and staff <= {change.user_id}
        if subject not in told and not is_first:
            details = {
                "user": change.user_id,
                "nickname": change.user.nickname,
                "what": change.kind,
                "at": change.at.isoformat(timespec="seconds"),
            }
            to = (APPROVING, DEPOSITS)
            tell_staff(_CODE, subject, details, to=to, but_not=change.user_id)
            count += 1
    return count
