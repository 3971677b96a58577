"""What comes from outside is a message or a refusal with a code."""

from typing import Any

import msgpack
import pytest

from tables.protocol.decode import Encoding, decode_lobby, decode_table, digest
from tables.protocol.errors import FrameError, FrameTooLargeError, ProtocolError
from tables.protocol.requests import Act, Chat, ClientMessage, Ping, Sit, TopUp
from tests.protocol.cases import (
    ACT,
    BROKEN_JSON,
    BROKEN_MSGPACK,
    SIT,
    WRONG_ACTS,
    WRONG_IDS,
    as_json,
    as_msgpack,
    wrong_act,
)

ENCODE = {"json": as_json, "msgpack": as_msgpack}
BOTH = pytest.mark.parametrize("encoding", ["json", "msgpack"])

EVERY_REQUEST: list[dict[str, Any]] = [
    ACT,
    SIT,
    {"type": "subscribe", "id": "a"},
    {"type": "snapshot", "id": "a"},
    {"type": "missed", "id": "a", "since": 0},
    {"type": "act", "id": "a", "hand_id": "h", "turn": 1, "action": "fold"},
    {"type": "leave", "id": "a"},
    {"type": "sit_out", "id": "a"},
    {"type": "sit_in", "id": "a"},
    {"type": "top_up", "id": "a", "amount_krw": 1},
    {"type": "chat", "id": "a", "text": "안녕하세요 👍"},
    {"type": "ping", "id": "a"},
]


def refusal(frame: bytes, encoding: Encoding) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        decode_table(frame, encoding)
    return caught.value


@BOTH
@pytest.mark.parametrize("body", EVERY_REQUEST, ids=lambda body: str(body["type"]))
def test_every_request_is_the_same_in_both_encodings(
    body: dict[str, Any], encoding: Encoding
) -> None:
    message = decode_table(ENCODE[encoding](body), encoding)
    assert message == decode_table(as_json(body), "json")
    assert message.__struct_config__.tag == body["type"]
    assert message.id == body["id"]


@pytest.mark.parametrize("name", BROKEN_JSON)
def test_broken_json_is_refused(name: str) -> None:
    frame, code = BROKEN_JSON[name]
    error = refusal(frame, "json")
    assert (error.code, error.request_id) == (code, None)
    assert error.close_code == (1009 if code == "frame_too_large" else 1008)


@pytest.mark.parametrize("name", BROKEN_MSGPACK)
def test_broken_msgpack_is_refused(name: str) -> None:
    frame, code = BROKEN_MSGPACK[name]
    error = refusal(frame, "msgpack")
    assert (error.code, error.request_id) == (code, None)
    assert isinstance(error, FrameError)


@BOTH
@pytest.mark.parametrize(("changes", "code", "field"), WRONG_ACTS)
def test_a_wrong_value_is_refused_by_field_and_the_connection_goes_on(
    changes: dict[str, Any], code: str, field: str, encoding: Encoding
) -> None:
    error = refusal(ENCODE[encoding](wrong_act(changes)), encoding)
    assert (error.code, error.field, error.request_id) == (code, field, "a1")
    assert error.close_code is None


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "1e3", "1.0", "-0.0", "9" * 5_000]
)
def test_no_number_but_a_plain_integer_is_an_amount(number: str) -> None:
    frame = f'{{"type":"top_up","id":"a","amount_krw":{number}}}'.encode()
    error = refusal(frame, "json")
    assert (error.code, error.field, error.request_id) == ("invalid_field", "amount_krw", "a")


@BOTH
@pytest.mark.parametrize("value", WRONG_IDS)
def test_a_wrong_id_is_not_repeated(value: object, encoding: Encoding) -> None:
    error = refusal(ENCODE[encoding]({"type": "ping", "id": value}), encoding)
    assert (error.code, error.field, error.request_id) == ("invalid_field", "id", None)


@BOTH
def test_a_missing_id_is_named(encoding: Encoding) -> None:
    error = refusal(ENCODE[encoding]({"type": "ping"}), encoding)
    assert (error.code, error.field, error.request_id) == ("missing_field", "id", None)


