"""A web process's first requests, made by itself before it lets anybody in.

The first request of a process imports what its view needs, draws its first template and opens
connections to the database: the better part of a second. Where another process was killed, that
second would come on top of it, for all of its players at once.
"""

import asyncio
from typing import Any

import structlog
from django.conf import settings

LIMIT_S = 3.0
# A token that no session has: looking for it goes the way of every ticket.
FIRST = (("GET", "/", None), ("POST", "/api/v1/ws-ticket/", b"none"))
EVERYONES = ("GET", "/api/v1/tables/", None)

log = structlog.get_logger()


async def warm_up(application: Any) -> None:
    """Ask an ASGI application, in the loop that will serve it.

    What goes wrong is logged: the process serves anyway.
    """
    try:
        async with asyncio.timeout(LIMIT_S):
            for request in FIRST:
                await _ask(application, *request)
            # As many at once as the database pool holds: each opens a connection.
            pool = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
            await asyncio.gather(*(_ask(application, *EVERYONES) for _ in range(pool)))
    except Exception as error:
        log.warning("warm_up_failed", error=repr(error))


async def _ask(application: Any, method: str, path: str, token: bytes | None) -> None:
    unread = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not unread:
            await asyncio.Future()
        return unread.pop()

    async def send(message: dict[str, Any]) -> None:
        """What it answers is nobody's."""

    await application(_scope(method, path, token), receive, send)


def _scope(method: str, path: str, token: bytes | None) -> dict[str, Any]:
    hosts = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    headers = [(b"host", (hosts or ["localhost"])[0].encode())]
    if token is not None:
        headers.append((b"x-session-token", token))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
