"""Button and blinds: who is dealt in next, where the button lies, who posts what.

The big blind always moves to the next player who is due. The small blind falls where the big blind
was, and the button where the small blind was, empty or not (dead button; Robert's Rules, Button and
Blinds; TDA 32). Heads-up, the button posts the small blind, and nobody posts the big blind twice
running (TDA 34-B).

Who is new, or comes back owing blinds, is dealt in when the big blind comes to the seat, or posts;
nobody comes in between button and big blind.
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
    if state.blinds is None:
        return _new_game(state)
    ready = state.ready_seats()
    if all(state.seats[seat].debts for seat in ready):
        return _new_game(state)
    big_blind = _big_blind(state, ready)
    dealt = [
        seat for seat in ready if _comes_in(state, seat, big_blind, len(ready), bomb_pot=bomb_pot)
    ]
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
    if state.blinds is None:
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


def _big_blind(state: TableState, ready: list[int]) -> int:
    """The next seat that is due, clockwise from the last big blind.

    A player who moved ahead of the blinds heads-up does not post twice running.
    """
    assert state.blinds is not None
    seat = _next(ready, state.blinds.big_blind_seat)
    if len(ready) == 2 and state.seats[seat].user_id == state.blinds.big_blind_user_id:
        return _next(ready, seat)
    return seat


def _comes_in(
    state: TableState, number: int, big_blind: int, ready: int, *, bomb_pot: bool
) -> bool:
    """Whether a ready seat is dealt in: nothing is owed, the big blind is here, or it posts.

    With only two players both blinds are posted anyhow, so nobody has to wait.
    """
    seat = state.seats[number]
    if number == big_blind or ready == 2 or not seat.debts:
        return True
    return seat.options.post_blinds and not bomb_pot and not _is_barred(state, number, big_blind)


def _is_barred(state: TableState, seat: int, big_blind: int) -> bool:
    """Between button and big blind nobody comes in (Robert's Rules, Button and Blinds 9)."""
    assert state.blinds is not None
    button = state.blinds.small_blind_at
    return seat in _between(state, button, big_blind) or seat == state.blinds.big_blind_seat


def _ring(state: TableState, dealt: list[int], big_blind: int, *, bomb_pot: bool) -> Positions:
    """Three players or more."""
    assert state.blinds is not None
    small_at = state.blinds.big_blind_seat
    button = state.blinds.small_blind_at
    if button == big_blind:
        # After a heads-up hand the old small blind may be due: the button goes to the player before
        # the small blind.
        button = _next(list(reversed(dealt)), small_at, backwards=True)
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
    """The first hand, or nobody is left who could go on: all are dealt in and nobody owes."""
    ready = state.ready_seats()
    button = _next(ready, -1 if state.button_seat is None else state.button_seat)
    if len(ready) == 2:
        other = _next(ready, button)
        last = state.blinds and state.blinds.big_blind_user_id
        if state.seats[other].user_id == last:
            button, other = other, button
        return Positions(button, button, button, other, (other, button))
    order = sorted(ready, key=lambda seat: _distance(state, button, seat))
    return Positions(button, order[0], order[0], order[1], tuple(order))


# Clockwise


def _next(seats: list[int], after: int, *, backwards: bool = False) -> int:
    """The first of `seats` (in walking order) beyond `after`, going round."""
    beyond = (seat for seat in seats if (seat < after if backwards else seat > after))
    return next(beyond, seats[0])


def _distance(state: TableState, start: int, seat: int) -> int:
    """Steps clockwise from `start`; the seat itself is a whole round away."""
    return (seat - start - 1) % state.config.seats + 1


def _between(state: TableState, start: int, end: int) -> range | list[int]:
    """The seats strictly between, clockwise."""
    steps = range(1, _distance(state, start, end))
    return [(start + step) % state.config.seats for step in steps]
