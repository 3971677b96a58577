"""What open connections must hear of at once.

When a login ends, the connections that it opened end too: a closed account and a new password end
all of a user's logins, logging out ends one. Whom staff mute is mute at every table.
"""

from datetime import datetime
from typing import Any

import structlog
from allauth.account.signals import password_changed, password_reset, password_set
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_save
from django.http import HttpRequest
from redis.exceptions import RedisError

from accounts.models import User
from accounts.signals import chat_muted, locked_out
from tables.consumers.voice import remember_mute

log = structlog.get_logger()


def connect() -> None:
    user_logged_out.connect(_on_logout)
    for signal in (password_changed, password_reset, password_set):
        signal.connect(_on_new_password)
    post_save.connect(_on_save, sender=User)
    locked_out.connect(_on_lock_out)
    chat_muted.connect(_on_chat_muted)


def _on_logout(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None and request.session.session_key:
        close_connections(user.pk, request.session.session_key)


def _on_new_password(user: User, **kwargs: Any) -> None:
    close_connections(user.pk, None)


def _on_save(instance: User, created: bool, **kwargs: Any) -> None:
    if not created and not instance.is_active:
        close_connections(instance.pk, None)


def _on_lock_out(user_id: int, **kwargs: Any) -> None:
    close_connections(user_id, None)


def _on_chat_muted(user_id: int, until: datetime | None, **kwargs: Any) -> None:
    transaction.on_commit(lambda: _tell_voice(user_id, until))


def _tell_voice(user_id: int, until: datetime | None) -> None:
    try:
        remember_mute(user_id=user_id, until=until)
    except (RedisError, OSError) as error:
        log.warning("chat_mute_not_told", user_id=user_id, error=str(error))


def close_connections(user_id: int, session_key: str | None) -> None:
    """Close a user's connections of one login, or (None) all, once the transaction is in force."""
    message = {"type": "user.signed_out", "session_key": session_key}
    transaction.on_commit(lambda: _tell(f"user.{user_id}", message))


def _tell(group: str, message: dict[str, Any]) -> None:
    try:
        async_to_sync(get_channel_layer().group_send)(group, message)
    except (RedisError, OSError) as error:
        log.warning("sign_out_not_told", group=group, error=str(error))
