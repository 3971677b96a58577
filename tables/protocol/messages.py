"""Every message of the wire, in both directions; one definition for JSON and MessagePack.

Amounts are whole won, times milliseconds since 1970 by the server's clock, seats count from 0.
A field whose type allows `UNSET` is left out when it has nothing to say.
"""

from typing import TYPE_CHECKING, Annotated, Literal, Union

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

PROTOCOL = 1
MAX_FRAME_BYTES = 8 * 1024
MAX_AMOUNT_KRW = 10**15
MAX_CHAT_LENGTH = 200

# `$` alone would let a line feed at the end pass.
ID_PATTERN = r"^[A-Za-z0-9_.:-]+$(?!\n)"

RequestId = Annotated[
    str,
    Meta(
        pattern=ID_PATTERN,
        min_length=1,
        max_length=64,
        description="your name for this request; the answer carries it",
    ),
]
HandId = Annotated[
    str, Meta(pattern=ID_PATTERN, min_length=1, max_length=64, description="the hand's id")
]
SeatNumber = Annotated[int, Meta(ge=0, le=8, description="seat, counted from 0")]
Version = Annotated[int, Meta(ge=0, le=2**53 - 1, description="the table's version")]
Milliseconds = Annotated[int, Meta(description="server time, ms since 1970")]


def _amount(description: str) -> Meta:
    return Meta(ge=1, le=MAX_AMOUNT_KRW, description=description)


# Client → server


class ClientMessage(
    msgspec.Struct,
    frozen=True,
    tag_field="type",
    tag=snake_case,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """Base of all requests. Every request has an `id` and gets exactly one `ack` or `error`."""

    id: RequestId


class Subscribe(ClientMessage, frozen=True):
    """Start receiving the table's frames. Answered by `ack`, then a `snapshot`."""


class Snapshot(ClientMessage, frozen=True):
    """Ask for the whole table again. Answered by `ack`, then a `snapshot`."""


class Missed(ClientMessage, frozen=True):
    """Ask for every `events` frame after version `since`.

    Answered by `ack`, then those frames, or one `snapshot` when they are no longer kept.
    """

    since: Version


class Sit(ClientMessage, frozen=True):
    """Take a free seat and bring chips from your balance."""

    seat: SeatNumber
    buy_in_krw: Annotated[int, _amount("chips to bring, within the table's buy-in range")]
    post_blinds: Annotated[bool, Meta(description="post to come in at once")] = False


class Act(ClientMessage, frozen=True):
    """Answer the `turn_started` that asks you.

    `to_krw` belongs to `raise` only: the total of this street that you bet or raise to, between
    `min_raise_to_krw` and `max_raise_to_krw` of the turn. A first bet is a `raise` too; an all-in
    is a `raise` to `max_raise_to_krw`, or a `call` when the call takes the whole stack.
    """

    hand_id: HandId
    turn: Annotated[int, Meta(ge=1, le=100_000, description="`turn` of the `turn_started`")]
    action: Annotated[Literal["fold", "check", "call", "raise"], Meta(description="what to do")]
    to_krw: Annotated[int, _amount("street total of a raise or bet")] | None = None


class PreAct(ClientMessage, frozen=True):
    """Decide before you are asked. It holds for one turn on the running street; the table keeps it
    when your connection breaks, and cancels it when the amount changes.

    `check_fold`: check if it is free, else fold. `check`: only a check. `call`: only a call of
    exactly `call_krw`. `call_any`: check, or call whatever it is.
    """

    hand_id: HandId
    action: Annotated[
        Literal["check_fold", "check", "call", "call_any"], Meta(description="what to do")
    ]
    call_krw: Annotated[int, _amount("what the call adds; only for `call`")] | None = None


class CancelPreAct(ClientMessage, frozen=True):
    """Take back what you had decided."""


class Answer(ClientMessage, frozen=True):
    """Agree, or not, to what needs everybody's consent: the `choice` of the table's `hand`.

    A rabbit hunt (the rest of the board of a finished hand that you were dealt into) is asked for
    by being the first to agree to it.
    """

    hand_id: HandId
    choice: Annotated[Literal["run_it_twice", "rabbit_hunt"], Meta(description="the question")]
    agree: Annotated[bool, Meta(description="yes or no")]


class SetOptions(ClientMessage, frozen=True):
    """Change your options at this table; what is left out stays as it is. See `Options`."""

    post_blinds: bool | None = None
    straddle: bool | None = None
    run_it_twice: Literal["ask", "yes", "no"] | None = None
    rabbit_hunt: bool | None = None
    auto_top_up_krw: Annotated[int, Meta(ge=0, le=MAX_AMOUNT_KRW)] | None = None
    sit_out_next_big_blind: bool | None = None
    leave_after_hand: bool | None = None


class ChangeSeat(ClientMessage, frozen=True):
    """Move to a free seat, at once or after the hand; your own seat takes the wish back. You come
    in there like a new player."""

    seat: SeatNumber


class JoinWaitingList(ClientMessage, frozen=True):
    """Wait for a seat at a full table. When one is kept for you (`seat_offered`), `sit` there in
    time."""


class LeaveWaitingList(ClientMessage, frozen=True):
    """Wait no longer; a seat that was kept for you goes to the next."""


class Leave(ClientMessage, frozen=True):
    """Give up the seat; in a hand you fold in turn and leave after it. Chips go to your balance."""


class SitOut(ClientMessage, frozen=True):
    """Keep the seat, but be dealt no more hands until `sit_in`."""


class SitIn(ClientMessage, frozen=True):
    """Be dealt in again from the next hand on."""


class TopUp(ClientMessage, frozen=True):
    """Add chips from your balance; playable from the next hand on."""

    amount_krw: Annotated[int, _amount("chips to add, up to the table's largest buy-in")]


class Chat(ClientMessage, frozen=True):
    """Say something at the table, five times in ten seconds at most.

    Invisible and direction-changing characters are removed; letters in disguise (full-width,
    mathematical, Cyrillic in a Latin word) become plain ones.
    """

    text: Annotated[str, Meta(min_length=1, max_length=MAX_CHAT_LENGTH, description="what to say")]


class Ping(ClientMessage, frozen=True):
    """Ask for the server's time: the `ack` carries `server_time_ms`."""


TABLE_REQUESTS: tuple[type[ClientMessage], ...] = (
    Subscribe,
    Snapshot,
    Missed,
    Sit,
    Act,
    PreAct,
    CancelPreAct,
    Answer,
    SetOptions,
    ChangeSeat,
    JoinWaitingList,
    LeaveWaitingList,
    Leave,
    SitOut,
    SitIn,
    TopUp,
    Chat,
    Ping,
)
LobbyRequest = Ping
# What the table's owner decides; everything else the connection answers itself.
TableCommand = (
    Sit
    | Act
    | PreAct
    | CancelPreAct
    | Answer
    | SetOptions
    | ChangeSeat
    | JoinWaitingList
    | LeaveWaitingList
    | Leave
    | SitOut
    | SitIn
    | TopUp
    | Chat
)
TableRequest = Subscribe | Snapshot | Missed | Ping | TableCommand
LOBBY_REQUESTS: tuple[type[ClientMessage], ...] = (Ping,)

# Server → client


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
