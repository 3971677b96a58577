"""A decision in the making: events, and the state they lead to."""

from typing import NamedTuple

from tables.engine.apply_event import APPLY
from tables.engine.apply_hand import running
from tables.engine.events import Event, HandScheduled, SeatOffered
from tables.engine.hand import HandState
from tables.engine.state import TableState


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

    def offer_seats(self) -> None:
        """Keep each free seat for the first in the line who has none kept yet."""
        state = self.state
        if state.closed:
            return
        free = state.free_seats()
        for waiter in state.waiting:
            if not free:
                return
            if waiter.seat is None:
                deadline = self.now_ms + state.config.offer_ms
                self.emit(SeatOffered(waiter.user_id, free.pop(0), deadline))

    def decision(self) -> Decision:
        """Done: what came free goes to who waits."""
        if self.state.waiting:
            self.offer_seats()
        return Decision(tuple(self.events), self.state)
