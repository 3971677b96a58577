"""One whole request of every type, and the wrong values of its fields.

What there is comes from the protocol's own list, so a new request or field needs its line here.
"""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec.inspect
from msgspec.inspect import BoolType, IntType, LiteralType, Metadata, UnionType

from tables.protocol.requests import TABLE_REQUESTS, TableCommand
from tests.protocol.cases import ACT, SIT

# With every field that the type has, also those that may be left out.
_WHOLE: dict[str, dict[str, Any]] = {
    "subscribe": {},
    "snapshot": {},
    "missed": {"since": 5},
    "sit": SIT | {"post_blinds": True},
    "act": ACT,
    "pre_act": {"hand_id": "h1", "action": "call", "call_krw": 200},
    "cancel_pre_act": {},
    "answer": {"hand_id": "h1", "choice": "run_it_twice", "agree": True},
    "set_options": {
        "post_blinds": True,
        "straddle": False,
        "run_it_twice": "ask",
        "rabbit_hunt": True,
        "auto_top_up_krw": 5_000,
        "sit_out_next_big_blind": False,
        "leave_after_hand": True,
    },
    "change_seat": {"seat": 3},
    "join_waiting_list": {},
    "leave_waiting_list": {},
    "leave": {},
    "sit_out": {},
    "sit_in": {},
    "top_up": {"amount_krw": 1_000},
    "chat": {"text": "안녕하세요 👍"},
    "ping": {},
}
# Whole numbers that count from 0; in every other field a 0 is refused.
FROM_ZERO = {
    ("missed", "since"),
    ("sit", "seat"),
    ("change_seat", "seat"),
    ("set_options", "auto_top_up_krw"),
}
NO_INTEGERS: tuple[object, ...] = (
    1_000.0,
    0.5,
    -1,
    -(2**63),
    2**63,
    2**64 - 1,
    True,
    False,
    "1000",
    [1_000],
    {},
)
NO_BOOLEANS = (0, 1, 1.0, "true", [True])
NO_WORDS = ("bet", "", "Fold", 1, True, ["fold"])


def tag(message: type[msgspec.Struct]) -> str:
    return str(message.__struct_config__.tag)


def whole(kind: str) -> dict[str, Any]:
    """A request of this type that is right in every field."""
    return _WHOLE[kind] | {"type": kind, "id": "a1"}


EVERY_TYPE = [tag(message) for message in TABLE_REQUESTS]
COMMANDS = [tag(message) for message in get_args(TableCommand)]


def fields_of(kind: str) -> dict[str, type]:
    """The fields of a request that are whole numbers, yes or no, or one of some words."""
    message = TABLE_REQUESTS[EVERY_TYPE.index(kind)]
    described = msgspec.inspect.type_info(message)
    assert isinstance(described, msgspec.inspect.StructType)
    kinds = {field.name: _kind(field.type) for field in described.fields}
    return {name: found for name, found in kinds.items() if found is not None}


def _kind(found: msgspec.inspect.Type) -> type | None:
    if isinstance(found, Metadata):
        return _kind(found.type)
    if isinstance(found, UnionType):
        return next(filter(None, map(_kind, found.types)), None)
    return type(found) if isinstance(found, IntType | BoolType | LiteralType) else None


def wrong_values(kind: str) -> Iterator[tuple[str, object]]:
    """Field and value of what no request of this type may have."""
    for name, found in fields_of(kind).items():
        wrong: dict[type, tuple[object, ...]] = {
            IntType: NO_INTEGERS if (kind, name) in FROM_ZERO else (0, *NO_INTEGERS),
            BoolType: NO_BOOLEANS,
            LiteralType: NO_WORDS,
        }
        yield from ((name, value) for value in wrong[found])


EVERY_WRONG_VALUE = [
    (kind, name, value) for kind in EVERY_TYPE for name, value in wrong_values(kind)
]
