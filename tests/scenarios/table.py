"""The table that a scenario is played at. Each decision is checked as soon as it is made."""

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from tables.engine import (
    Event,
    Refused,
    TableConfig,
    TableState,
    apply,
    command_from_data,
    decide,
    dump,
    event_from_data,
    fold,
    load,
    new_table,
    next_wakeup,
    public_view,
    to_data,
)
from tables.engine.commands import Command, StartHand, Tick
from tables.engine.events import ChipsAdded, HandFinished, HandStarted, SeatLeft, SeatTaken
from tables.engine.events import TurnStarted as Turn
from tables.engine.hand import HandState
from tables.engine.seat import Seat
from tests.engine.places import place_button
from tests.scenarios.deck import Cards

E = TypeVar("E", bound=Event)


def _through_json(data: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(json.dumps(data))
    return result


class Table:
    """Players have names here, seats count from 1, and time goes by when the scenario says so.

    `events` are all so far, `hand_events` those since the last deal; `cards` are what the scenario
    wants to come in the next hand.
    """

    def __init__(self, config: TableConfig) -> None:
        self.opening = self.state = new_table(1, config)
        self.view = public_view(self.state)
        self.now_ms = 1_000_000
        self.users: dict[str, int] = {}
        self.events: list[Event] = []
        self.hand_events: list[Event] = []
        self.cards = Cards()
        self.chips_krw = 0
        self.serial = 0

    # Who and where

    def user(self, name: str) -> int:
        """The player's number; everybody is known who was named once by a seat or as coming."""
        if name not in self.users:
            raise AssertionError(f"nobody here is called {name}")
        return self.users[name]

    def meet(self, name: str) -> int:
        """The number of somebody who comes."""
        return self.users.setdefault(name, 100 + len(self.users))

    def name_of(self, seat: int) -> str:
        """Who sits, or sat during this hand, in the engine's seat."""
        users = {seat.seat: seat.user_id for seat in self.state.seats.values()}
        for event in self.hand_events:
            if isinstance(event, HandStarted):
                users |= {player.seat: player.user_id for player in event.players}
        names = {user: name for name, user in self.users.items()}
        return names[users[seat]] if seat in users else f"seat {seat + 1}"

    def names_of(self, seats: Iterable[int]) -> list[str]:
        return [self.name_of(seat) for seat in seats]

    def seat(self, name: str) -> Seat:
        seat = self.state.seat_of(self.user(name))
        assert seat is not None, f"{name} has no seat"
        return seat

    def place(self, name: str) -> int:
        """The seat from which a player plays, or played, the hand."""
        for event in self.hand_events:
            if isinstance(event, HandStarted):
                for player in event.players:
                    if player.user_id == self.user(name):
                        return player.seat
        return self.seat(name).seat

    @property
    def hand(self) -> HandState:
        assert self.state.hand is not None, "no hand is running"
        return self.state.hand

    @property
    def hand_id(self) -> str:
        """Of the running hand, or of the last one."""
        started = self.all(HandStarted)
        return started[-1].hand_id if started else "none"

    def turn_of(self, name: str) -> Turn:
        """The turn, which must be the player's."""
        turn = self.hand.turn
        assert turn is not None, "nobody is asked"
        asked = self.name_of(turn.seat)
        assert asked == name, f"{asked} is asked, not {name}"
        return turn

    def behind(self, name: str) -> int:
        """The chips a player has in front of the hand that runs, bets not included."""
        number = self.place(name)
        if self.state.hand is not None and self.state.hand.plays(number):
            index = self.state.hand.index(number)
            return self.state.hand.betting.stacks[index]
        return self.seat(name).stack_krw

    def bet(self, name: str) -> int:
        return self.hand.betting.bets[self.hand.index(self.place(name))]

    # What happens

    def do(self, command: Command) -> list[Event]:
        """Carry a command out; what it causes must replay, keep every chip and survive storage."""
        command = command_from_data(_through_json(to_data(command)))
        before = dump(self.state)
        decision = decide(self.state, command, self.now_ms)
        assert dump(self.state) == before, "the decision changed its input"
        replayed = self.state
        for event in decision.events:
            replayed = apply(replayed, event_from_data(_through_json(to_data(event))))
            self._remember(event, replayed)
        assert dump(replayed) == dump(decision.state), "the events do not lead to the state"
        self.state = load(_through_json(dump(replayed)))
        assert dump(self.state) == dump(decision.state), "the state does not survive storage"
        return list(decision.events)

    def _remember(self, event: Event, after: TableState) -> None:
        if isinstance(event, HandStarted):
            self.hand_events = []
        self.events.append(event)
        self.hand_events.append(event)
        self.view = fold(self.view, event)
        assert self.view == public_view(after), f"a watcher sees something else after {event}"
        self._count(event, after)

    def _count(self, event: Event, after: TableState) -> None:
        """Chips come by buying in and go by leaving and rake."""
        if isinstance(event, SeatTaken):
            self.chips_krw += event.stack_krw
        elif isinstance(event, ChipsAdded):
            self.chips_krw += event.amount_krw
        elif isinstance(event, SeatLeft):
            self.chips_krw -= event.stack_krw
        elif isinstance(event, HandFinished):
            self.chips_krw -= event.rake_krw
        hand = after.hand
        resting = [
            seat.stack_krw
            for seat in after.seats.values()
            if hand is None or not hand.plays(seat.seat)
        ]
        playing = 0 if hand is None else sum(hand.betting.stacks) + hand.pot_krw
        assert sum(resting) + playing == self.chips_krw, f"chips appear or vanish with {event}"
        assert all(stack >= 0 for stack in resting)

    def refusal(self, command: Command) -> Refused:
        """How a command is refused, which must change nothing."""
        before = dump(self.state)
        try:
            decide(self.state, command, self.now_ms)
        except Refused as refused:
            assert dump(self.state) == before, "a refusal changed the table"
            return refused
        raise AssertionError("it is accepted")

    def accepts(self, command: Command) -> bool:
        try:
            decide(self.state, command, self.now_ms)
        except Refused:
            return False
        return True

    def deal(self) -> None:
        """Start a hand with the cards that the scenario wants."""
        self.serial += 1
        hand_id = f"hand {self.serial}"
        trial = decide(self.state, StartHand(hand_id, self.cards.deck([])), self.now_ms)
        order: list[str] = []
        for event in trial.events:
            if isinstance(event, HandStarted):
                names = {user: name for name, user in self.users.items()}
                order = [names[player.user_id] for player in event.players]
        self.do(StartHand(hand_id, self.cards.deck(order)))

    def place_button(self, name: str) -> None:
        """Let the next hand have its button at this player, as if the game had gone on before."""
        self.opening = self.state = place_button(self.state, self.seat(name).seat)
        self.events.clear()
        self.view = public_view(self.state)

    def pass_time(self, seconds: int) -> None:
        """Let the clock run, and whatever is due happen at its own time."""
        end = self.now_ms + seconds * 1_000
        while (due := next_wakeup(self.state)) is not None and due <= end:
            self.now_ms = max(self.now_ms, due)
            self.do(Tick())
        self.now_ms = end

    def crash(self) -> None:
        """All that is left is the journal: the events since the scenario's start."""
        state = self.opening
        for event in self.events:
            state = apply(state, event_from_data(_through_json(to_data(event))))
        assert dump(state) == dump(self.state), "the journal leads to another table"
        self.state = load(_through_json(dump(state)))

    def new_id(self) -> str:
        self.serial += 1
        return f"id {self.serial}"

    # What happened

    def all(self, kind: type[E]) -> list[E]:
        """The events of a kind since the last deal."""
        return [event for event in self.hand_events if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        """The last one of a kind since the last deal."""
        found = self.all(kind)
        assert found, f"there was no {kind.__name__}"
        return found[-1]
