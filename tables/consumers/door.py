"""Who may open a WebSocket.

A browser proves itself by the site's session cookie, and by an Origin that is exactly this site's:
another site's page has the cookie too. A program brings a one-time ticket and needs no Origin. A
visitor without a login may watch. Whoever is refused gets 403 and no connection.
"""

from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from tables import tickets
from tables.consumers.visitor import Visitor, visitor_of_session, visitor_of_user

TICKET_SCHEME = "ticket "


class Refused(Exception):
    """Not let in."""


class Door:
    """ASGI middleware: puts `visitor` (a `Visitor` or None) and `headers_by_name` in the scope."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = headers_of(scope)
        try:
            visitor = await identify(scope, headers)
        except Refused:
            await receive()
            await send({"type": "websocket.close", "code": 4403})
            return
        scope = {**scope, "visitor": visitor, "headers_by_name": headers}
        await self.application(scope, receive, send)


def headers_of(scope: dict[str, Any]) -> dict[str, str]:
    """Header name (lower case) → value; a header sent twice counts as sent empty."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key == "cookie" and key in headers:
            headers[key] += "; " + value.decode("latin-1")
        else:
            headers[key] = "" if key in headers else value.decode("latin-1")
    return headers


async def identify(scope: dict[str, Any], headers: dict[str, str]) -> Visitor | None:
    authorization = headers.get("authorization", "")
    if authorization.lower().startswith(TICKET_SCHEME):
        holder = await tickets.redeem(authorization[len(TICKET_SCHEME) :].strip())
        if holder is None:
            raise Refused
        visitor: Visitor | None = await database_sync_to_async(visitor_of_user)(
            holder.user_id, holder.session_key
        )
        if visitor is None:
            raise Refused
        return visitor
    if not is_own_origin(scope, headers):
        raise Refused
    cookies = parse_cookie(headers.get("cookie", ""))
    if settings.SESSION_COOKIE_NAME not in cookies:
        return None
    found: Visitor | None = await database_sync_to_async(visitor_of_session)(cookies)
    return found


def is_own_origin(scope: dict[str, Any], headers: dict[str, str]) -> bool:
    """True when the page that connects is this site's, by scheme, host and port."""
    origin = headers.get("origin", "").lower()
    if not origin or origin == "null":
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    host = headers.get("host", "").lower()
    # Without this, a name that an attacker points at this machine would be its own origin.
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    return origin == f"{scheme}://{host}"
