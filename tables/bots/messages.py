"""The two encodings of the wire, from the client's side."""

from functools import cache
from typing import Any, Literal

import msgspec

from tables.protocol.messages import Ack, Error, ServerMessage, TableReply

Encoding = Literal["json", "msgpack"]
Reply = Ack | Error


class Codec:
    """Reads the server's messages and writes requests, in one of the two encodings."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.subprotocol = f"poker.v1.{encoding}"
        if encoding == "json":
            self._decode: Any = msgspec.json.Decoder(TableReply).decode
            self._encode: Any = msgspec.json.Encoder().encode
        else:
            self._decode = msgspec.msgpack.Decoder(TableReply).decode
            self._encode = msgspec.msgpack.Encoder().encode

    def decode(self, frame: str | bytes) -> ServerMessage:
        """Raises msgspec.DecodeError when the frame is no message that this client knows."""
        message: ServerMessage = self._decode(frame)
        return message

    def encode(self, request: dict[str, Any]) -> bytes:
        frame: bytes = self._encode(request)
        return frame


@cache
def codec(encoding: Encoding) -> Codec:
    return Codec(encoding)
