"""Whom players do not want to read in chats."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from tables.models import ChatMute

MAX_MUTES = 1_000


class NobodyThere(Exception):
    """There is no such user."""


class MuteRefused(Exception):
    """Nobody mutes oneself, or more than `MAX_MUTES` others."""


def mutes_of(*, user_id: int) -> QuerySet[ChatMute]:
    """Whom a user does not want to read, in the order they were muted."""
    return ChatMute.objects.filter(user_id=user_id).select_related("muted").order_by("pk")


def mute_player(*, user_id: int, muted_id: int) -> ChatMute:
    """From now on a user does not want to read what another says; doing it again changes nothing.

    Raises `NobodyThere` or `MuteRefused`.
    """
    with transaction.atomic():
        # One after the other, so that the limit holds.
        User.objects.select_for_update(no_key=True).get(pk=user_id)
        if muted_id == user_id:
            raise MuteRefused("oneself")
        if not User.objects.filter(pk=muted_id).exists():
            raise NobodyThere(muted_id)
        known = ChatMute.objects.filter(user_id=user_id)
        if known.exclude(muted_id=muted_id).count() >= MAX_MUTES:
            raise MuteRefused("too many")
        mute, _ = ChatMute.objects.get_or_create(user_id=user_id, muted_id=muted_id)
    return mute


def unmute_player(*, user_id: int, muted_id: int) -> None:
    """The user reads the other again."""
    ChatMute.objects.filter(user_id=user_id, muted_id=muted_id).delete()
