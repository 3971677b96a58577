"""Legal is what is offered: every action that a client's view offers is accepted, and every other
is refused and changes nothing."""

from collections.abc import Iterator

from tables.engine import Refused, TableState, TableView, decide, dump
from tables.engine import commands as c
from tables.engine.view import HandView, SeatView
from tests.engine.simulation.crowd import STRANGER

ACTIONS: tuple[c.Action, ...] = ("fold", "check", "call", "raise")


def probe(state: TableState, view: TableView, now_ms: int) -> None:
    before = dump(state)
    for command, offered in _commands(state, view):
        try:
            decide(state, command, now_ms)
        except Refused as refused:
            assert not offered, f"{command} is offered, but {refused.code}"
        else:
            assert offered, f"{command} is accepted, but not offered"
    assert dump(state) == before, "asking changed the table"


def _commands(state: TableState, view: TableView) -> Iterator[tuple[c.Command, bool]]:
    """Commands, and whether the view offers them."""
    if view.hand is None:
        yield c.Act(STRANGER, "none", 1, "fold"), False
        return
    yield from _acts(view, view.hand)
    yield from _answers(view, view.hand)
    if state.hand is not None:
        yield from _pre_acts(state, view, view.hand)


def _acts(view: TableView, hand: HandView) -> Iterator[tuple[c.Command, bool]]:
    turn = hand.turn
    number = 1 if turn is None else turn.turn
    for action in ACTIONS:
        amount = 100 if action == "raise" else None
        yield c.Act(STRANGER, hand.hand_id, number, action, amount), False
        for seat in view.seats:
            if turn is None or seat.seat != turn.seat:
                yield c.Act(seat.user_id, hand.hand_id, number, action, amount), False
    if turn is None:
        return
    user = _seat(view, turn.seat).user_id
    least, most = turn.min_raise_to_krw, turn.max_raise_to_krw
    offers = {"fold": True, "check": turn.call_krw == 0, "call": turn.call_krw > 0, "raise": False}
    for action, offered in offers.items():
        yield c.Act(user, hand.hand_id, number, action), offered  # type: ignore[arg-type]
        if action != "raise":
            yield c.Act(user, hand.hand_id, number, action, least or 1), False  # type: ignore[arg-type]
    edges = {-1, 0, 1, turn.call_krw, 10**12}
    if least is not None and most is not None:
        edges |= {least - 1, least, least + 1, (least + most) // 2, most - 1, most, most + 1}
    for to_krw in sorted(edges):
        fits = least is not None and most is not None and least <= to_krw <= most
        yield c.Act(user, hand.hand_id, number, "raise", to_krw), fits
    for stale in (number - 1, number + 1):
        yield c.Act(user, hand.hand_id, stale, "fold"), False
    yield c.Act(user, "another hand", number, "fold"), False


def _pre_acts(
    state: TableState, view: TableView, hand: HandView
) -> Iterator[tuple[c.Command, bool]]:
    running = state.hand
    assert running is not None
    for seat in view.seats:
        plays = seat.in_hand and not seat.folded and not seat.all_in
        asked = hand.turn is not None and hand.turn.seat == seat.seat
        may = plays and not asked and hand.choice is None
        call = running.betting.call_krw(running.index(seat.seat)) if plays else 0
        for action in ("check_fold", "call_any"):
            yield c.PreAct(seat.user_id, hand.hand_id, action), may  # type: ignore[arg-type]
        yield c.PreAct(seat.user_id, hand.hand_id, "check"), may and call == 0
        yield c.PreAct(seat.user_id, hand.hand_id, "call"), False
        yield c.PreAct(seat.user_id, hand.hand_id, "call", call + 1), False
        yield c.PreAct(seat.user_id, hand.hand_id, "call", call), may
        yield c.PreAct(seat.user_id, hand.hand_id, "check_fold", call), False
        yield c.PreAct(seat.user_id, "another hand", "check_fold"), False


def _answers(view: TableView, hand: HandView) -> Iterator[tuple[c.Command, bool]]:
    asked = hand.choice
    for seat in view.seats:
        for choice in ("run_it_twice", "rabbit_hunt"):
            for agree in (True, False):
                offered = (
                    asked is not None
                    and asked.choice == choice
                    and seat.seat in asked.seats
                    and seat.seat not in asked.agreed
                )
                if asked is None and choice == "rabbit_hunt" and hand.finished:
                    continue
                yield c.Answer(seat.user_id, hand.hand_id, choice, agree), offered  # type: ignore[arg-type]


def _seat(view: TableView, number: int) -> SeatView:
    return next(seat for seat in view.seats if seat.seat == number)
