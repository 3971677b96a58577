"""Where the button of the next hand lies."""

from msgspec.structs import replace

from tables.engine.hand import Blinds
from tables.engine.seat import NOTHING_OWED
from tables.engine.state import TableState


def place_button(state: TableState, button: int) -> TableState:
    """The next hand is dealt with the button at this ready seat, and nobody waits or owes."""
    ready = state.ready_seats()
    before = ready[ready.index(button) - 1]
    seats = {n: replace(seat, debts=NOTHING_OWED) for n, seat in state.seats.items()}
    blinds = Blinds(before, *_last_blinds(ready, button), big_blind_user_id=-1)
    return replace(state, seats=seats, blinds=blinds)


def _last_blinds(ready: list[int], button: int) -> tuple[int, int]:
    """Where the blinds of the hand before lay: the small one becomes the button."""
    if len(ready) == 2:
        return button, button
    return button, ready[(ready.index(button) + 1) % len(ready)]
