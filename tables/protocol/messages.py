"""Every message to clients; one definition for JSON and MessagePack.

Amounts are whole won, times milliseconds since 1970 by the server's clock, seats count from 0.
A field whose type allows `UNSET` is left out when it has nothing to say.
"""

from typing import TYPE_CHECKING, Annotated, Union

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tables.engine import events as engine_events
from tables.engine.events import (
    Event,
    HoleCardsDealt,
    OptionsSet,
    PreActionCancelled,
    PreActionSet,
)
from tables.engine.names import snake_case
from tables.engine.view import TableView
from tables.protocol.fields import Milliseconds, RequestId, Version


def public_events() -> tuple[type[Event], ...]:
    """Every event that all watchers may see, in the order the engine defines them."""
    found = [
        value
        for value in vars(engine_events).values()
        if isinstance(value, type) and issubclass(value, Event) and value is not Event
    ]
    return tuple(event for event in found if event.audience == "public")


if TYPE_CHECKING:
    PublicEvent = Event
else:
    PublicEvent = Union[public_events()]  # noqa: UP007  (a union made at run time)


class ServerMessage(msgspec.Struct, frozen=True, tag_field="type", tag=snake_case):
    """Base of all messages to clients. Clients ignore fields and types that they do not know."""


class WelcomeUser(msgspec.Struct, frozen=True):
    """Who you are on this connection."""

    user_id: Annotated[int, Meta(description="your user id, as in the seats of a table")]
    nickname: Annotated[str, Meta(description="the name that others see")]


class Welcome(ServerMessage, frozen=True):
    """The first message on every connection. `user` is null for a watcher without a login."""

    protocol: Annotated[int, Meta(description="version of this protocol")]
    server_time_ms: Milliseconds
    user: WelcomeUser | None
    table_id: Annotated[int, Meta(description="the table; left out in the lobby")] | UnsetType = (
        UNSET
    )


class Ack(ServerMessage, frozen=True):
    """The request is done."""

    id: RequestId
    version: Version | UnsetType = UNSET
    server_time_ms: Milliseconds | UnsetType = UNSET


class Error(ServerMessage, frozen=True):
    """The request is refused and changed nothing; `code` is stable, `message` is for people.

    `id` is null when the request's own could not be read, and when nothing was asked:
    `observers_off` also comes when you may no longer look at the table; no more frames follow.
    """

    id: RequestId | None
    code: Annotated[str, Meta(description="one of the codes below")]
    message: Annotated[str, Meta(description="what is wrong and what to do, for people")]
    field: Annotated[str, Meta(description="the field that is wrong")] | UnsetType = UNSET
    version: Version | UnsetType = UNSET
    min_krw: Annotated[int, Meta(description="the least that is possible")] | UnsetType = UNSET
    max_krw: Annotated[int, Meta(description="the most that is possible")] | UnsetType = UNSET
    turn: Annotated[int, Meta(description="the running turn")] | UnsetType = UNSET


class TableSnapshot(ServerMessage, frozen=True, tag="snapshot"):
    """The whole table as everyone sees it, at `version`."""

    table_id: int
    version: Version
    server_time_ms: Milliseconds
    table: TableView


class Events(ServerMessage, frozen=True):
    """What happened, all at once: these events make version `version - 1` into `version`."""

    table_id: int
    version: Version
    at_ms: Milliseconds
    events: list[PublicEvent]


class Private(ServerMessage, frozen=True):
    """What only you may see. Goes with the `events` frame of the same version, in any order."""

    table_id: int
    version: Version
    events: list[HoleCardsDealt | OptionsSet | PreActionSet | PreActionCancelled]


class Heartbeat(ServerMessage, frozen=True):
    """The table lives and is at `version`."""

    table_id: int
    version: Version
    server_time_ms: Milliseconds


class LobbyTable(msgspec.Struct, frozen=True):
    """A table in the lobby. What does not change is left out in `lobby_update`."""

    table_id: int
    players: Annotated[int, Meta(description="taken seats")]
    seats: int
    in_hand: bool
    hands_per_hour: int
    average_pot_krw: int
    name: str | UnsetType = UNSET
    stake: str | UnsetType = UNSET
    small_blind_krw: int | UnsetType = UNSET
    big_blind_krw: int | UnsetType = UNSET
    ante_krw: int | UnsetType = UNSET
    min_buy_in_krw: int | UnsetType = UNSET
    max_buy_in_krw: int | UnsetType = UNSET


class Lobby(ServerMessage, frozen=True):
    """Every open table. Sent once, after `welcome`."""

    tables: list[LobbyTable]


class LobbyUpdate(ServerMessage, frozen=True):
    """The tables that changed."""

    tables: list[LobbyTable]


TableReply = Welcome | Ack | Error | TableSnapshot | Events | Private | Heartbeat
LobbyReply = Welcome | Ack | Error | Lobby | LobbyUpdate
SERVER_MESSAGES: tuple[type[ServerMessage], ...] = (
    Welcome,
    Ack,
    Error,
    TableSnapshot,
    Events,
    Private,
    Heartbeat,
    Lobby,
    LobbyUpdate,
)
