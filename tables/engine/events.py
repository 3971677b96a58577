"""What happened at a table. Events are past tense, frozen, and the same everywhere: the engine
applies them, the journal keeps them, clients receive them.

Each class says who may see it (`audience`):

- `"public"`: everyone at the table and every watcher;
- `"owner"`: only the player in `seat`;
- `"house"`: nobody; it is kept encrypted and exists only inside the process that deals.

Amounts are whole won, seats count from 0, times are server time in milliseconds since 1970, cards
are rank then suit (`As`, `Td`, `2c`).
"""

from typing import ClassVar, Literal

import msgspec

from tables.engine.config import TableConfig
from tables.engine.names import snake_case

Audience = Literal["public", "owner", "house"]
Street = Literal["preflop", "flop", "turn", "river"]


class Event(
    msgspec.Struct, frozen=True, tag_field="type", tag=snake_case, forbid_unknown_fields=True
):
    """Base of all events."""

    audience: ClassVar[Audience] = "public"


# Seats


class SeatReserved(Event, frozen=True):
    """A seat is held while its buy-in is being paid; without confirmation it expires."""

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
    """The buy-in is paid: the player has chips and is dealt in from the next hand."""

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


class PlayerSatOut(Event, frozen=True):
    """Not dealt in from the next hand on. `removed_at_ms` is when the seat is given up."""

    seat: int
    reason: Literal["asked", "timed_out", "busted", "voided"]
    removed_at_ms: int


class PlayerSatIn(Event, frozen=True):
    seat: int


class LeaveRequested(Event, frozen=True):
    """The player leaves when the running hand is over."""

    seat: int


class SeatLeft(Event, frozen=True):
    """The seat is free; `stack_krw` goes back to the player's balance (key `cash_out_id`)."""

    seat: int
    user_id: int
    stack_krw: int
    cash_out_id: str


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


class HandScheduled(Event, frozen=True):
    """The next hand starts at `at_ms`; None: not enough players."""

    at_ms: int | None


# A hand


class DealtIn(msgspec.Struct, frozen=True):
    """A player who is dealt in, with the stack before blinds and antes."""

    seat: int
    user_id: int
    stack_krw: int


class HandStarted(Event, frozen=True):
    """`players` stand clockwise from the first seat left of the button, the dealing order."""

    hand_id: str
    hand_no: int
    button_seat: int
    small_blind_seat: int | None
    big_blind_seat: int
    players: tuple[DealtIn, ...]
    at_ms: int


class DeckDealt(Event, frozen=True):
    """The hand's whole deck, in dealing order. Never leaves the dealing process in the clear."""

    audience: ClassVar[Audience] = "house"

    hand_id: str
    deck: tuple[str, ...]


class AntePosted(Event, frozen=True):
    seat: int
    amount_krw: int
    all_in: bool


class BlindPosted(Event, frozen=True):
    seat: int
    kind: Literal["small", "big"]
    amount_krw: int
    all_in: bool


class HoleCardsDealt(Event, frozen=True):
    """A player's own two cards."""

    audience: ClassVar[Audience] = "owner"

    seat: int
    cards: tuple[str, str]


class TurnStarted(Event, frozen=True):
    """A player is asked. Everything legal stands here.

    `call_krw`: what a call adds to the pot (0: check instead). `min_raise_to_krw` and
    `max_raise_to_krw`: the street totals a raise or bet may name (None: no raise allowed); the
    maximum is the player's all-in. `turn` numbers the turns of the hand from 1.
    """

    seat: int
    turn: int
    call_krw: int
    min_raise_to_krw: int | None
    max_raise_to_krw: int | None
    deadline_ms: int


class ClockResumed(Event, frozen=True):
    """The running turn's deadline moved, because the house stood still."""

    seat: int
    turn: int
    deadline_ms: int


class PlayerFolded(Event, frozen=True):
    seat: int
    timed_out: bool = False


class PlayerChecked(Event, frozen=True):
    seat: int
    timed_out: bool = False


class PlayerCalled(Event, frozen=True):
    """`amount_krw`: what this call added; `bet_krw`: the player's total of the street now."""

    seat: int
    amount_krw: int
    bet_krw: int
    all_in: bool


class PlayerBet(Event, frozen=True):
    """The first bet of a street."""

    seat: int
    amount_krw: int
    bet_krw: int
    all_in: bool


class PlayerRaised(Event, frozen=True):
    """`amount_krw`: what this raise added; `bet_krw`: the street total it is a raise to."""

    seat: int
    amount_krw: int
    bet_krw: int
    all_in: bool


class UncalledBetReturned(Event, frozen=True):
    seat: int
    amount_krw: int


class Pot(msgspec.Struct, frozen=True):
    """A main or side pot and the seats that can win it."""

    amount_krw: int
    seats: tuple[int, ...]


class BetsCollected(Event, frozen=True):
    """A street's betting is over; the pots as they stand, main pot first."""

    pots: tuple[Pot, ...]


class StreetDealt(Event, frozen=True):
    street: Street
    cards: tuple[str, ...]


class HandShown(Event, frozen=True):
    """A player's cards are open for everyone, from now on."""

    seat: int
    cards: tuple[str, str]


class HandMucked(Event, frozen=True):
    """A player gave up the showdown without showing."""

    seat: int


class Share(msgspec.Struct, frozen=True):
    seat: int
    amount_krw: int


class RakeTaken(Event, frozen=True):
    amount_krw: int


class PotAwarded(Event, frozen=True):
    """One pot after rake. `hand`: the winning category (`full_house`), None when nobody else was in
    for it any more."""

    pot: int
    shares: tuple[Share, ...]
    hand: str | None


class Result(msgspec.Struct, frozen=True):
    """What a hand did to a player: `stack_krw` is the stack after it."""

    seat: int
    user_id: int
    net_krw: int
    stack_krw: int


class HandFinished(Event, frozen=True):
    """Results sum to minus the rake."""

    hand_id: str
    results: tuple[Result, ...]
    rake_krw: int
    at_ms: int


class HandVoided(Event, frozen=True):
    """The hand does not count; `results` are the stacks given back, net 0."""

    hand_id: str
    reason: str
    results: tuple[Result, ...]
    at_ms: int
