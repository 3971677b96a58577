"""The socket of one player at one table: connects, resumes, asks again, resends.

Everything here follows from `docs/protocol.md`. A request keeps its id until it is answered: it is
sent again after a reconnect and when the answer takes too long, and the server answers the same.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import randbelow
from time import monotonic
from typing import Any, Protocol

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tables.bots.messages import Codec, Reply
from tables.bots.sync import TableSync
from tables.engine.view import TableView
from tables.protocol.messages import (
    Ack,
    Error,
    Events,
    Heartbeat,
    Private,
    ServerMessage,
    TableSnapshot,
    Welcome,
    WelcomeUser,
)

OPEN_SECONDS = 10.0
ANSWER_SECONDS = 5.0
SENDS = 12
# Nothing was decided: the same request with the same id goes again.
AGAIN = frozenset({"no_answer", "unavailable", "rate_limited", "too_many_requests"})
AGAIN_SECONDS = (0.1, 0.2, 0.4, 0.6)
# A missing version may only be late: this long nothing is asked. Longer on a machine so busy that
# lateness says nothing.
GAP_GRACE_SECONDS = float(os.environ.get("BOTS_GAP_GRACE_S", "0.25"))
BACKOFF_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
# A connection that lived this long was a good one: the next failure starts the backoff anew.
GOOD_SECONDS = 5.0


class Unanswered(Exception):
    """A request had no answer after every resend."""


class Listener(Protocol):
    """What a client tells: called from the event loop, must not block."""

    def on_events(self, frame: Events, view: TableView, at: float) -> None:
        """A version came; `view` is the table before it, `at` the monotonic time of arrival."""

    def on_jump(self, before: TableView, after: TableView) -> None:
        """Events were skipped: a snapshot replaced the view."""

    def on_change(self) -> None:
        """The view or the cards are new."""


@dataclass
class Counters:
    """What a client met, besides the faults of its sync."""

    connects: int = 0
    disconnects: int = 0
    gaps: int = 0
    resends: int = 0
    bad_frames: int = 0
    errors: dict[str, int] = field(default_factory=dict)

    def error(self, code: str) -> None:
        self.errors[code] = self.errors.get(code, 0) + 1


@dataclass
class _Pending:
    frame: bytes
    answer: asyncio.Future[Reply]


class TableClient:
    """One player's socket at one table; `run()` lives until `close()`."""

    def __init__(
        self,
        *,
        url: str,
        codec: Codec,
        ticket: Callable[[], Awaitable[str]] | None,
        listener: Listener,
        name: str,
    ) -> None:
        """`ticket` gives a fresh one for each connection (None: watch without an account).

        `name` starts the ids of the requests; it must be unique among this user's clients, runs
        included."""
        self._url = url
        self._codec = codec
        self._ticket = ticket
        self._listener = listener
        self._name = name
        self._socket: ClientConnection | None = None
        self._pending: dict[str, _Pending] = {}
        self._requests = 0
        self._closed = False
        self._arrived = 0.0
        self._replace = False
        self._gap_noticed = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self.me: WelcomeUser | None = None
        self.last_failure = ""
        self.counters = Counters()
        self.sync = TableSync(self._on_events, listener.on_jump)

    @property
    def connected(self) -> bool:
        return self._socket is not None

    async def run(self) -> None:
        """Stays connected; returns after `close()`."""
        failures = 0
        while not self._closed:
            started = monotonic()
            try:
                await self._connection()
            except (OSError, WebSocketException, TimeoutError) as error:
                self.last_failure = f"{type(error).__name__}: {error}"
            if self._closed:
                return
            self.counters.disconnects += 1
            failures = 0 if monotonic() - started > GOOD_SECONDS else failures + 1
            pause = BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)]
            # Spread, so that a crowd that lost its server does not come back as one.
            await asyncio.sleep(pause * (0.5 + randbelow(1000) / 1000))

    async def close(self) -> None:
        self._closed = True
        for task in self._tasks:
            task.cancel()
        if self._socket is not None:
            await self._socket.close()

    async def request(self, kind: str, **fields: Any) -> Reply:
        """Sends a request and waits for its `Ack` or `Error`, across reconnects.

        Raises Unanswered.
        """
        self._requests += 1
        request_id = f"{self._name}-{self._requests}"
        frame = self._codec.encode({"type": kind, "id": request_id, **fields})
        pending = _Pending(frame, asyncio.get_running_loop().create_future())
        self._pending[request_id] = pending
        try:
            for attempt in range(SENDS):
                self.counters.resends += attempt > 0
                await self._send(pending.frame)
                try:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        reply = await asyncio.shield(pending.answer)
                except TimeoutError:
                    continue
                if not (isinstance(reply, Error) and reply.code in AGAIN):
                    return reply
                self.counters.error(reply.code)
                pending.answer = asyncio.get_running_loop().create_future()
                await asyncio.sleep(AGAIN_SECONDS[min(attempt, len(AGAIN_SECONDS) - 1)])
        finally:
            self._pending.pop(request_id, None)
        raise Unanswered(f"{kind} {request_id}")

    def spawn(self, work: Awaitable[Any]) -> None:
        """Runs a coroutine of this client, cancelled at `close()`."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connection(self) -> None:
        headers = {}
        if self._ticket is not None:
            headers["Authorization"] = f"Ticket {await self._ticket()}"
        socket = await connect(
            self._url,
            additional_headers=headers,
            subprotocols=[self._codec.subprotocol],  # type: ignore[list-item]
            compression=None,
            open_timeout=OPEN_SECONDS,
            max_size=1 << 20,
            user_agent_header="poker-site-bot",
        )
        self.counters.connects += 1
        self._socket = socket
        try:
            self.spawn(self._resume())
            async for raw in socket:
                self._arrived = monotonic()
                self._receive(raw)
        finally:
            self._socket = None

    async def _resume(self) -> None:
        """The first words on a new connection: subscribe, then whatever is still unanswered."""
        waiting = [pending.frame for pending in self._pending.values()]
        reply = asyncio.ensure_future(self.request("subscribe"))
        for frame in waiting:
            self.counters.resends += 1
            await self._send(frame)
        try:
            if isinstance(answer := await reply, Error):
                self.counters.error(answer.code)
                await asyncio.sleep(1)
                await self._drop()
        except Unanswered:
            self.counters.error("unanswered")
            await self._drop()

    async def _drop(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def _send(self, frame: bytes) -> None:
        if self._socket is None:
            return
        # A socket that just closed: the request is sent again after the reconnect.
        with suppress(WebSocketException, OSError):
            await self._socket.send(frame, text=self._codec.encoding == "json")

    def _receive(self, raw: str | bytes) -> None:
        try:
            message = self._codec.decode(raw)
        except msgspec.DecodeError:
            self.counters.bad_frames += 1
            return
        self._handle(message)
        if self.sync.behind and not self._gap_noticed:
            self._gap_noticed = True
            self.spawn(self._catch_up())
        elif self.sync.rewound:
            self.sync.rewound = False
            self.spawn(self.request("snapshot"))

    def _handle(self, message: ServerMessage) -> None:
        match message:
            case Events():
                self.sync.events(message)
            case Ack() | Error(id=str()):
                self._answer(message)
                return
            case Heartbeat():
                self.sync.heartbeat(message.version)
                return
            case Private():
                self.sync.private(message)
            case TableSnapshot():
                self.sync.snapshot(message, replace=self._replace)
            case Welcome():
                self.me = message.user
                return
            case Error():
                self.counters.error(message.code)
                return
        self._listener.on_change()

    def _answer(self, reply: Reply) -> None:
        pending = self._pending.get(reply.id or "")
        if pending is not None and not pending.answer.done():
            pending.answer.set_result(reply)

    async def _catch_up(self) -> None:
        """Asks for what is missing, until nothing is or the connection is gone.

        After a reconnect that is expected. Else frames may only be late: while versions come, it
        waits; when they stop, it is a gap and counted.
        """
        try:
            while self.sync.behind and self._socket is not None:
                if not self.sync.resuming:
                    known = self.sync.version
                    await asyncio.sleep(GAP_GRACE_SECONDS)
                    if not self.sync.behind or self.sync.version != known:
                        continue
                    self.counters.gaps += 1
                await self._ask_for_missed()
        except Unanswered:
            self.counters.error("unanswered")
        finally:
            self._gap_noticed = False

    async def _ask_for_missed(self) -> None:
        since = self.sync.version
        self._replace = True
        try:
            reply = await self.request("missed", since=since)
            if isinstance(reply, Error):
                self.counters.error(reply.code)
            async with asyncio.timeout(ANSWER_SECONDS):
                while self.sync.version == since:  # noqa: ASYNC110  (any of several frames)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pass
        finally:
            self._replace = False

    def _on_events(self, frame: Events, view: TableView) -> None:
        self._listener.on_events(frame, view, self._arrived)
