"""A hand: the deal, the clock, the bets, the boards and who wins what."""

from typing import ClassVar, Literal

import msgspec

from tables.engine.events.base import Audience, Event, Street

BlindKind = Literal["small", "big", "straddle", "post"]
ExtraTime = Literal["time_bank", "disconnect"]
PreAction = Literal["check_fold", "check", "call", "call_any"]


class DealtIn(msgspec.Struct, frozen=True):
    """A player who is dealt in, with the stack before blinds and antes."""

    seat: int
    user_id: int
    stack_krw: int


class HandStarted(Event, frozen=True):
    """`players` stand clockwise from the first seat left of the button, the dealing order.

    The button may lie at a seat that nobody plays from (a dead button). The small blind falls on
    `small_blind_at`; `small_blind_seat` is None when nobody there posts it. In a `bomb_pot` nobody
    posts blinds: everyone antes, and the betting begins on the flop.
    """

    hand_id: str
    hand_no: int
    button_seat: int
    small_blind_at: int
    small_blind_seat: int | None
    big_blind_seat: int
    players: tuple[DealtIn, ...]
    at_ms: int
    bomb_pot: bool = False


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
    """A live bet. `post`: the big blind of a player who comes in."""

    seat: int
    kind: BlindKind
    amount_krw: int
    all_in: bool


class DeadBlindPosted(Event, frozen=True):
    """A missed small blind: it goes into the pot and is no bet."""

    seat: int
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


class ExtraTimeStarted(Event, frozen=True):
    """The action clock ran out, and the turn goes on until `deadline_ms` on the player's time bank
    or, once a hand, on the time for players who lost their connection."""

    seat: int
    turn: int
    kind: ExtraTime
    time_ms: int
    deadline_ms: int


class ExtraTimeUsed(Event, frozen=True):
    """The turn on extra time is over; `left_ms` of this kind are left for later."""

    seat: int
    kind: ExtraTime
    left_ms: int


class PreActionSet(Event, frozen=True):
    """What the player will do when asked on this street; see `commands.PreAct`."""

    audience: ClassVar[Audience] = "owner"

    seat: int
    action: PreAction
    call_krw: int | None


class PreActionCancelled(Event, frozen=True):
    """By own wish, because the amount changed, or because the street is over."""

    audience: ClassVar[Audience] = "owner"

    seat: int


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
    """`board` 2 is the second board of a hand that is run twice."""

    street: Street
    cards: tuple[str, ...]
    board: int = 1


class RunItTwiceOffered(Event, frozen=True):
    """All-in and the betting over: `seats` are asked whether to run the rest twice."""

    seats: tuple[int, ...]
    deadline_ms: int


class RunItTwiceAnswered(Event, frozen=True):
    seat: int
    agreed: bool


class RunItTwiceAgreed(Event, frozen=True):
    """Everybody agreed in time: two boards, each for half of every pot."""


class RunItTwiceDeclined(Event, frozen=True):
    """Somebody said no, or nothing."""


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
    """One pot after rake, or its half that is played for on a `board`. `hand`: the winning category
    (`full_house`), None when nobody else was in for it any more."""

    pot: int
    shares: tuple[Share, ...]
    hand: str | None
    board: int = 1


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


class Owed(msgspec.Struct, frozen=True):
    """What stood between a seat and the void hand; see `seats.BlindsMissed`."""

    seat: int
    new: bool
    small: bool
    big: bool


class HandVoided(Event, frozen=True):
    """The hand does not count: `results` are the stacks given back, net 0; the button is where it
    was, and what was owed before is owed again (`debts`)."""

    hand_id: str
    reason: str
    results: tuple[Result, ...]
    at_ms: int
    button_seat: int | None = None
    debts: tuple[Owed, ...] = ()


# After a hand


class RabbitHuntAsked(Event, frozen=True):
    """Somebody wants to see what would have come; `seats` are the hand's players, who must all
    agree."""

    hand_id: str
    seats: tuple[int, ...]
    deadline_ms: int


class RabbitHuntAnswered(Event, frozen=True):
    seat: int
    agreed: bool


class RabbitHuntDeclined(Event, frozen=True):
    hand_id: str


class RabbitHuntShown(Event, frozen=True):
    """The cards that would have completed the board; they change nothing."""

    hand_id: str
    cards: tuple[str, ...]
