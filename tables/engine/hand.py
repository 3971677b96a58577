"""A running hand: plain data, and PokerKit's state of the betting."""

from typing import TYPE_CHECKING, Literal

import msgspec

from tables.engine.events import DealtIn, ExtraTime, Pot, PreAction, Street, TurnStarted
from tables.engine.seat import Debts
from tables.engine.view import ChoiceView, HandView, TurnView

if TYPE_CHECKING:
    from tables.engine.betting import Betting


class Blinds(msgspec.Struct, frozen=True):
    """Where button and blinds lay in the last hand; the next hand's places follow from it.

    `small_blind_at` is where the small blind fell, empty or not. `gone`: the table has become
    smaller, and only who posted the big blind still counts.
    """

    button_seat: int
    small_blind_at: int
    big_blind_seat: int
    big_blind_user_id: int
    gone: bool = False

    @property
    def button(self) -> int | None:
        """The seat with the button, if it still is where it was."""
        return None if self.gone else self.button_seat


class PlannedAction(msgspec.Struct, frozen=True):
    """What a player will do when asked; see `commands.PreAct`."""

    action: PreAction
    call_krw: int | None


class RunningExtraTime(msgspec.Struct, frozen=True):
    """The turn goes on on this; `time_ms` of it were given, until the turn's deadline."""

    kind: ExtraTime
    time_ms: int


class Consent(msgspec.Struct, frozen=True):
    """A question that needs every one of `seats`."""

    seats: tuple[int, ...]
    deadline_ms: int
    agreed: tuple[int, ...] = ()

    @property
    def is_unanimous(self) -> bool:
        return set(self.agreed) >= set(self.seats)


class HandFacts(msgspec.Struct, kw_only=True):
    """The plain data of a running hand.

    `players` stand clockwise from left of the button; their places in this order are the indices
    that `betting`, `dead_krw` (blinds posted dead) and `awarded_krw` use. `blinds_before` and
    `debts_before` (by user) are what a void hand goes back to. `runs`: how often the rest of the
    board is run (None: not settled).
    """

    hand_id: str
    hand_no: int
    button_seat: int
    small_blind_seat: int | None
    big_blind_seat: int
    players: tuple[DealtIn, ...]
    started_ms: int
    awarded_krw: list[int]
    dead_krw: list[int]
    bomb_pot: bool = False
    straddle_seat: int | None = None
    blinds_before: Blinds | None = None
    debts_before: dict[int, Debts] = {}
    deck: tuple[str, ...] = ()
    hole: dict[int, tuple[str, str]] = {}
    shown: frozenset[int] = frozenset()
    street: Street = "preflop"
    street_open: bool = False
    board: tuple[str, ...] = ()
    second_board: tuple[str, ...] = ()
    pots: tuple[Pot, ...] = ()
    turn: TurnStarted | None = None
    turns: int = 0
    extra: RunningExtraTime | None = None
    disconnect_used: frozenset[int] = frozenset()
    pre_actions: dict[int, PlannedAction] = {}
    consent: Consent | None = None
    runs: Literal[1, 2] | None = None
    rake_krw: int = 0


class HandState(HandFacts, kw_only=True):
    """A running hand: its plain data and PokerKit's state."""

    betting: "Betting"

    def fork(self) -> "HandState":
        copy = msgspec.structs.replace(self)
        copy.betting = self.betting.fork()
        copy.awarded_krw = self.awarded_krw[:]
        copy.dead_krw = self.dead_krw[:]
        copy.hole = self.hole.copy()
        copy.pre_actions = self.pre_actions.copy()
        return copy

    def index(self, seat: int) -> int:
        """The place of a seat in `players`."""
        for index, player in enumerate(self.players):
            if player.seat == seat:
                return index
        raise KeyError(seat)

    def plays(self, seat: int) -> bool:
        """Whether the seat's player was dealt in (folded or not)."""
        for player in self.players:  # noqa: SIM110  (asked often; `any` costs three times as much)
            if player.seat == seat:
                return True
        return False

    def live_seats(self) -> tuple[int, ...]:
        """Who can still win something, clockwise from left of the button."""
        statuses = self.betting.statuses
        return tuple(player.seat for i, player in enumerate(self.players) if statuses[i])

    @property
    def pot_krw(self) -> int:
        """All that was bet in the hand, bets in front of the seats included."""
        return -sum(self.betting.payoffs)

    def boards(self) -> tuple[tuple[str, ...], ...]:
        """The one board, or both."""
        return (self.board, self.second_board) if self.runs == 2 else (self.board,)

    def view(self, *, finished: bool) -> HandView:
        """What everyone sees of the hand, apart from the seats."""
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
            turn=self._turn_view(),
            finished=finished,
            bomb_pot=self.bomb_pot,
            straddle_seat=self.straddle_seat,
            second_board=self.second_board,
            choice=self._choice_view(),
        )

    def _turn_view(self) -> TurnView | None:
        if self.turn is None:
            return None
        view = TurnView.of(self.turn)
        if self.extra is not None:
            view.extra_time = self.extra.kind
        return view

    def _choice_view(self) -> ChoiceView | None:
        asked = self.consent
        if asked is None:
            return None
        return ChoiceView("run_it_twice", asked.seats, asked.agreed, asked.deadline_ms)
