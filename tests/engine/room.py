"""A table to play at in tests: seats by number, users are 100 + seat, time goes by hand."""

from collections.abc import Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from tables.engine import Refused, TableConfig, TableState, apply, decide, dump, new_table
from tables.engine.cards import ALL_CARDS
from tables.engine.commands import (
    Act,
    Action,
    Command,
    ConfirmBuyIn,
    Leave,
    ReserveSeat,
    StartHand,
)
from tables.engine.events import Event, TurnStarted
from tests.engine.places import place_button

E = TypeVar("E", bound=Event)

CONFIG = TableConfig(
    seats=6, small_blind_krw=50, big_blind_krw=100, min_buy_in_krw=1, max_buy_in_krw=20_000
)


def stacked_deck(players: int, holes: str = "", board: str = "") -> tuple[str, ...]:
    """A deck for `players`, the first left of the button first: `"AsAd KsKd"`; the rest is what is
    left over, low cards first."""
    named = [(hole[:2], hole[2:]) for hole in holes.split()]
    given = [card for hole in named for card in hole] + _cards(board)
    rest = [card for card in ALL_CARDS if card not in given]
    while len(named) < players:
        named.append((rest.pop(0), rest.pop(0)))
    top = [hole[0] for hole in named] + [hole[1] for hole in named] + _cards(board)
    return (*top, *(card for card in ALL_CARDS if card not in top))


def _cards(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(0, len(text), 2)]


class Room:
    """A table and everything that happened at it. Every decision is checked against replay."""

    def __init__(self, *stacks: int, config: TableConfig = CONFIG, **options: Any) -> None:
        for name, value in options.items():
            config = replace(config, **{name: value})
        self.state: TableState = new_table(1, config)
        self.now_ms = 1_000
        self.events: list[Event] = []
        self.hands = 0
        for seat, stack in enumerate(stacks):
            if stack:
                self.sit(seat, stack)

    def do(self, command: Command) -> list[Event]:
        """Carry a command out; its events."""
        before = dump(self.state)
        decision = decide(self.state, command, self.now_ms)
        assert dump(self.state) == before, "decide changed its input"
        replayed = self.state
        for event in decision.events:
            replayed = apply(replayed, event)
        assert dump(replayed) == dump(decision.state)
        self.state = decision.state
        self.events += decision.events
        return list(decision.events)

    def refusal(self, command: Command) -> str:
        """The code with which a command is refused."""
        try:
            decide(self.state, command, self.now_ms)
        except Refused as refused:
            return refused.code
        raise AssertionError(f"{command} was accepted")

    def sit(self, seat: int, stack: int) -> None:
        buy_in = f"buy-in {seat}.{len(self.events)}"
        self.do(ReserveSeat(100 + seat, f"player {seat}", seat, stack, buy_in))
        self.do(ConfirmBuyIn(buy_in))

    def deal(self, holes: str = "", board: str = "", *, button: int | None = None) -> list[Event]:
        """Start a hand; `holes` in dealing order, from the first seat left of the button."""
        ready = self.state.ready_seats()
        if button is not None:
            self.state = place_button(self.state, button)
        self.hands += 1
        deck = stacked_deck(len(ready), holes, board)
        return self.do(StartHand(f"hand {self.hands}", deck))

    @property
    def turn(self) -> TurnStarted:
        assert self.state.hand is not None
        assert self.state.hand.turn is not None
        return self.state.hand.turn

    def act(self, action: Action, to_krw: int | None = None, *, seat: int | None = None) -> Act:
        """The command of the player whose turn it is (or of another seat)."""
        user = 100 + (self.turn.seat if seat is None else seat)
        return Act(user, f"hand {self.hands}", self.turn.turn, action, to_krw)

    def play(self, script: str) -> list[Event]:
        """`"3 raise 300, 4 fold, 5 call"`: who acts and what; the seats must be right."""
        caused: list[Event] = []
        for step in script.split(","):
            seat, action, *amount = step.split()
            assert self.turn.seat == int(seat), f"{step}: seat {self.turn.seat} is asked"
            to_krw = int(amount[0]) if amount else None
            caused += self.do(self.act(action, to_krw))  # type: ignore[arg-type]
        return caused

    def leave(self, seat: int) -> list[Event]:
        return self.do(Leave(100 + seat))

    def all(self, kind: type[E]) -> list[E]:
        """Every event of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        return self.all(kind)[-1]

    def stacks(self) -> dict[int, int]:
        return {number: seat.stack_krw for number, seat in sorted(self.state.seats.items())}


def names(events: Sequence[Event]) -> list[str]:
    """Their types as on the wire."""
    return [event.__struct_config__.tag for event in events]  # type: ignore[misc]
