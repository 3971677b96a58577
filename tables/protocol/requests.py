"""Every message from clients; one definition for JSON and MessagePack."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tables.engine.names import snake_case
from tables.protocol.fields import (
    MAX_AMOUNT_KRW,
    MAX_CHAT_LENGTH,
    HandId,
    RequestId,
    SeatNumber,
    Version,
    amount,
)


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
    buy_in_krw: Annotated[int, amount("chips to bring, within the table's buy-in range")]
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
    to_krw: Annotated[int, amount("street total of a raise or bet")] | None = None


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
    call_krw: Annotated[int, amount("what the call adds; only for `call`")] | None = None


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

    amount_krw: Annotated[int, amount("chips to add, up to the table's largest buy-in")]


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