@pytest.mark.parametrize("value", [b"a", msgpack.Timestamp(1), 1.5, 2**63])
def test_values_that_only_msgpack_has_fit_no_field(value: object) -> None:
    error = refusal(as_msgpack({"type": "ping", "id": value}), "msgpack")
    assert (error.code, error.field) == ("invalid_field", "id")


def test_the_largest_frame_is_read() -> None:
    frame = as_json({"type": "ping", "id": "a"})
    assert decode_table(frame + b" " * (8_192 - len(frame)), "json") == Ping(id="a")
    with pytest.raises(FrameTooLargeError):
        decode_table(frame + b" " * (8_193 - len(frame)), "json")


def test_the_largest_amount_is_exact_and_below_what_javascript_counts() -> None:
    message = decode_table(as_json({"type": "top_up", "id": "a", "amount_krw": 10**15}), "json")
    assert message == TopUp(id="a", amount_krw=10**15)
    assert 10**15 < 2**53


def test_seats_are_0_to_8() -> None:
    assert decode_table(as_json(SIT | {"seat": 8}), "json") == Sit(
        id="s1", seat=8, buy_in_krw=10_000
    )
    assert refusal(as_json(SIT | {"seat": 9}), "json").field == "seat"
    assert refusal(as_json(SIT | {"seat": -1}), "json").field == "seat"


@BOTH
def test_chat_is_cleaned(encoding: Encoding) -> None:
    frame = ENCODE[encoding]({"type": "chat", "id": "a", "text": " good\u202e \u200bgame\r\n"})
    assert decode_table(frame, encoding) == Chat(id="a", text="good game")


@BOTH
@pytest.mark.parametrize("text", ["\u200b\u202e", " \n\t", "\u3164", "a\x00b"])
def test_chat_that_shows_nothing_or_has_nul_is_refused(text: str, encoding: Encoding) -> None:
    error = refusal(ENCODE[encoding]({"type": "chat", "id": "a", "text": text}), encoding)
    assert (error.code, error.field, error.request_id) == ("text_not_allowed", "text", "a")


def test_a_lone_surrogate_is_refused_wherever_it_stands() -> None:
    assert refusal(b'{"type":"chat","id":"a","text":"\\ud800"}', "json").code == "text_not_allowed"
    assert refusal(b'{"type":"act","id":"a","\\ud800":1}', "json").code == "unknown_field"
    assert refusal(b'{"type":"\\ud800","id":"a"}', "json").code == "unknown_type"
    assert refusal(b'{"type":"ping","id":"\\ud800"}', "json").request_id is None


def test_chat_of_200_characters_is_the_longest() -> None:
    assert decode_table(as_json({"type": "chat", "id": "a", "text": "가" * 200}), "json")
    assert refusal(as_json({"type": "chat", "id": "a", "text": "가" * 201}), "json").field == "text"


def test_the_lobby_only_answers_pings() -> None:
    assert decode_lobby(as_json({"type": "ping", "id": "a"}), "json") == Ping(id="a")
    with pytest.raises(ProtocolError, match="unknown_type"):
        decode_lobby(as_json(ACT), "json")


def _digest(body: dict[str, Any], encoding: Encoding = "json") -> str:
    message: ClientMessage = decode_table(ENCODE[encoding](body), encoding)
    return digest(message)


def test_the_digest_stands_for_the_content_alone() -> None:
    same = dict(reversed((ACT | {"id": "other"}).items()))
    assert _digest(ACT) == _digest(same) == _digest(ACT, "msgpack")
    others = [ACT | {"to_krw": 1_001}, ACT | {"turn": 4}, ACT | {"hand_id": "h2"}]
    assert len({_digest(ACT), *map(_digest, others)}) == 4


def test_an_action_without_amount_has_one_digest() -> None:
    call = {"type": "act", "id": "a", "hand_id": "h", "turn": 1, "action": "call"}
    assert _digest(call) == _digest(call | {"to_krw": None})
    assert decode_table(as_json(call), "json") == Act(
        id="a", hand_id="h", turn=1, action="call", to_krw=None
    )
