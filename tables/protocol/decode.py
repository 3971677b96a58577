"""Bytes from outside → a message, or a `ProtocolError`; nothing else ever comes out.

First the encoding is read strictly into plain data (`_parse_json`, `_parse_msgpack`), then the data
is checked for depth and text, then msgspec converts it into the message of its `type`. A value that
no message can have (a float, NaN, binary, a number of thousands of digits) becomes an `_Unfit`, so
that the answer can name the field it stood in.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn

import msgpack
import msgspec

from tables.protocol.errors import FrameError, FrameTooLargeError, ProtocolError
from tables.protocol.fields import ID_PATTERN, MAX_CHAT_LENGTH, MAX_FRAME_BYTES
from tables.protocol.requests import (
    LOBBY_REQUESTS,
    TABLE_REQUESTS,
    Act,
    Chat,
    ClientMessage,
    PreAct,
)
from tables.protocol.text import clean, is_storable

Encoding = Literal["json", "msgpack"]

MAX_DEPTH = 8
_MAX_DIGITS = 19
_ID = re.compile(ID_PATTERN)
_PATH = re.compile(r"at `\$\.([a-z_]+)")


class _Unfit:
    """Stands for a value that no field accepts."""


_UNFIT = _Unfit()


class _Shape(msgspec.Struct, frozen=True):
    """The names of a message's fields, looked up once."""

    message: type[ClientMessage]
    fields: frozenset[str]
    required: tuple[str, ...]


def _shapes(messages: Sequence[type[ClientMessage]]) -> dict[str, _Shape]:
    shapes = {}
    for message in messages:
        fields = msgspec.structs.fields(message)
        shapes[str(message.__struct_config__.tag)] = _Shape(
            message=message,
            fields=frozenset(field.encode_name for field in fields) | {"type"},
            required=tuple(field.encode_name for field in fields if field.required),
        )
    return shapes


_TABLE = _shapes(TABLE_REQUESTS)
_LOBBY = _shapes(LOBBY_REQUESTS)


def decode_table(frame: bytes, encoding: Encoding) -> ClientMessage:
    """The request in a frame of a table's socket."""
    return _decode(frame, encoding, _TABLE)


def decode_lobby(frame: bytes, encoding: Encoding) -> ClientMessage:
    """The request in a frame of the lobby's socket."""
    return _decode(frame, encoding, _LOBBY)


def digest(message: ClientMessage) -> str:
    """SHA-256 of what a request asks for, its id left out: two requests are the same if equal."""
    body = msgspec.to_builtins(message)
    del body["id"]
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()


def _decode(frame: bytes, encoding: Encoding, shapes: Mapping[str, _Shape]) -> ClientMessage:
    if len(frame) > MAX_FRAME_BYTES:
        raise FrameTooLargeError
    try:
        data = _parse_json(frame) if encoding == "json" else _parse_msgpack(frame)
        if not isinstance(data, dict):
            raise FrameError("not_an_object")
        _check_depth(data)
    except RecursionError:
        raise FrameError("too_deep") from None
    request_id = _read_id(data)
    try:
        return _convert(data, shapes)
    except ProtocolError as error:
        error.request_id = request_id
        raise


# Plain data


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FrameError("duplicate_key")
    return found


def _unfit(_: object) -> _Unfit:
    return _UNFIT


def _integer(digits: str) -> int | _Unfit:
    return int(digits) if len(digits) <= _MAX_DIGITS else _UNFIT


_JSON = json.JSONDecoder(
    object_pairs_hook=_no_duplicates,
    parse_float=_unfit,
    parse_constant=_unfit,
    parse_int=_integer,
)


def _parse_json(frame: bytes) -> object:
    try:
        return _JSON.decode(frame.decode())
    except ValueError:
        raise FrameError("malformed") from None


def _refuse_extension(code: int, data: bytes) -> NoReturn:
    raise FrameError("malformed")


def _parse_msgpack(frame: bytes) -> object:
    try:
        return msgpack.unpackb(
            frame,
            raw=False,
            strict_map_key=True,
            object_pairs_hook=_no_duplicates,
            ext_hook=_refuse_extension,
            timestamp=0,
        )
    except (ValueError, msgpack.exceptions.UnpackException):
        raise FrameError("malformed") from None


def _check_depth(data: object) -> None:
    """Nothing nested deeper than `MAX_DEPTH`; breadth-first, so that depth costs no stack."""
    level = [data]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise FrameError("too_deep")
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner += item.values()
            elif isinstance(item, list):
                inner += item
        level = [item for item in inner if isinstance(item, dict | list)]


# The message


def _read_id(data: Mapping[str, object]) -> str | None:
    value = data.get("id")
    if isinstance(value, str) and len(value) <= 64 and _ID.match(value):
        return value
    return None


def _shape_of(data: Mapping[str, object], shapes: Mapping[str, _Shape]) -> _Shape:
    if "type" not in data:
        raise ProtocolError("missing_field", field="type")
    name = data["type"]
    if not isinstance(name, str):
        raise ProtocolError("invalid_field", field="type")
    shape = shapes.get(name)
    if shape is None:
        raise ProtocolError("unknown_type", field="type")
    return shape


def _convert(data: dict[str, Any], shapes: Mapping[str, _Shape]) -> ClientMessage:
    shape = _shape_of(data, shapes)
    for name in data:
        if name not in shape.fields:
            shown = name[:64] if isinstance(name, str) and is_storable(name) else None
            raise ProtocolError("unknown_field", field=shown)
    for name in shape.required:
        if name not in data:
            raise ProtocolError("missing_field", field=name)
    for name, value in data.items():
        if isinstance(value, str) and not is_storable(value):
            raise ProtocolError("text_not_allowed", field=name)
    try:
        message = msgspec.convert(data, shape.message, strict=True)
    except msgspec.ValidationError as error:
        path = _PATH.search(str(error))
        raise ProtocolError("invalid_field", field=path and path.group(1)) from None
    return _refine(message)


def _refine(message: ClientMessage) -> ClientMessage:
    """What the types alone cannot say."""
    match message:
        case Act(action="raise", to_krw=None):
            raise ProtocolError("missing_field", field="to_krw")
        case Act(action=action, to_krw=int()) if action != "raise":
            raise ProtocolError("invalid_field", field="to_krw")
        case PreAct(action="call", call_krw=None):
            raise ProtocolError("missing_field", field="call_krw")
        case PreAct(action=action, call_krw=int()) if action != "call":
            raise ProtocolError("invalid_field", field="call_krw")
        case Chat(text=text):
            cleaned = clean(text)
            if not cleaned:
                raise ProtocolError("text_not_allowed", field="text")
            if len(cleaned) > MAX_CHAT_LENGTH:
                raise ProtocolError("invalid_field", field="text")
            return msgspec.structs.replace(message, text=cleaned)
    return message
