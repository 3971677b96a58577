"""What staff were told (`wallet.deposits.alerts`) and nobody has looked at yet."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from wallet.events import record
from wallet.models import Alert, AlertSeen


def open_alerts() -> QuerySet[Alert]:
    """Those that nobody has looked at."""
    return Alert.objects.filter(seen=None)


def note_seen(*, alert_ids: Iterable[int], staff: User) -> int:
    """Note that a member of staff looked at alerts; who was first stays. How many were open."""
    with transaction.atomic():
        seen = 0
        for alert in Alert.objects.filter(pk__in=list(alert_ids)).order_by("pk"):
            _row, is_first = AlertSeen.objects.get_or_create(
                alert_id=alert.pk, defaults={"staff": staff}
            )
            if is_first:
                record("alert_seen", f"event:{alert.pk}", {"by": staff.pk})
                seen += 1
        return seen
