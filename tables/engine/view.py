"""What a watcher of a table sees: `TableView` is the snapshot of the wire protocol.

Nothing hidden is ever in a view: a seat's own hole cards, options and plans travel apart, to their
owner alone.
"""

from typing import Literal

import msgspec

from tables.engine import events as e
from tables.engine.config import TableConfig
from tables.engine.events import ExtraTime, Pot, Street


class SeatView(msgspec.Struct):
    """One occupied (or reserved) seat.

    `stack_krw` is what is behind; `bet_krw` what is in front, this street. `in_hand` stays true for
    the whole hand of a player who was dealt in; `folded` says who is out of it. `cards` are the
    cards that are open for everyone. A seat that is `new` or owes blinds is dealt in when the big
    blind comes to it, or when it posts. `removed_at_ms`: when a seat that sits out is given up.
    """

    seat: int
    user_id: int
    nickname: str
    is_bot: bool
    stack_krw: int
    status: Literal["reserved", "active", "sitting_out"]
    connected: bool = True
    leaving: bool = False
    top_up_krw: int = 0
    in_hand: bool = False
    folded: bool = False
    all_in: bool = False
    bet_krw: int = 0
    cards: tuple[str, str] | None = None
    new: bool = True
    owes_small_blind: bool = False
    owes_big_blind: bool = False
    moves_to: int | None = None
    removed_at_ms: int | None = None
    time_bank_ms: int = 0


class TurnView(msgspec.Struct):
    """Who is asked, and everything legal; see `events.TurnStarted`. `extra_time`: what the clock
    runs on, when the time for the action is over."""

    seat: int
    turn: int
    call_krw: int
    min_raise_to_krw: int | None
    max_raise_to_krw: int | None
    deadline_ms: int
    extra_time: ExtraTime | None = None

    @classmethod
    def of(cls, event: e.TurnStarted) -> "TurnView":
        return cls(
            event.seat,
            event.turn,
            event.call_krw,
            event.min_raise_to_krw,
            event.max_raise_to_krw,
            event.deadline_ms,
        )


class ChoiceView(msgspec.Struct):
    """A question that needs the consent of all `seats` by `deadline_ms`; `agreed` have said yes."""

    choice: Literal["run_it_twice", "rabbit_hunt"]
    seats: tuple[int, ...]
    agreed: tuple[int, ...]
    deadline_ms: int


class HandView(msgspec.Struct):
    """The running hand, or the last one until the next starts (`finished`).

    `pot_krw` is all that was bet in the hand so far, the bets in front of the seats included;
    `pots` are main and side pots as of the last finished street. `second_board`: when it is run
    twice. `rabbit`: the cards of a rabbit hunt, which complete the board.
    """

    hand_id: str
    hand_no: int
    button_seat: int
    small_blind_seat: int | None
    big_blind_seat: int
    street: Street
    board: tuple[str, ...]
    pot_krw: int
    pots: tuple[Pot, ...]
    turn: TurnView | None
    finished: bool
    bomb_pot: bool = False
    straddle_seat: int | None = None
    second_board: tuple[str, ...] = ()
    choice: ChoiceView | None = None
    rabbit: tuple[str, ...] = ()


class WaiterView(msgspec.Struct):
    """Somebody in the line for a seat; `seat` is kept for them until `deadline_ms`."""

    user_id: int
    nickname: str
    seat: int | None = None
    deadline_ms: int | None = None


class TableView(msgspec.Struct):
    """A table as everyone sees it. `seats` are the occupied ones, by seat number; `waiting` is the
    line for a seat."""

    table_id: int
    config: TableConfig
    closed: bool
    button_seat: int | None
    next_hand_at_ms: int | None
    seats: tuple[SeatView, ...]
    hand: HandView | None
    waiting: tuple[WaiterView, ...] = ()
