"""Any bytes are a message or a `ProtocolError`; never another exception."""

import contextlib
import json
from typing import Any

import msgpack
from hypothesis import example, given
from hypothesis import strategies as st

from tables.protocol.codes import ALL
from tables.protocol.decode import Encoding, decode_table, digest
from tables.protocol.errors import ProtocolError
from tables.protocol.requests import TABLE_REQUESTS, ClientMessage
from tests.protocol.cases import ACT, SIT, as_json, as_msgpack

ENCODINGS = st.sampled_from(["json", "msgpack"])
NAMES = sorted(
    {"type", "id", "x"} | {name for message in TABLE_REQUESTS for name in message.__struct_fields__}
)
TYPES = [str(message.__struct_config__.tag) for message in TABLE_REQUESTS]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from([*TYPES, "fold", "raise", "a1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6) | st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES), "id": st.sampled_from(["a", "b"])},
    optional={name: VALUES for name in NAMES if name not in ("type", "id")},
)


def outcome(frame: bytes, encoding: Encoding) -> ClientMessage | None:
    """The message, or None for a refusal in order."""
    try:
        message = decode_table(frame, encoding)
    except ProtocolError as error:
        refused = error
    else:
        digest(message)
        return message
    assert refused.code in ALL
    assert refused.close_code in (None, 1008, 1009)
    return None


@given(st.binary(max_size=300), ENCODINGS)
@example(b"\xc7\x0c\xff" + b"\x00" * 12, "msgpack")
@example(b'{"type":"\\ud800"}', "json")
def test_any_bytes(frame: bytes, encoding: Encoding) -> None:
    outcome(frame, encoding)


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text(text: str) -> None:
    outcome(text.encode(), "json")


@given(BODIES)
def test_any_object_means_the_same_in_both_encodings(body: dict[str, Any]) -> None:
    as_text = json.dumps(body).encode()
    in_json = outcome(as_text, "json")
    with contextlib.suppress(UnicodeEncodeError):
        assert outcome(as_msgpack(body), "msgpack") == in_json


@given(
    st.sampled_from([ACT, SIT]),
    ENCODINGS,
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_a_damaged_message(
    body: dict[str, Any], encoding: Encoding, damage: list[tuple[int, int]]
) -> None:
    frame = bytearray(as_json(body) if encoding == "json" else as_msgpack(body))
    for place, value in damage:
        frame[place % len(frame)] = value
    outcome(bytes(frame), encoding)


@given(st.integers(0, 2_000), st.sampled_from([b"[", b'{"a":', b"\x91", b"\x81\xa1a"]), ENCODINGS)
def test_any_depth(depth: int, opening: bytes, encoding: Encoding) -> None:
    assert outcome(opening * depth, encoding) is None


def test_msgpack_reads_what_it_writes() -> None:
    assert outcome(as_msgpack(ACT), "msgpack") == outcome(as_json(ACT), "json")
    assert msgpack.unpackb(as_msgpack(ACT)) == ACT
