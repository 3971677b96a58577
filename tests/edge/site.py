"""The site on a real port of this process, and a client of the wire protocol."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgpack
import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client as Browser
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.models import User
from poker_site import web_server
from poker_site.asgi import application
from tables import tickets

JSON = "poker.v1.json"
MSGPACK = "poker.v1.msgpack"
PATIENCE_S = 10


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """The site as `make run` serves it; yields `127.0.0.1:<port>`."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(web_server.config(application))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


def session_cookie(user: User) -> str:
    """The session cookie of a user who has just logged in."""
    browser = Browser()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


class Client:
    """One open connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.is_json = connection.subprotocol == JSON
        self.received: list[dict[str, Any]] = []
        self._sent = 0

    async def send(self, body: dict[str, Any]) -> None:
        await self.connection.send(json.dumps(body) if self.is_json else msgpack.packb(body))

    async def send_bytes(self, frame: bytes) -> None:
        await self.connection.send(frame, text=self.is_json)

    async def next(self, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        async with asyncio.timeout(patience_s):
            frame = await self.connection.recv()
        message = json.loads(frame) if self.is_json else msgpack.unpackb(frame)
        assert isinstance(frame, str) == self.is_json
        assert isinstance(message, dict)
        self.received.append(message)
        return message

    async def until(self, wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The next message that is wanted; the others are kept in `received`."""
        while not wanted(message := await self.next()):
            pass
        return message

    async def until_type(self, kind: str) -> dict[str, Any]:
        return await self.until(lambda message: message["type"] == kind)

    async def until_event(self, kind: str) -> dict[str, Any]:
        """The next event of a kind."""
        frame = await self.until(
            lambda message: (
                message["type"] in ("events", "private")
                and kind in [event["type"] for event in message["events"]]
            )
        )
        found: dict[str, Any] = next(e for e in frame["events"] if e["type"] == kind)
        return found

    async def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request, and wait for its answer."""
        self._sent += 1
        body = {"id": f"q{self._sent}", **body}
        await self.send(body)
        return await self.until(
            lambda message: message["type"] in ("ack", "error") and message["id"] == body["id"]
        )

    async def closed(self) -> int:
        """Wait for the server to close, and return its code."""
        with suppress(ConnectionClosed):
            while True:
                await self.next()
        code = self.connection.close_code
        assert code is not None
        return code


@asynccontextmanager
async def opened(
    address: str,
    path: str,
    *,
    cookie: str | None = None,
    ticket: str | None = None,
    origin: str | None = "own",
    protocols: tuple[str, ...] = (JSON,),
    headers: dict[str, str] | None = None,
    max_queue: int | None = None,
) -> AsyncIterator[Client]:
    """A connection as a browser (`cookie`) or as a program (`ticket`) makes it."""
    sent = dict(headers or {})
    if cookie:
        sent["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={cookie}"
    if ticket:
        sent["Authorization"] = f"Ticket {ticket}"
        origin = None if origin == "own" else origin
    async with connect(
        f"ws://{address}{path}",
        origin=f"http://{address}" if origin == "own" else origin,  # type: ignore[arg-type]
        subprotocols=list(protocols) or None,  # type: ignore[arg-type]
        additional_headers=sent,
        compression=None,
        proxy=None,
        open_timeout=PATIENCE_S,
        # A test may leave much unread; that must not hold up its end.
        max_queue=max_queue,
    ) as connection:
        yield Client(connection)


async def refused(address: str, path: str, **how: Any) -> int:
    """The HTTP status that a handshake is refused with."""
    try:
        async with opened(address, path, **how):
            return 101
    except InvalidStatus as error:
        return error.response.status_code


async def ticket_for(user: User) -> str:
    ticket: str = await sync_to_async(tickets.issue)(user_id=user.pk, session_key=None)
    return ticket


cookie_for = sync_to_async(session_cookie)
