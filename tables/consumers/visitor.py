"""Who is on the other end of a connection; looked up once, when it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from accounts.models import User
from tables.consumers.voice import milliseconds


@dataclass(frozen=True, slots=True)
class Visitor:
    """A logged-in user. `session_key` names the login that ends this connection when it ends.

    `muted_until_ms`: staff took the user's voice in the chats away until then (0: they did not).
    """

    user_id: int
    nickname: str
    is_bot: bool
    session_key: str | None
    muted_until_ms: int = 0


def visitor_of_session(cookies: Mapping[str, str]) -> Visitor | None:
    """The user of a session cookie; None without a valid login. Reads the database."""
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    engine: Any = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(key)
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active:
        return None
    return _visitor(user, key)


def visitor_of_user(user_id: int, session_key: str | None) -> Visitor | None:
    """The user of a ticket; None when the account may not log in. Reads the database."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return _visitor(user, session_key) if user else None


def _visitor(user: User, session_key: str | None) -> Visitor:
    return Visitor(
        user_id=user.pk,
        nickname=user.nickname,
        is_bot=user.is_bot,
        session_key=session_key,
        muted_until_ms=milliseconds(user.chat_muted_until),
    )
