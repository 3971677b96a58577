"""Who comes, goes, waits and adds chips, and what concerns the table as a whole."""

from typing import ClassVar, Literal

from tables.engine.config import TableConfig
from tables.engine.events.base import Audience, Event
from tables.engine.options import Options

SatOutReason = Literal["asked", "timed_out", "busted", "voided"]
WaitingEnd = Literal["asked", "expired", "closed"]


class SeatReserved(Event, frozen=True):
    """A seat is held while its buy-in is being paid. `expires_ms`: when the ledger should have
    answered at the latest; nothing expires by itself, the seat stays reserved until it has."""

    seat: int
    user_id: int
    nickname: str
    is_bot: bool
    amount_krw: int
    buy_in_id: str
    expires_ms: int


class ReservationCancelled(Event, frozen=True):
    """The buy-in was refused; `reason` is its code."""

    seat: int
    user_id: int
    buy_in_id: str
    reason: str


class SeatTaken(Event, frozen=True):
    """The buy-in is paid: the player has chips. A new player comes in with the big blind, or posts
    it (Robert's Rules, Button and Blinds 9)."""

    seat: int
    user_id: int
    nickname: str
    is_bot: bool
    stack_krw: int
    buy_in_id: str


class TopUpRequested(Event, frozen=True):
    seat: int
    amount_krw: int
    top_up_id: str


class TopUpCancelled(Event, frozen=True):
    seat: int
    top_up_id: str
    reason: str


class TopUpConfirmed(Event, frozen=True):
    """Paid, and waiting for the end of the hand."""

    seat: int
    amount_krw: int
    top_up_id: str


class ChipsAdded(Event, frozen=True):
    """Paid chips join the stack, between hands."""

    seat: int
    amount_krw: int
    stack_krw: int


class TopUpReturned(Event, frozen=True):
    """Paid chips that would lift the stack above the table's maximum, because the hand meanwhile
    was won, go back to the player's balance (key `refund_id`)."""

    seat: int
    user_id: int
    amount_krw: int
    refund_id: str


class PlayerSatOut(Event, frozen=True):
    """Not dealt in from the next hand on. `removed_at_ms` is when the seat is given up."""

    seat: int
    reason: SatOutReason
    removed_at_ms: int


class PlayerSatIn(Event, frozen=True):
    seat: int


class BlindsMissed(Event, frozen=True):
    """The blinds went past a player who sits out: what is owed from now on. Coming back, the big
    blind is posted live and the small blind dead, unless the big blind is waited for."""

    seat: int
    small: bool
    big: bool


class LeaveRequested(Event, frozen=True):
    """The player leaves when the running hand is over."""

    seat: int


class SeatLeft(Event, frozen=True):
    """The seat is free; `stack_krw` goes back to the player's balance (key `cash_out_id`)."""

    seat: int
    user_id: int
    stack_krw: int
    cash_out_id: str


class SeatChangeRequested(Event, frozen=True):
    """The player moves to `to_seat` when the running hand is over."""

    seat: int
    to_seat: int


class SeatChangeCancelled(Event, frozen=True):
    """The player stays: by own wish, or because the seat was taken."""

    seat: int


class SeatChanged(Event, frozen=True):
    """The player sits in `to_seat` now, and comes in there like a new player."""

    seat: int
    to_seat: int


class OptionsSet(Event, frozen=True):
    """A player's options, all of them."""

    audience: ClassVar[Audience] = "owner"

    seat: int
    options: Options


class WaitingListJoined(Event, frozen=True):
    """Last in the line for a seat."""

    user_id: int
    nickname: str


class SeatOffered(Event, frozen=True):
    """A free seat is kept for a waiting player until `deadline_ms`."""

    user_id: int
    seat: int
    deadline_ms: int


class WaitingListLeft(Event, frozen=True):
    """No longer waiting; a player who takes the offered seat leaves the list without this."""

    user_id: int
    reason: WaitingEnd


class PlayerConnected(Event, frozen=True):
    seat: int


class PlayerDisconnected(Event, frozen=True):
    seat: int


class ChatPosted(Event, frozen=True):
    user_id: int
    nickname: str
    text: str
    at_ms: int


class TableReconfigured(Event, frozen=True):
    """New options; a closed table is open again with them."""

    config: TableConfig


class TableClosed(Event, frozen=True):
    pass


class ClocksMoved(Event, frozen=True):
    """The house stood still, and nobody pays for it: every running deadline is `by_ms` later."""

    by_ms: int


class HandScheduled(Event, frozen=True):
    """The next hand starts at `at_ms`; None: not enough players."""

    at_ms: int | None
