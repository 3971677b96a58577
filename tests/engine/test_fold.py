"""What a client folds is what the server shows, also between the events of one command."""

from tables.engine import apply, decide, fold, public_view
from tables.engine.commands import Tick
from tests.engine.room import Room


def test_extra_time_ends_for_clients_when_it_is_used() -> None:
    room = Room(1_000, 1_000, action_ms=10, time_bank_ms=20)
    room.deal()
    for _ in range(2):
        room.now_ms = room.turn.deadline_ms
        state, view = room.state, public_view(room.state)
        for event in decide(state, Tick(), room.now_ms).events:
            state, view = apply(state, event), fold(view, event)
            assert view == public_view(state)
        room.do(Tick())
