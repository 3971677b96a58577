"""A connection to one table: requests go to the table's owner, frames come back.

Channels hands one message at a time to a consumer. So what the table sends while a snapshot is
being fetched waits behind it, and a client never sees events before the state they belong to.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

import msgspec
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from django.utils import translation

from tables.consumers import voice
from tables.consumers.socket import PokerSocket
from tables.consumers.watching import may_matter, may_watch
from tables.protocol.codec import encode
from tables.protocol.codes import sentence
from tables.protocol.decode import decode_table, digest
from tables.protocol.errors import ProtocolError
from tables.protocol.messages import Ack, Events, Heartbeat, TableSnapshot
from tables.protocol.requests import Chat, ClientMessage, Missed, Ping, Snapshot, Subscribe
from tables.runtime.broadcast import owner_group, table_group
from tables.runtime.errors import RuntimeUnavailable, TableUnknown
from tables.runtime.messages import CommandEnvelope
from tables.runtime.messages import Snapshot as TableAtVersion
from tables.selectors import TableFacts, facts_of

ANSWER_TIMEOUT_S = 10.0
MAX_PENDING = 32


@dataclass(slots=True)
class Pending:
    """A request that went to the table, sent `times` times so far; the first answer is for all."""

    digest: str
    times: int
    timer: asyncio.TimerHandle


class TableConsumer(PokerSocket):
    """`/ws/table/<id>/`."""

    handlers = {  # noqa: RUF012
        **PokerSocket.handlers,
        "table.frame": "table_frame",
        "table.reply": "table_reply",
    }

    def __init__(self) -> None:
        super().__init__()
        self.pending: dict[str, Pending] = {}
        self.late: set[asyncio.Task[None]] = set()
        self.attached = False
        self.is_shut_out = False
        self.players_only = False

    async def greet(self) -> None:
        self.table_id: int = self.scope["url_route"]["kwargs"]["table_id"]
        if await database_sync_to_async(facts_of)(self.table_id) is None:
            await self.shut(4404)
        await self.tell(self.welcome(table_id=self.table_id))

    # Requests

    def decode(self, frame: bytes) -> ClientMessage:
        return decode_table(frame, self.encoding)

    async def handle(self, request: ClientMessage) -> None:
        try:
            match request:
                case Ping():
                    await super().handle(request)
                case Subscribe():
                    await self._subscribe(request.id)
                case Snapshot():
                    await self._show(request.id, await self._look(request.id))
                case Missed(since=since):
                    await self._send_missed(request.id, since)
                case _:
                    await self._submit(request)
        except TableUnknown:
            raise ProtocolError(await self._why_unknown(), request_id=request.id) from None
        except RuntimeUnavailable:
            raise ProtocolError("unavailable", request_id=request.id) from None

    async def _why_unknown(self) -> str:
        """An open table that nobody runs yet will be there in a moment."""
        facts: TableFacts | None = await database_sync_to_async(facts_of)(self.table_id)
        return "unavailable" if facts and facts.is_open else "table_unknown"

    async def _subscribe(self, request_id: str) -> None:
        # First the group, then the state: nothing that happens in between is missed.
        await self.join(table_group(self.table_id))
        found = await self._look(request_id)
        if self.visitor is not None:
            await self.join(owner_group(self.table_id, self.visitor.user_id))
            self.attached = True
            await self.gateway.attach(self._envelope({"type": "attach"}, "", ""))
        await self._show(request_id, found)

    async def _look(self, request_id: str | None) -> TableAtVersion:
        """The table as everyone sees it; raises `ProtocolError` for whom it is not to be seen."""
        found = await self.gateway.snapshot(self.table_id)
        self.players_only = not found.view.config.observers
        self.is_shut_out = not may_watch(found.view, self.visitor)
        if self.is_shut_out:
            await self.part(table_group(self.table_id))
            raise ProtocolError("observers_off", request_id=request_id)
        return found

    async def _show(self, request_id: str, found: TableAtVersion) -> None:
        """The answer, the table, and (from its owner) the user's own cards."""
        await self.tell(Ack(id=request_id, version=found.version))
        await self.tell(
            TableSnapshot(
                table_id=self.table_id,
                version=found.version,
                server_time_ms=self.gateway.now_ms(),
                table=found.view,
            )
        )
        if self.visitor is not None:
            await self.gateway.submit(self._envelope({"type": "resync"}, "", ""))

    async def _send_missed(self, request_id: str, since: int) -> None:
        frames = await self.gateway.frames_since(self.table_id, since)
        if frames is None or table_group(self.table_id) not in self.joined:
            found = await self._look(request_id)
        if frames is None:
            await self._show(request_id, found)
            return
        await self.tell(Ack(id=request_id, version=frames[-1].version if frames else since))
        for frame in frames:
            await self.tell(
                Events(
                    table_id=self.table_id,
                    version=frame.version,
                    at_ms=frame.at_ms,
                    events=frame.events,  # type: ignore[arg-type]  # already plain data
                )
            )

    async def _submit(self, request: ClientMessage) -> None:
        """Send a request to the table's owner; the answer comes to `table_reply`."""
        if self.visitor is None:
            raise ProtocolError("login_required", request_id=request.id)
        content = digest(request)
        before = self.pending.get(request.id)
        if isinstance(request, Chat):
            await self._check_voice(request.id, content)
        if before is None and len(self.pending) >= MAX_PENDING:
            raise ProtocolError("too_many_requests", request_id=request.id)
        if before is not None and before.digest != content:
            raise ProtocolError("conflict", request_id=request.id)
        command = msgspec.to_builtins(request)
        del command["id"]
        await self.gateway.submit(self._envelope(command, request.id, content))
        if before is not None:
            before.timer.cancel()
        self.pending[request.id] = Pending(
            digest=content,
            times=before.times + 1 if before else 1,
            timer=asyncio.get_running_loop().call_later(
                ANSWER_TIMEOUT_S, self._give_up, request.id
            ),
        )

    async def _check_voice(self, request_id: str, content: str) -> None:
        assert self.visitor is not None
        code = await voice.refusal(
            user_id=self.visitor.user_id,
            muted_until_ms=self.visitor.muted_until_ms,
            request=f"{self.table_id}:{request_id}:{content}",
        )
        if code:
            raise ProtocolError(code, request_id=request_id)

    def _envelope(self, command: dict[str, Any], request_id: str, digest: str) -> CommandEnvelope:
        assert self.visitor is not None
        return CommandEnvelope(
            table_id=self.table_id,
            user_id=self.visitor.user_id,
            nickname=self.visitor.nickname,
            is_bot=self.visitor.is_bot,
            request_id=request_id,
            reply_to=self.channel_name,
            digest=digest,
            command=command,
        )

    # Answers and frames

    async def table_frame(self, message: dict[str, Any]) -> None:
        if self.is_shut_out:
            return
        await self.deliver(message[self.encoding])
        if may_matter(message["json"], players_only=self.players_only):
            await self._look_again()

    async def layer_resumed(self, message: dict[str, Any]) -> None:
        """The current version shows the client whether it missed anything."""
        if table_group(self.table_id) not in self.joined:
            return
        with contextlib.suppress(TableUnknown, RuntimeUnavailable):
            await self.tell(
                Heartbeat(
                    table_id=self.table_id,
                    version=await self.gateway.version(self.table_id),
                    server_time_ms=self.gateway.now_ms(),
                )
            )

    async def _look_again(self) -> None:
        """Seats or options changed: whoever may not look any more is told, and sees no more."""
        with contextlib.suppress(TableUnknown, RuntimeUnavailable):
            try:
                await self._look(None)
            except ProtocolError as error:
                await self.refuse(error)

    async def table_reply(self, message: dict[str, Any]) -> None:
        body = msgspec.json.decode(message["body"])
        waiting = self.pending.pop(body["id"], None)
        if waiting is None:
            return
        waiting.timer.cancel()
        if body["type"] == "error":
            with translation.override(self.language):
                body["message"] = sentence(body["code"])
        frame = encode(body, self.encoding)
        for _ in range(waiting.times):
            await self.deliver(frame)

    def _give_up(self, request_id: str) -> None:
        waiting = self.pending.pop(request_id, None)
        if waiting is not None:
            task = asyncio.create_task(self._tell_no_answer(request_id, waiting.times))
            self.late.add(task)
            task.add_done_callback(self.late.discard)

    async def _tell_no_answer(self, request_id: str, times: int) -> None:
        # The main loop notices by itself when the connection is gone.
        with contextlib.suppress(StopConsumer, OSError):
            for _ in range(times):
                await self.refuse(ProtocolError("no_answer", request_id=request_id))

    async def release(self) -> None:
        for waiting in self.pending.values():
            waiting.timer.cancel()
        for task in self.late:
            task.cancel()
        if self.attached:
            with contextlib.suppress(RuntimeUnavailable):
                await self.gateway.detach(self._envelope({"type": "detach"}, "", ""))
        await super().release()
