"""When what somebody logs in with was last changed: money waits for a while after that.

Passwords are noted where users are saved (`accounts.models.User.save`); here second factors and
email addresses, which allauth keeps. A second factor also goes when staff remove it in admin.
"""

from typing import Any

from allauth.account.signals import email_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.db.models.signals import post_delete
from django.utils import timezone

from accounts.models import User


def connect() -> None:
    for signal in (authenticator_added, authenticator_removed, authenticator_reset, email_changed):
        signal.connect(_on_change, dispatch_uid="accounts.credentials")
    post_delete.connect(_on_removal, sender=Authenticator, dispatch_uid="accounts.credentials")


def _on_change(user: User, **kwargs: Any) -> None:
    note_change(user=user)


def _on_removal(instance: Authenticator, **kwargs: Any) -> None:
    # Not by its user's row: that one may go together with the factor.
    User.objects.filter(pk=instance.user_id).update(credentials_changed_at=timezone.now())


def note_change(*, user: User) -> None:
    """From now on the user's credentials are new."""
    user.credentials_changed_at = timezone.now()
    user.save(update_fields=["credentials_changed_at"])
