"""Commands, events and states as readable, JSON-able data and back. Strict: what does not fit
exactly is an error (`msgspec.ValidationError`)."""

from typing import Any, Union

import msgspec

from tables.engine.commands import Command
from tables.engine.events import Event
from tables.engine.hand import HandFacts, HandState
from tables.engine.state import TableFacts, TableState

SCHEMA = 2


class UnknownSchema(ValueError):
    """A stored state of a version that this code does not read."""


_Event = Union[tuple(Event.__subclasses__())]  # type: ignore[valid-type]  # noqa: UP007
_Command = Union[tuple(Command.__subclasses__())]  # type: ignore[valid-type]  # noqa: UP007


def to_data(thing: Event | Command) -> dict[str, Any]:
    """An event or command as a dict; `type` says which."""
    data: dict[str, Any] = msgspec.to_builtins(thing)
    return data


def event_from_data(data: dict[str, Any]) -> Event:
    event: Event = msgspec.convert(data, _Event)
    return event


def command_from_data(data: dict[str, Any]) -> Command:
    command: Command = msgspec.convert(data, _Command)
    return command


def dump(state: TableState) -> dict[str, Any]:
    """The whole state, deck and hole cards of a running hand included: keep it where only the
    dealing process reads it."""
    data = _plain(state, TableFacts)
    data["hand"] = None
    if state.hand is not None:
        from tables.engine.betting import freeze

        data["hand"] = _plain(state.hand, HandFacts) | {"betting": freeze(state.hand.betting)}
    return {"schema": SCHEMA} | data


def load(data: dict[str, Any]) -> TableState:
    """The state that `dump` wrote."""
    data = dict(data)
    schema, hand = data.pop("schema"), data.pop("hand")
    if schema != SCHEMA:
        raise UnknownSchema(f"table state has schema {schema}, this code reads {SCHEMA}")
    state = TableState(**_fields(msgspec.convert(data, TableFacts, str_keys=True)))
    if hand is not None:
        # PokerKit is for those who read running hands.
        from tables.engine.apply_hand import open_betting
        from tables.engine.betting import thaw

        hand = dict(hand)
        betting = hand.pop("betting")
        facts = msgspec.convert(hand, HandFacts, str_keys=True)
        opened = open_betting(state.config, facts)
        state.hand = HandState(**_fields(facts), betting=thaw(opened, betting))
    return state


def _plain(struct: msgspec.Struct, kind: type[msgspec.Struct]) -> dict[str, Any]:
    fields = {name: getattr(struct, name) for name in kind.__struct_fields__}
    data: dict[str, Any] = msgspec.to_builtins(fields, str_keys=True, order="deterministic")
    return data


def _fields(struct: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}
