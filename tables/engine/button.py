"""Button and blinds: who is dealt in next, where the button lies, who posts what.

The big blind always moves to the next player who is due. The small blind falls where the big blind
was, and the button where the small blind was, empty or not (dead button; Robert's Rules, Button and
Blind Use; TDA 32). Heads-up, the button posts the small blind, and nobody posts the big blind twice
running (TDA 34-B).

Who is new, or comes back owing blinds, is dealt in when the big blind comes to the seat, or posts;
but neither on the button nor between it and the big blind.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tables.engine.seat import Seat
from tables.engine.state import TableState


class Post(NamedTuple):
    """What a player pays to come in before the blinds reach the seat."""

    seat: int
    live_krw: int
    dead_krw: int


class Positions(NamedTuple):
    """The places of a hand; `order` is who is dealt in, clockwise from left of the button.

    `small_blind_at` is where the small blind falls; `small_blind_seat` who posts it, if anybody.
    """

    button_seat: int
    small_blind_at: int
    small_blind_seat: int | None
    big_blind_seat: int
    order: tuple[int, ...]
    posts: tuple[Post, ...] = ()


def next_positions(state: TableState, *, bomb_pot: bool = False) -> Positions:
    """The places of the next hand, for at least two ready seats.

    In a bomb pot the places move as always, but nobody can post to come in.
    """
    if state.blinds is None or state.blinds.gone:
        return _new_game(state)
    ready = state.ready_seats()
    if all(state.seats[seat].debts for seat in ready):
        return _new_game(state)
    big_blind = _next(ready, state.blinds.big_blind_seat)
    dealt = _dealt_in(state, ready, big_blind, bomb_pot=bomb_pot)
    if len(dealt) == 2 and _posted_last(state, big_blind):
        # Who has moved ahead of the blinds lets them pass. Where the other would be left alone,
        # the two play all the same, and who has moved has the button.
        big_blind = _next(ready, big_blind)
        others = _dealt_in(state, ready, big_blind, bomb_pot=bomb_pot)
        dealt = others if len(others) > 1 else dealt
    if len(dealt) < 2:
        return _new_game(state)
    if len(dealt) == 2:
        other = dealt[0] if dealt[1] == big_blind else dealt[1]
        return Positions(other, other, other, big_blind, (big_blind, other))
    return _ring(state, dealt, big_blind, bomb_pot=bomb_pot)


def missed_blinds(state: TableState, positions: Positions) -> Iterator[tuple[int, bool, bool]]:
    """Whom the blinds of the next hand go past: seat, owes the small, owes the big.

    Who misses the big blind owes both; who has posted it and then sits out owes the small one.
    """
    if state.blinds is None or state.blinds.gone:
        return
    last = state.blinds.big_blind_seat
    passed = set(_between(state, last, positions.big_blind_seat))
    for number, seat in sorted(state.seats.items()):
        if seat.sat_out is None or seat.is_reserved or seat.leaving or seat.debts.new:
            continue
        big = seat.debts.big or number in passed
        small = seat.debts.small or big or number == last
        if (small, big) != (seat.debts.small, seat.debts.big):
            yield number, small, big


def _posted_last(state: TableState, seat: int) -> bool:
    """Whether the big blind of the last hand was this player's, from whatever seat."""
    last = state.blinds
    return last is not None and state.seats[seat].user_id == last.big_blind_user_id


def _dealt_in(state: TableState, ready: list[int], big_blind: int, *, bomb_pot: bool) -> list[int]:
    """Who plays: nothing is owed, the big blind is here, or it is posted.

    With only two players both blinds are posted anyhow, so nobody has to wait.
    """
    if len(ready) == 2:
        return ready
    button = _button(state, ready, big_blind)
    barred = {button, *_between(state, button, big_blind)}

    def comes_in(number: int) -> bool:
        seat = state.seats[number]
        if number == big_blind or not seat.debts:
            return True
        return seat.options.post_blinds and not bomb_pot and number not in barred

    return [number for number in ready if comes_in(number)]


def _button(state: TableState, ready: list[int], big_blind: int) -> int:
    """Where the button of a hand between three or more lies: where the small blind was.

    When the big blind has reached or passed that place (after a heads-up hand), it is with the
    player before the small blind. When nobody plays there yet, nobody may come in there either:
    then the whole round lies between the button and the big blind.
    """
    assert state.blinds is not None
    small_at, button = state.blinds.big_blind_seat, state.blinds.small_blind_at
    if _distance(state, small_at, big_blind) < _distance(state, small_at, button):
        return button
    playing = [
        seat for seat in ready if seat not in (small_at, big_blind) and not state.seats[seat].debts
    ]
    return max(playing, key=lambda seat: _distance(state, small_at, seat), default=big_blind)


def _ring(state: TableState, dealt: list[int], big_blind: int, *, bomb_pot: bool) -> Positions:
    """Three players or more."""
    assert state.blinds is not None
    small_at = state.blinds.big_blind_seat
    button = _button(state, dealt, big_blind)
    order = sorted(dealt, key=lambda seat: _distance(state, button, seat))
    seat = state.seats.get(small_at)
    small = small_at if small_at in dealt and seat is not None and not seat.debts else None
    posts = tuple(
        _post_of(state, state.seats[number])
        for number in order
        if state.seats[number].debts and number != big_blind and not bomb_pot
    )
    return Positions(button, small_at, small, big_blind, tuple(order), posts)


def _post_of(state: TableState, seat: Seat) -> Post:
    """The big blind live; a missed small blind dead. Who is short posts the live part first."""
    config, debts = state.config, seat.debts
    live = config.big_blind_krw if debts.new or debts.big else 0
    dead = config.small_blind_krw if debts.small else 0
    return Post(seat.seat, live, dead)


def _new_game(state: TableState) -> Positions:
    """The first hand, or nobody is left who could go on: all are dealt in and nobody owes.

    The button goes one further where the same player would post the big blind twice running.
    """
    ready = state.ready_seats()
    button = _next(ready, -1 if state.button_seat is None else state.button_seat)
    positions = _opening(state, ready, button)
    if _posted_last(state, positions.big_blind_seat):
        return _opening(state, ready, positions.order[0])
    return positions


def _opening(state: TableState, ready: list[int], button: int) -> Positions:
    """The places of a game that begins with this button."""
    order = tuple(sorted(ready, key=lambda seat: _distance(state, button, seat)))
    if len(order) == 2:
        return Positions(button, button, button, order[0], order)
    return Positions(button, order[0], order[0], order[1], order)


# Clockwise


def _next(seats: list[int], after: int) -> int:
    """The first of `seats` (by number) beyond `after`, going round."""
    return next((seat for seat in seats if seat > after), seats[0])


def _distance(state: TableState, start: int, seat: int) -> int:
    """Steps clockwise from `start`; the seat itself is a whole round away."""
    return (seat - start - 1) % state.config.seats + 1


def _between(state: TableState, start: int, end: int) -> list[int]:
    """The seats strictly between, clockwise."""
    steps = range(1, _distance(state, start, end))
    return [(start + step) % state.config.seats for step in steps]
