"""A small real WebSocket server that keeps one table of chat lines, and misbehaves on demand.

Its versions and answers follow docs/protocol.md; what it leaves out, a client must ask for.
"""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve

from tables.engine.config import TableConfig
from tables.engine.events import HandScheduled, PlayerConnected, PlayerDisconnected
from tables.engine.fold import fold
from tables.engine.view import SeatView, TableView
from tables.protocol.messages import Ack, Error, Events, Heartbeat, TableSnapshot, Welcome
from tables.protocol.messages import WelcomeUser as User

CONFIG = TableConfig(
    seats=6, small_blind_krw=50, big_blind_krw=100, min_buy_in_krw=4000, max_buy_in_krw=20000
)


def empty_view() -> TableView:
    seat = SeatView(
        seat=2, user_id=7, nickname="ann", is_bot=False, stack_krw=5000, status="active"
    )
    return TableView(
        table_id=1,
        config=CONFIG,
        closed=False,
        button_seat=None,
        next_hand_at_ms=None,
        seats=(seat,),
        hand=None,
    )


class ScratchServer:
    """Use as an async context manager; `url` is where it listens."""

    def __init__(self) -> None:
        self.version = 5
        self.view = empty_view()
        self.frames: dict[int, Events] = {}
        self.kept_from = 0
        self.requests: list[dict[str, Any]] = []
        self.ignore: set[str] = set()
        self.refuse_once: dict[str, str] = {}
        self._sockets: set[ServerConnection] = set()
        self._answers: dict[str, Ack] = {}

    async def __aenter__(self) -> "ScratchServer":
        self._server: Server = await serve(
            self._connection,
            "127.0.0.1",
            0,
            subprotocols=["poker.v1.json", "poker.v1.msgpack"],  # type: ignore[list-item]
            compression=None,
        )
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"ws://127.0.0.1:{port}/ws/table/1/"
        return self

    async def __aexit__(self, *args: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    def asked(self, kind: str) -> list[dict[str, Any]]:
        return [request for request in self.requests if request["type"] == kind]

    async def happen(self, *, tell: bool = True) -> Events:
        """One more version; with `tell=False` nobody hears of it."""
        self.version += 1
        event = (
            PlayerDisconnected(seat=2) if self.version % 2 else PlayerConnected(seat=2),
            HandScheduled(at_ms=self.version * 1000),
        )
        for each in event:
            self.view = fold(self.view, each)
        frame = Events(table_id=1, version=self.version, at_ms=self.version, events=list(event))
        self.frames[self.version] = frame
        if tell:
            await self.tell(frame)
        return frame

    async def tell(self, message: object) -> None:
        for socket in list(self._sockets):
            await self._send(socket, message)

    async def heartbeat(self) -> None:
        await self.tell(Heartbeat(table_id=1, version=self.version, server_time_ms=1))

    async def drop_everyone(self) -> None:
        """Cut all connections, as a killed web process does."""
        for socket in list(self._sockets):
            socket.transport.abort()
        self._sockets.clear()

    def snapshot(self) -> TableSnapshot:
        return TableSnapshot(table_id=1, version=self.version, server_time_ms=1, table=self.view)

    async def _connection(self, socket: ServerConnection) -> None:
        await self._send(
            socket, Welcome(protocol=1, server_time_ms=1, user=User(7, "ann"), table_id=1)
        )
        with suppress(Exception):
            async for raw in socket:
                decode: Any = msgspec.json if isinstance(raw, str) else msgspec.msgpack
                request = decode.decode(raw)
                self.requests.append(request)
                if request["type"] not in self.ignore:
                    await self._answer(socket, request)
        self._sockets.discard(socket)

    async def _answer(self, socket: ServerConnection, request: dict[str, Any]) -> None:
        kind, request_id = request["type"], request["id"]
        if code := self.refuse_once.pop(kind, None):
            await self._send(socket, Error(id=request_id, code=code, message=code))
            return
        if kind == "chat":
            answer = self._answers.setdefault(request_id, Ack(id=request_id, version=self.version))
            await self._send(socket, answer)
            return
        await self._send(socket, Ack(id=request_id))
        if kind == "subscribe":
            self._sockets.add(socket)
        too_old = kind == "missed" and request["since"] + 1 < self.kept_from
        if kind in {"subscribe", "snapshot"} or too_old:
            await self._send(socket, self.snapshot())
        elif kind == "missed":
            for version in range(request["since"] + 1, self.version + 1):
                await self._send(socket, self.frames[version])

    async def _send(self, socket: ServerConnection, message: object) -> None:
        if socket.subprotocol == "poker.v1.json":
            await socket.send(msgspec.json.encode(message).decode())
        else:
            await socket.send(msgspec.msgpack.encode(message))


async def until(condition: Any, seconds: float = 5.0) -> None:
    """Wait for something to become true; fails the test otherwise."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  (many kinds of things are waited for)
            await asyncio.sleep(0.01)
