"""Frames that tests of decoder and sockets share."""

import json
from typing import Any

import msgpack

ACT: dict[str, Any] = {
    "type": "act",
    "id": "a1",
    "hand_id": "h1",
    "turn": 3,
    "action": "raise",
    "to_krw": 1_000,
}
SIT: dict[str, Any] = {"type": "sit", "id": "s1", "seat": 0, "buy_in_krw": 10_000}


def as_json(body: object) -> bytes:
    return json.dumps(body).encode()


def as_msgpack(body: object) -> bytes:
    packed = msgpack.packb(body)
    assert isinstance(packed, bytes)
    return packed


# name → (frame, code) of what is no message at all, for a JSON connection
BROKEN_JSON: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "malformed"),
    "no json": (b"hello", "malformed"),
    "half": (b'{"type":"ping"', "malformed"),
    "two messages": (b'{"type":"ping","id":"a"}{"type":"ping","id":"b"}', "malformed"),
    "no utf-8": (b'{"type":"ping","id":"\xff"}', "malformed"),
    "surrogate bytes": (b'{"type":"ping","id":"\xed\xa0\x80"}', "malformed"),
    "byte order mark": (b'\xef\xbb\xbf{"type":"ping","id":"a"}', "malformed"),
    "utf-16": ('{"type":"ping","id":"a"}'.encode("utf-16"), "malformed"),
    "raw control character": (b'{"type":"chat","id":"a","text":"\x00"}', "malformed"),
    "array": (b"[]", "not_an_object"),
    "string": (b'"ping"', "not_an_object"),
    "number": (b"1", "not_an_object"),
    "null": (b"null", "not_an_object"),
    "NaN alone": (b"NaN", "not_an_object"),
    "duplicate id": (b'{"type":"ping","id":"a","id":"b"}', "duplicate_key"),
    "duplicate amount": (
        b'{"type":"sit","id":"a","seat":1,"buy_in_krw":1,"buy_in_krw":2}',
        "duplicate_key",
    ),
    "duplicate by escape": (b'{"type":"ping","id":"a","\\u0069d":"b"}', "duplicate_key"),
    "duplicate inside": (b'{"type":"ping","id":"a","x":{"y":1,"y":1}}', "duplicate_key"),
    "8,000 arrays": (b"[" * 8_000, "too_deep"),
    "4,000 arrays, closed": (b"[" * 4_000 + b"]" * 4_000, "too_deep"),
    "1,300 objects": (b'{"a":' * 1_300 + b"1" + b"}" * 1_300, "too_deep"),
    "9 levels": (b'{"x":' + b"[" * 8 + b"]" * 8 + b"}", "too_deep"),
    "one byte too many": (b'{"type":"ping","id":"a"}' + b" " * 8_169, "frame_too_large"),
    "100,000 arrays": (b"[" * 100_000, "frame_too_large"),
}

BROKEN_MSGPACK: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "malformed"),
    "json": (as_json({"type": "ping", "id": "a"}), "malformed"),
    "half": (as_msgpack({"type": "ping", "id": "a"})[:-1], "malformed"),
    "trailing byte": (as_msgpack({"type": "ping", "id": "a"}) + b"\x00", "malformed"),
    "two messages": (as_msgpack({"type": "ping", "id": "a"}) * 2, "malformed"),
    "extension": (as_msgpack({"type": "ping", "id": msgpack.ExtType(5, b"x")}), "malformed"),
    "timestamp alone": (as_msgpack(msgpack.Timestamp(1)), "not_an_object"),
    "no utf-8": (b"\x82\xa4type\xa4ping\xa2id\xa1\xff", "malformed"),
    "lone surrogate": (b"\x82\xa4type\xa4ping\xa2id\xa3\xed\xa0\x80", "malformed"),
    "number as key": (b"\x81\x01\x02", "malformed"),
    "map as key": (b"\x81\x80\x02", "malformed"),
    "map of 4,294,967,295": (b"\xdf\xff\xff\xff\xff", "malformed"),
    "array of 4,294,967,295": (b"\xdd\xff\xff\xff\xff", "malformed"),
    "string of 4,294,967,295": (b"\xdb\xff\xff\xff\xffabc", "malformed"),
    "reserved byte": (b"\xc1", "malformed"),
    "array": (b"\x90", "not_an_object"),
    "duplicate id": (b"\x83\xa4type\xa4ping\xa2id\xa1a\xa2id\xa1b", "duplicate_key"),
    "9 levels": (as_msgpack({"x": [[[[[[[[]]]]]]]]}), "too_deep"),
    "too large": (as_msgpack({"type": "chat", "id": "a", "text": "x" * 8_192}), "frame_too_large"),
}

