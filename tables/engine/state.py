"""What a table is at one moment.

Callers treat a `TableState` as a value: `decide` and `apply` return a new one and leave theirs as
it was. Inside, a command works on a `fork`.
"""

from typing import Literal

import msgspec

from tables.engine.betting import Betting
from tables.engine.config import TableConfig
from tables.engine.events import DealtIn, Pot, Street, TurnStarted
from tables.engine.view import HandView, TurnView


class TopUp(msgspec.Struct, frozen=True):
    """Chips on their way to a stack; `confirmed`: paid, waiting for the end of the hand."""

    top_up_id: str
    amount_krw: int
    confirmed: bool = False


class SatOut(msgspec.Struct, frozen=True):
    """Why a player sits out, and when the seat is given up."""

    reason: Literal["asked", "timed_out", "busted", "voided"]
    removed_at_ms: int


class LastHand(msgspec.Struct, frozen=True):
    """What stays visible of a finished hand at a seat, until the next hand starts."""

    folded: bool
    cards: tuple[str, str] | None


class Seat(msgspec.Struct, frozen=True):
    """An occupied or reserved seat.

    `stack_krw` is the stack between hands; while a hand runs it is the stack at the hand's start.
    `reserved_krw` is the buy-in that is being paid (0: paid).
    """

    seat: int
    user_id: int
    nickname: str
    is_bot: bool
    buy_in_id: str
    stack_krw: int = 0
    reserved_krw: int = 0
    expires_ms: int | None = None
    connected: bool = True
    leaving: bool = False
    sat_out: SatOut | None = None
    top_up: TopUp | None = None
    last_hand: LastHand | None = None

    @property
    def is_reserved(self) -> bool:
        return self.reserved_krw > 0

    @property
    def can_play(self) -> bool:
        """Dealt in when the next hand starts."""
        return (
            self.stack_krw > 0
            and self.sat_out is None
            and not self.leaving
            and not self.is_reserved
        )

    @property
    def awaits_payment(self) -> bool:
        """Money of this seat is under way; the seat must stay until it has arrived or failed."""
        return self.is_reserved or (self.top_up is not None and not self.top_up.confirmed)


class HandFacts(msgspec.Struct, kw_only=True):
    """The plain data of a running hand. `players` stand clockwise from left of the button; their
    places in this order are the indices that `betting` and `awarded_krw` use."""

    hand_id: str
    hand_no: int
    button_seat: int
    small_blind_seat: int | None
    big_blind_seat: int
    players: tuple[DealtIn, ...]
    started_ms: int
    awarded_krw: list[int]
    deck: tuple[str, ...] = ()
    hole: dict[int, tuple[str, str]] = {}
    shown: frozenset[int] = frozenset()
    street: Street = "preflop"
    street_open: bool = False
    board: tuple[str, ...] = ()
    pots: tuple[Pot, ...] = ()
    turn: TurnStarted | None = None
    turns: int = 0
    rake_krw: int = 0


class HandState(HandFacts, kw_only=True):
    """A running hand: its plain data and PokerKit's state."""

    betting: Betting

    def fork(self) -> "HandState":
        copy = msgspec.structs.replace(self)
        copy.betting = self.betting.fork()
        copy.awarded_krw = self.awarded_krw[:]
        copy.hole = self.hole.copy()
        return copy

    def index(self, seat: int) -> int:
        """The place of a seat in `players`."""
        for index, player in enumerate(self.players):
            if player.seat == seat:
                return index
        raise KeyError(seat)

    def plays(self, seat: int) -> bool:
        """Whether the seat's player was dealt in (folded or not)."""
        return any(player.seat == seat for player in self.players)

    @property
    def pot_krw(self) -> int:
        """All that was bet in the hand, bets in front of the seats included."""
        return -sum(self.betting.payoffs)

    def view(self, *, finished: bool) -> HandView:
        """What everyone sees of the hand, apart from the seats."""
        turn = self.turn
        return HandView(
            hand_id=self.hand_id,
            hand_no=self.hand_no,
            button_seat=self.button_seat,
            small_blind_seat=self.small_blind_seat,
            big_blind_seat=self.big_blind_seat,
            street=self.street,
            board=self.board,
            pot_krw=self.pot_krw,
            pots=self.pots,
            turn=None if turn is None else TurnView.of(turn),
            finished=finished,
        )


class TableFacts(msgspec.Struct, kw_only=True):
    """The plain data of a table. `big_blind_user_id` posted the last big blind."""

    table_id: int
    config: TableConfig
    seats: dict[int, Seat] = {}
    closed: bool = False
    button_seat: int | None = None
    big_blind_user_id: int | None = None
    hand_no: int = 0
    next_hand_at_ms: int | None = None
    last_hand: HandView | None = None


class TableState(TableFacts, kw_only=True):
    """A table; `hand` is None between hands."""

    hand: HandState | None = None

    def fork(self) -> "TableState":
        copy = msgspec.structs.replace(self)
        copy.seats = self.seats.copy()
        if self.hand is not None:
            copy.hand = self.hand.fork()
        return copy

    def seat_of(self, user_id: int) -> Seat | None:
        for seat in self.seats.values():
            if seat.user_id == user_id:
                return seat
        return None

    def in_hand(self, seat: int) -> bool:
        return self.hand is not None and self.hand.plays(seat)

    def ready_seats(self) -> list[int]:
        """Seats that are dealt in next, by number."""
        if self.closed:
            return []
        return sorted(number for number, seat in self.seats.items() if seat.can_play)


def new_table(table_id: int, config: TableConfig) -> TableState:
    """An open table with nobody at it."""
    return TableState(table_id=table_id, config=config)
