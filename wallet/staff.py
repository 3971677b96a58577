"""Whose word on money counts: staff whose account, rights and credentials are not new.

Whoever may make staff could make a colleague, or set a colleague's password, and so be two people.
So nobody counts within `credentials_wait_hours` (the wait of players, too) after such a change, and
those who may decide are told of it meanwhile (`wallet.staff_changes`). The database's triggers note
the changes and refuse as well (`migrations/0024_four_eyes.py`, `0028_known_staff.py`).
"""

from datetime import datetime, timedelta

from django.db.models.functions import Now

from accounts.models import User
from wallet.errors import StaffTooNew
from wallet.models import StaffChange
from wallet.policies import policy

APPROVING = "wallet.approve_withdrawal"


def is_new(staff_id: int, at: datetime | None = None) -> bool:
    """Whether something about a member of staff was too new at that moment; None: now.

    By the wait that the rules ask for now.
    """
    wait = timedelta(hours=policy().credentials_wait_hours)
    moment = at or Now()  # the database's clock wrote what is compared
    changes = StaffChange.objects.filter(user_id=staff_id, at__lte=moment)
    return changes.filter(at__gt=moment - wait).exists()


def require_known(staff: User) -> None:
    """Raises StaffTooNew."""
    if is_new(staff.pk):
        raise StaffTooNew(f"user {staff.pk}")