# What is a message in shape, but wrong: (changes to `ACT`, code, field). DROP takes the field out.
DROP = object()
WRONG_ACTS: list[tuple[dict[str, Any], str, str]] = [
    ({"to_krw": 1_000.0}, "invalid_field", "to_krw"),
    ({"to_krw": 0.5}, "invalid_field", "to_krw"),
    ({"to_krw": float("nan")}, "invalid_field", "to_krw"),
    ({"to_krw": float("inf")}, "invalid_field", "to_krw"),
    ({"to_krw": float("-inf")}, "invalid_field", "to_krw"),
    ({"to_krw": -1_000}, "invalid_field", "to_krw"),
    ({"to_krw": 0}, "invalid_field", "to_krw"),
    ({"to_krw": True}, "invalid_field", "to_krw"),
    ({"to_krw": "1000"}, "invalid_field", "to_krw"),
    ({"to_krw": [1_000]}, "invalid_field", "to_krw"),
    ({"to_krw": {"krw": 1_000}}, "invalid_field", "to_krw"),
    ({"to_krw": 10**15 + 1}, "invalid_field", "to_krw"),
    ({"to_krw": 2**63}, "invalid_field", "to_krw"),
    ({"to_krw": 2**64 - 1}, "invalid_field", "to_krw"),
    ({"to_krw": None}, "missing_field", "to_krw"),
    ({"to_krw": DROP}, "missing_field", "to_krw"),
    ({"action": "call"}, "invalid_field", "to_krw"),
    ({"action": "fold"}, "invalid_field", "to_krw"),
    ({"action": "bet"}, "invalid_field", "action"),
    ({"action": ["fold"]}, "invalid_field", "action"),
    ({"action": None}, "invalid_field", "action"),
    ({"turn": True}, "invalid_field", "turn"),
    ({"turn": 0}, "invalid_field", "turn"),
    ({"turn": 1.0}, "invalid_field", "turn"),
    ({"turn": DROP}, "missing_field", "turn"),
    ({"hand_id": ""}, "invalid_field", "hand_id"),
    ({"hand_id": "h\n"}, "invalid_field", "hand_id"),
    ({"hand_id": "h 1"}, "invalid_field", "hand_id"),
    ({"hand_id": "x" * 65}, "invalid_field", "hand_id"),
    ({"hand_id": 5}, "invalid_field", "hand_id"),
    ({"seat": 1}, "unknown_field", "seat"),
    ({"user_id": 1}, "unknown_field", "user_id"),
    ({"__class__": "x"}, "unknown_field", "__class__"),
    ({"type": "websocket.disconnect"}, "unknown_type", "type"),
    ({"type": "table.frame"}, "unknown_type", "type"),
    ({"type": "table_frame"}, "unknown_type", "type"),
    ({"type": "attach"}, "unknown_type", "type"),
    ({"type": "snapshot "}, "unknown_type", "type"),
    ({"type": "Act"}, "unknown_type", "type"),
    ({"type": ""}, "unknown_type", "type"),
    ({"type": 1}, "invalid_field", "type"),
    ({"type": None}, "invalid_field", "type"),
    ({"type": ["act"]}, "invalid_field", "type"),
    ({"type": {}}, "invalid_field", "type"),
    ({"type": DROP}, "missing_field", "type"),
]

WRONG_IDS: list[object] = [
    "",
    " ",
    "a b",
    "a\n",
    "x" * 65,
    "ä",
    "a/b",
    1,
    None,
    True,
    ["a"],
    {},
    1.5,
]


def wrong_act(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (ACT | changes).items() if value is not DROP}
