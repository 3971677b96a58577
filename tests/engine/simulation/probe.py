"""Legal is what is offered: every action that a client's view offers is accepted, and every other
is refused and changes nothing."""

from collections.abc import Iterator
from random import Random  # noqa: TID251  (which commands are asked may come from a seed)

from tables.engine import Refused, TableState, TableView, decide, dump
from tables.engine import commands as c
from tables.engine.view import HandView, SeatView
from tests.engine.simulation.crowd import STRANGER

ACTIONS: tuple[c.Action, ...] = ("fold", "check", "call", "raise")
CHOICES: tuple[c.Choice, ...] = ("run_it_twice", "rabbit_hunt")


# Of the commands that could be asked: so that every hand can be probed in the time of the tests.
ASKED = 0.6


def probe(state: TableState, view: TableView, now_ms: int, random: Random) -> tuple[int, int]:
    """Ask a random share of what a client could say; how many were accepted, how many refused."""
    before = dump(state)
    accepted = refused = 0
    for command, offered in _commands(state, view):
        if random.random() > ASKED:
            continue
        refusal = _refusal(state, command, now_ms)
        assert (refusal is None) == offered, f"{command}: offered {offered}, but {refusal}"
        accepted += offered
        refused += not offered
    assert dump(state) == before, "asking changed the table"
    return accepted, refused


def _refusal(state: TableState, command: c.Command, now_ms: int) -> str | None:
    """The code of a refusal; None: accepted."""
    try:
        decide(state, command, now_ms)
    except Refused as refused:
        return refused.code
    return None


def _commands(state: TableState, view: TableView) -> Iterator[tuple[c.Command, bool]]:
    """Commands, and whether the view offers them."""
    if view.hand is None:
        yield c.Act(STRANGER, "none", 1, "fold"), False
        return
    yield from _acts(view, view.hand)
    yield from _answers(view, view.hand)
    yield from _rabbit_hunts(state, view.hand)
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
    offers: dict[c.Action, bool] = {
        "fold": True,
        "check": turn.call_krw == 0,
        "call": turn.call_krw > 0,
        "raise": False,
    }
    for name, offered in offers.items():
        yield c.Act(user, hand.hand_id, number, name), offered
        if name != "raise":
            yield c.Act(user, hand.hand_id, number, name, least or 1), False
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
        may = plays and not asked and not seat.leaving and hand.choice is None
        call = running.betting.call_krw(running.index(seat.seat)) if plays else 0
        yield c.PreAct(seat.user_id, hand.hand_id, "check_fold"), may
        yield c.PreAct(seat.user_id, hand.hand_id, "call_any"), may
        yield c.PreAct(seat.user_id, hand.hand_id, "check"), may and call == 0
        yield c.PreAct(seat.user_id, hand.hand_id, "call"), False
        yield c.PreAct(seat.user_id, hand.hand_id, "call", call + 1), False
        yield c.PreAct(seat.user_id, hand.hand_id, "call", call), may
        yield c.PreAct(seat.user_id, hand.hand_id, "check_fold", call), False
        yield c.PreAct(seat.user_id, "another hand", "check_fold"), False


def _answers(view: TableView, hand: HandView) -> Iterator[tuple[c.Command, bool]]:
    asked = hand.choice
    for seat in view.seats:
        for choice in CHOICES:
            for agree in (True, False):
                offered = (
                    asked is not None
                    and asked.choice == choice
                    and seat.seat in asked.seats
                    and seat.seat not in asked.agreed
                )
                if asked is None and choice == "rabbit_hunt" and hand.finished:
                    continue
                yield c.Answer(seat.user_id, hand.hand_id, choice, agree), offered


def _rabbit_hunts(state: TableState, hand: HandView) -> Iterator[tuple[c.Command, bool]]:
    """Asking for what would have come: after the hand, by who was dealt in, once."""
    if not hand.finished or hand.choice is not None:
        return
    dealt = () if state.rabbit is None else state.rabbit.users
    for user in [seat.user_id for seat in state.seats.values()] + [STRANGER]:
        yield c.Answer(user, hand.hand_id, "rabbit_hunt", agree=False), False
        yield c.Answer(user, hand.hand_id, "rabbit_hunt", agree=True), user in dealt


def _seat(view: TableView, number: int) -> SeatView:
    return next(seat for seat in view.seats if seat.seat == number)
