"""What comes from outside is a message or a refusal with a code."""

from typing import Any

import msgpack
import msgspec
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
from tests.protocol.requests import COMMANDS, EVERY_TYPE, EVERY_WRONG_VALUE, FROM_ZERO, tag, whole

ENCODE = {"json": as_json, "msgpack": as_msgpack}
BOTH = pytest.mark.parametrize("encoding", ["json", "msgpack"])
MAY_BE_LEFT_OUT = {
    "sit": {"post_blinds"},
    "set_options": {
        "post_blinds",
        "straddle",
        "run_it_twice",
        "rabbit_hunt",
        "auto_top_up_krw",
        "sit_out_next_big_blind",
        "leave_after_hand",
    },
}


def refusal(frame: bytes, encoding: Encoding) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        decode_table(frame, encoding)
    return caught.value


def test_no_kind_of_request_is_missing_here() -> None:
    assert sorted(map(tag, ClientMessage.__subclasses__())) == sorted(EVERY_TYPE)
    assert {*EVERY_TYPE} - {*COMMANDS} == {"subscribe", "snapshot", "missed", "ping"}


@BOTH
@pytest.mark.parametrize("kind", EVERY_TYPE)
def test_every_request_is_the_same_in_both_encodings(kind: str, encoding: Encoding) -> None:
    body = whole(kind)
    message = decode_table(ENCODE[encoding](body), encoding)
    assert message == decode_table(as_json(body), "json")
    assert message.__struct_config__.tag == kind
    assert set(body) == {"type", *message.__struct_fields__}, "no field is left out"
    assert msgspec.to_builtins(message).items() <= body.items()


@BOTH
@pytest.mark.parametrize("kind", EVERY_TYPE)
def test_what_a_request_may_leave_out_may_be_left_out(kind: str, encoding: Encoding) -> None:
    """And what it may not is named."""
    for name in whole(kind).keys() - {"type"}:
        body = {field: value for field, value in whole(kind).items() if field != name}
        if name in MAY_BE_LEFT_OUT.get(kind, ()):
            decode_table(ENCODE[encoding](body), encoding)
        else:
            error = refusal(ENCODE[encoding](body), encoding)
            assert (error.code, error.field) == ("missing_field", name)


@BOTH
@pytest.mark.parametrize("kind", EVERY_TYPE)
def test_a_field_that_the_type_does_not_have_is_refused(kind: str, encoding: Encoding) -> None:
    error = refusal(ENCODE[encoding](whole(kind) | {"user_id": 1}), encoding)
    assert (error.code, error.field, error.request_id) == ("unknown_field", "user_id", "a1")


@BOTH
@pytest.mark.parametrize(("kind", "name", "value"), EVERY_WRONG_VALUE)
def test_a_wrong_value_of_any_field_is_refused(
    kind: str, name: str, value: object, encoding: Encoding
) -> None:
    error = refusal(ENCODE[encoding](whole(kind) | {name: value}), encoding)
    assert (error.code, error.field, error.request_id) == ("invalid_field", name, "a1")
    assert error.close_code is None


@BOTH
@pytest.mark.parametrize("action", ["check_fold", "check", "call_any"])
def test_only_a_planned_call_has_an_amount(action: str, encoding: Encoding) -> None:
    error = refusal(ENCODE[encoding](whole("pre_act") | {"action": action}), encoding)
    assert (error.code, error.field, error.request_id) == ("invalid_field", "call_krw", "a1")


@pytest.mark.parametrize(("kind", "name"), sorted(FROM_ZERO))
def test_seats_versions_and_what_is_switched_off_count_from_0(kind: str, name: str) -> None:
    assert getattr(decode_table(as_json(whole(kind) | {name: 0}), "json"), name) == 0


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
