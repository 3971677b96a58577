"""Server messages → frames, in the encoding that a socket chose by its subprotocol."""

from collections.abc import Callable
from typing import Any

import msgspec

from tables.protocol.decode import Encoding

_json = msgspec.json.Encoder()
_msgpack = msgspec.msgpack.Encoder()

encode_json: Callable[[Any], bytes] = _json.encode
encode_msgpack: Callable[[Any], bytes] = _msgpack.encode

# In the order of the server's preference.
SUBPROTOCOLS: dict[str, Encoding] = {"poker.v1.msgpack": "msgpack", "poker.v1.json": "json"}


def choose_subprotocol(offered: list[str]) -> str | None:
    """The first of the client's subprotocols that the site speaks."""
    return next((name for name in offered if name in SUBPROTOCOLS), None)


def encode(message: object, encoding: Encoding) -> bytes:
    """One frame of a server message (or of plain data shaped like one)."""
    return encode_json(message) if encoding == "json" else encode_msgpack(message)
