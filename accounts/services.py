"""What changes users."""

from collections.abc import Collection
from datetime import UTC, datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.credentials import note_change
from accounts.models import User
from accounts.signals import chat_muted, locked_out

# "For good", in a form that dates can have.
FOR_GOOD = datetime(2999, 12, 31, tzinfo=UTC)


@transaction.atomic
def create_user(
    *,
    email: str,
    nickname: str,
    password: str,
    is_bot: bool = False,
    is_staff: bool = False,
    is_superuser: bool = False,
) -> User:
    """A user who can log in at once: the address counts as verified.

    Raises django.core.exceptions.ValidationError for an email address or nickname that is taken
    or not allowed.
    """
    user = User.objects.create_user(
        email, nickname, password, is_bot=is_bot, is_staff=is_staff, is_superuser=is_superuser
    )
    set_email(user=user, email=user.email)
    return user


@transaction.atomic
def set_email(*, user: User, email: str) -> None:
    """Makes `email` the user's one address, verified. In the place of another it is a new
    credential: whoever reads it can set the password."""
    user.email = email
    user.save(update_fields=["email"])
    before = EmailAddress.objects.filter(user=user)
    if before.exclude(email__iexact=email).exists():
        note_change(user=user)
    before.delete()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)


def set_active(*, users: Collection[User], active: bool) -> int:
    """Lets users in or keeps them out; returns how many changed."""
    changing = User.objects.filter(pk__in=[user.pk for user in users]).exclude(is_active=active)
    changed = changing.update(is_active=active)
    for user in users if not active else ():
        locked_out.send(sender=User, user_id=user.pk)
    return changed


@transaction.atomic
def mute_in_chats(*, users: Collection[User], until: datetime | None) -> int:
    """Takes users' voices in all chats away until then, or (None) gives them back at once.

    Returns how many users that were.
    """
    changed = User.objects.filter(pk__in=[user.pk for user in users]).update(chat_muted_until=until)
    for user in users:
        chat_muted.send(sender=User, user_id=user.pk, until=until)
    return changed
