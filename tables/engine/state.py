"""What a table is at one moment.

Callers treat a `TableState` as a value: `decide` and `apply` return a new one and leave theirs as
it was. Inside, a command works on a `fork`.
"""

import msgspec

from tables.engine.config import TableConfig
from tables.engine.hand import Blinds, Consent, HandState
from tables.engine.seat import Seat, Waiter
from tables.engine.view import HandView


class Rabbit(msgspec.Struct, frozen=True):
    """What a finished hand's players may ask to see until the next hand starts.

    `cards` are as secret as a deck. `users` were dealt in. `resumes_ms` is when the next hand would
    have started without the question.
    """

    hand_id: str
    cards: tuple[str, ...]
    users: tuple[int, ...]
    consent: Consent | None = None
    resumes_ms: int | None = None


class TableFacts(msgspec.Struct, kw_only=True):
    """The plain data of a table. `waiting` is the line for a seat, first come first."""

    table_id: int
    config: TableConfig
    seats: dict[int, Seat] = {}
    closed: bool = False
    blinds: Blinds | None = None
    hand_no: int = 0
    next_hand_at_ms: int | None = None
    last_hand: HandView | None = None
    rabbit: Rabbit | None = None
    waiting: tuple[Waiter, ...] = ()


class TableState(TableFacts, kw_only=True):
    """A table; `hand` is None between hands."""

    hand: HandState | None = None

    def fork(self) -> "TableState":
        copy = msgspec.structs.replace(self)
        copy.seats = self.seats.copy()
        if self.hand is not None:
            copy.hand = self.hand.fork()
        return copy

    @property
    def button_seat(self) -> int | None:
        """Where the button lies."""
        return None if self.blinds is None else self.blinds.button

    def seat_of(self, user_id: int) -> Seat | None:
        for seat in self.seats.values():
            if seat.user_id == user_id:
                return seat
        return None

    def in_hand(self, seat: int) -> bool:
        return self.hand is not None and self.hand.plays(seat)

    def ready_seats(self) -> list[int]:
        """Seats that are ready for the next hand, by number."""
        if self.closed:
            return []
        return sorted(number for number, seat in self.seats.items() if seat.can_play)

    def offered_seats(self) -> dict[int, int]:
        """Free seats that are kept for waiting players: seat → user."""
        return {waiter.seat: waiter.user_id for waiter in self.waiting if waiter.seat is not None}

    def free_seats(self) -> list[int]:
        """Seats that anyone may take: neither occupied nor kept for somebody."""
        kept = self.offered_seats()
        every = range(self.config.seats)
        return [seat for seat in every if seat not in self.seats and seat not in kept]


def new_table(table_id: int, config: TableConfig) -> TableState:
    """An open table with nobody at it."""
    return TableState(table_id=table_id, config=config)
