"""What every connection does: speak its encoding, keep limits, refuse well, close."""

import asyncio
import contextlib
import time
from typing import Any, ClassVar

import msgspec
import structlog
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, parse_cookie
from django.utils import translation
from redis.exceptions import RedisError

from tables.consumers import counts
from tables.consumers.bucket import Bucket
from tables.consumers.visitor import Visitor
from tables.protocol.codec import SUBPROTOCOLS, choose_subprotocol, encode
from tables.protocol.codes import CLOSE_CODES, sentence
from tables.protocol.decode import Encoding
from tables.protocol.errors import FrameError, FrameTooLargeError, ProtocolError
from tables.protocol.fields import MAX_FRAME_BYTES, PROTOCOL
from tables.protocol.messages import Ack, Error, Welcome, WelcomeUser
from tables.protocol.requests import ClientMessage, Ping
from tables.runtime.gateway import Gateway

log = structlog.get_logger()

# A client that takes no data for this long is cut off, so that it cannot fill our memory.
SEND_TIMEOUT_S = 5.0


def language_of(headers: dict[str, str]) -> str:
    """The language of the user's browser, as for a page."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get("accept-language", "")
    request.COOKIES = parse_cookie(headers.get("cookie", ""))
    return translation.get_language_from_request(request)


class PokerSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A connection. Subclasses say how requests are decoded, greeted and handled.

    Only the types in `handlers` are dispatched, and only the channel layer and the server choose
    them: what a client calls its messages never names a method here.
    """

    handlers: ClassVar[dict[str, str]] = {
        "websocket.connect": "websocket_connect",
        "websocket.receive": "websocket_receive",
        "websocket.disconnect": "websocket_disconnect",
        "user.signed_out": "user_signed_out",
        "layer.resumed": "layer_resumed",
    }

    visitor: Visitor | None
    encoding: Encoding
    gateway: Gateway

    def __init__(self) -> None:
        super().__init__()
        self.joined: list[str] = []
        self.counted: dict[str, int] = {}
        self.bucket = Bucket(time.monotonic)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.visitor = scope["visitor"]
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.release()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels would look after database connections in a thread here, for every message.
        await getattr(self, self.handlers[message["type"]])(message)

    # Connecting

    async def connect(self) -> None:
        headers = self.scope["headers_by_name"]
        self.language = language_of(headers)
        subprotocol = choose_subprotocol(self.scope["subprotocols"])
        trouble = await self._enter(headers) if subprotocol else 4406
        await self.accept(subprotocol)
        if subprotocol is None or trouble:
            await self.shut(trouble)
            return
        self.encoding = SUBPROTOCOLS[subprotocol]
        await self.greet()

    async def _enter(self, headers: dict[str, str]) -> int:
        """Count this connection and hear of the user's logins; returns a close code, or 0.

        A refusal is told after the handshake: browsers hide from a page why one failed.
        """
        self.gateway = Gateway.get()
        try:
            if not await self._count(headers):
                return 4429
            if self.visitor is not None:
                await self.join(f"user.{self.visitor.user_id}")
        except (RedisError, OSError) as error:
            log.warning("connect_failed", error=str(error))
            return 4503
        return 0

    async def _count(self, headers: dict[str, str]) -> bool:
        user_id = self.visitor.user_id if self.visitor else None
        limits = counts.limits_for(user_id, counts.client_address(self.scope, headers))
        if not await counts.enter(limits, web_id=self.gateway.web_id, connection=self.channel_name):
            return False
        self.counted = limits
        return True

    async def greet(self) -> None:
        """The first messages of a connection."""
        raise NotImplementedError

    def welcome(self, **extra: Any) -> Welcome:
        me = self.visitor
        user = WelcomeUser(me.user_id, me.nickname) if me else None
        return Welcome(protocol=PROTOCOL, server_time_ms=self.gateway.now_ms(), user=user, **extra)

    async def join(self, group: str) -> None:
        if group not in self.joined:
            self.joined.append(group)
            await self.channel_layer.group_add(group, self.channel_name)

    async def part(self, group: str) -> None:
        if group in self.joined:
            self.joined.remove(group)
            await self.channel_layer.group_discard(group, self.channel_name)

    # Receiving

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        allowed = self.bucket.take()
        if self.bucket.exhausted:
            await self.shut(1008)
            return
        try:
            request = self.decode(self._frame(message))
            if not allowed:
                raise ProtocolError("rate_limited", request_id=request.id)
            await self.handle(request)
        except ProtocolError as error:
            await self.refuse(error)

    def _frame(self, message: dict[str, Any]) -> bytes:
        text, data = message.get("text"), message.get("bytes")
        if len(text or data or b"") > MAX_FRAME_BYTES:
            raise FrameTooLargeError
        if (text is None) == (self.encoding == "json"):
            raise FrameError("malformed")
        return bytes(data or b"") if text is None else str(text).encode()

    def decode(self, frame: bytes) -> ClientMessage:
        """The request in a frame; raises `ProtocolError`."""
        raise NotImplementedError

    async def handle(self, request: ClientMessage) -> None:
        """Do what a request asks; raises `ProtocolError`."""
        match request:
            case Ping(id=request_id):
                await self.tell(Ack(id=request_id, server_time_ms=self.gateway.now_ms()))
            case _:
                raise ProtocolError("unknown_type", request_id=request.id, field="type")

    async def refuse(self, error: ProtocolError) -> None:
        with translation.override(self.language):
            message = sentence(error.code)
        await self.tell(
            Error(
                id=error.request_id,
                code=error.code,
                message=message,
                field=error.field or msgspec.UNSET,
            )
        )
        if error.close_code is not None:
            await self.shut(error.close_code)

    # Sending

    async def tell(self, message: object) -> None:
        await self.deliver(encode(message, self.encoding))

    async def deliver(self, frame: bytes) -> None:
        """Send an encoded frame; ends the connection when the client does not read."""
        body: dict[str, Any] = {"type": "websocket.send"}
        if self.encoding == "json":
            body["text"] = frame.decode()
        else:
            body["bytes"] = frame
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self.base_send(body)
        except TimeoutError:
            log.info("slow_reader", user_id=self.visitor and self.visitor.user_id)
            raise StopConsumer from None

    async def user_signed_out(self, message: dict[str, Any]) -> None:
        """A login ended: this one's, or (`session_key` None) all of the user's."""
        ended = message["session_key"]
        if self.visitor and ended in (None, self.visitor.session_key):
            await self.shut(4401)

    async def layer_resumed(self, message: dict[str, Any]) -> None:
        """The channel layer was away (see `poker_site.channel_layer`), and what it had to bring is
        lost."""

    async def shut(self, code: int) -> None:
        """Close from our side, and handle nothing more of this connection."""
        with translation.override("en"):
            reason = str(CLOSE_CODES.get(code, ""))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self.close(code=code, reason=reason)
        raise StopConsumer

    async def release(self) -> None:
        """Leave every group and count, whatever ended the connection."""
        try:
            for group in self.joined:
                await self.channel_layer.group_discard(group, self.channel_name)
            if self.counted:
                await counts.leave(
                    self.counted, web_id=self.gateway.web_id, connection=self.channel_name
                )
        except (RedisError, OSError) as error:
            log.warning("release_failed", error=str(error))
