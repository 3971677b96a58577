"""Who deals next, and who posts."""

from typing import NamedTuple

from tables.engine.state import TableState


class Positions(NamedTuple):
    """The places of a hand; `order` is clockwise from the first seat left of the button."""

    button_seat: int
    small_blind_seat: int
    big_blind_seat: int
    order: tuple[int, ...]


def next_positions(state: TableState) -> Positions:
    """The button moves to the next seat that plays; heads-up it posts the small blind.

    Heads-up, nobody posts the big blind twice running (TDA 34-B): the button steps on if it must.
    """
    ready = state.ready_seats()
    last = -1 if state.button_seat is None else state.button_seat
    button = next((seat for seat in ready if seat > last), ready[0])
    if len(ready) == 2:
        other = ready[1] if button == ready[0] else ready[0]
        if state.seats[other].user_id == state.big_blind_user_id:
            button, other = other, button
        return Positions(button, button, other, (other, button))
    place = ready.index(button) + 1
    order = (*ready[place:], *ready[:place])
    return Positions(button, order[0], order[1], order)
