"""A decision in the making: events, and the state they lead to."""

from typing import NamedTuple

from tables.engine.apply import APPLY, running
from tables.engine.events import Event, HandScheduled
from tables.engine.state import HandState, TableState


class Decision(NamedTuple):
    """What a command causes. `state` is the given state with `events` applied."""

    events: tuple[Event, ...]
    state: TableState


class Draft:
    """A fork of a state; every emitted event takes effect on it at once."""

    __slots__ = ("events", "now_ms", "state")

    def __init__(self, state: TableState, now_ms: int) -> None:
        self.state = state.fork()
        self.now_ms = now_ms
        self.events: list[Event] = []

    @property
    def hand(self) -> HandState:
        return running(self.state)

    def emit(self, event: Event) -> None:
        APPLY[type(event)](self.state, event)
        self.events.append(event)

    def schedule(self) -> None:
        """Between hands: set the next hand's start when enough can play, else take it back."""
        state = self.state
        if state.hand is not None:
            return
        ready = len(state.ready_seats()) >= 2
        if ready and state.next_hand_at_ms is None:
            self.emit(HandScheduled(self.now_ms + state.config.hand_pause_ms))
        elif not ready and state.next_hand_at_ms is not None:
            self.emit(HandScheduled(None))

    def decision(self) -> Decision:
        return Decision(tuple(self.events), self.state)
