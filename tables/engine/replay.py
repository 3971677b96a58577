"""Play a recorded hand (`record.py`) through the engine and compare what comes out.

The deck is arranged so that the record's cards come; unknown hole cards become unused ones.
"""

from itertools import combinations
from typing import Any

from msgspec.structs import replace

from tables.engine import events as e
from tables.engine.button import Positions, Post
from tables.engine.cards import ALL_CARDS, strength
from tables.engine.commands import (
    Act,
    Action,
    ConfirmBuyIn,
    Leave,
    ReserveSeat,
    StartHand,
    VoidHand,
)
from tables.engine.config import TableConfig
from tables.engine.deal import deal_at
from tables.engine.decide_command import decide
from tables.engine.draft import Draft
from tables.engine.errors import Refused
from tables.engine.hand import HandState
from tables.engine.options import Options
from tables.engine.record import Record
from tables.engine.seat import NOTHING_OWED
from tables.engine.state import TableState, new_table

_ACTIONS: dict[str, Action] = {
    "fold": "fold",
    "check": "check",
    "call": "call",
    "raise_to": "raise",
}


class Mismatch(Exception):
    """The engine and the record disagree; the message says where."""


def replay(record: Record) -> list[e.Event]:
    """Play the hand and return its events; raises `Mismatch`."""
    state, events = _deal(_seat_players(record), record)
    dealt: list[str] = []
    for number, action in enumerate(record.actions, 1):
        if action[0] == "deal":
            dealt += action[1]  # type: ignore[arg-type]
            board = _board(events)[: len(dealt)]
            if board != dealt:
                raise Mismatch(f"action {number}: the board is {board}, not {dealt}")
        elif action[0] != "check_or_call" or _is_asked(action[1], events, len(dealt)):
            state, caused = _act(state, record, number)
            events += caused
    if record.void:
        events += _run(state, VoidHand("replay"), "the end")[1]
    _compare(record, events)
    return events


def _seat_players(record: Record) -> TableState:
    """A table with the record's stakes, where everybody plays."""
    rake = -round(sum(record.net))
    config = TableConfig(
        seats=len(record.stacks),
        small_blind_krw=record.sb,
        big_blind_krw=record.bb,
        ante_krw=record.ante,
        straddle=record.straddle is not None,
        # An all-in of a void hand can only have been called off while this was asked.
        run_it_twice=bool(record.second_board) or record.void,
        bomb_pot_ante_krw=record.ante,
        min_buy_in_krw=1,
        max_buy_in_krw=max(record.stacks),
        rake_bps=10_000 if rake > 0 else 0,
        rake_caps_krw=(max(0, rake),),
    )
    state = new_table(0, config)
    for seat, stack in enumerate(record.stacks):
        if stack:
            reserve = ReserveSeat(seat, f"player {seat}", seat, stack, f"seat {seat}")
            state = decide(state, reserve, 0).state
            state = decide(state, ConfirmBuyIn(f"seat {seat}"), 0).state
    for number, seated in state.seats.items():
        options = Options(
            straddle=number == record.straddle,
            run_it_twice="yes" if record.second_board else "ask",
        )
        state.seats[number] = replace(seated, debts=NOTHING_OWED, options=options)
    return state


def _deal(state: TableState, record: Record) -> tuple[TableState, list[e.Event]]:
    """Who posts what is the record's; the engine's rules make it from the hands before."""
    small, big = record.blind_seats()
    positions = Positions(
        button_seat=record.button,
        small_blind_at=big if small is None else small,
        small_blind_seat=small,
        big_blind_seat=big,
        order=tuple(record.order()),
        posts=tuple(Post(post.seat, post.live, post.dead) for post in record.posts),
    )
    draft = Draft(state, 0)
    deck = StartHand(str(record.id), arrange_deck(record))
    deal_at(draft, deck, positions, bomb_pot=record.bomb_pot)
    decision = draft.decision()
    straddlers = [
        event.seat
        for event in decision.events
        if isinstance(event, e.BlindPosted) and event.kind == "straddle"
    ]
    if record.straddle not in [None, *straddlers]:
        raise Mismatch(f"the deal: seat {record.straddle} has too few chips to straddle")
    return decision.state, list(decision.events)


def arrange_deck(record: Record) -> tuple[str, ...]:
    """A whole deck in which the record's cards come in dealing order."""
    named = set(record.cards())
    unused = [card for card in ALL_CARDS if card not in named]
    order = record.order()
    folded = {action[1] for action in record.actions if action[0] == "fold"}
    holes: dict[int, list[str]] = {}
    for seat in order:
        hole = record.holes[seat] or [None, None]
        if hole == [None, None] and seat not in folded and len(record.board) == 5:
            hole = list(_weakest(unused, record.board))
            unused = [card for card in unused if card not in hole]
        holes[seat] = [unused.pop() if card is None else card for card in hole]
    deck = [holes[seat][number] for number in (0, 1) for seat in order]
    deck += record.board + record.second_run()
    rest = [card for card in ALL_CARDS if card not in set(deck)]
    return tuple(deck + rest)


def _weakest(unused: list[str], board: list[str]) -> tuple[str, ...]:
    """A poor hand: who went to showdown with unknown cards had mucked a beaten one."""
    candidates = combinations(unused[:8] + unused[8::4], 2)
    return min(candidates, key=lambda hole: strength(hole, board).index)


def _is_asked(seat: object, events: list[e.Event], dealt: int) -> bool:
    """Whether a check or call answers the engine, or is one that goes without saying.

    Some files let a player check who has nobody to bet against, or before the flop of a bomb pot.
    Our engine asks nobody then and has gone on already.
    """
    place = 0
    asked = False
    for event in events:
        if isinstance(event, e.StreetDealt) and event.board == 1:
            if place == dealt:
                return asked
            place += len(event.cards)
        elif isinstance(event, e.HandFinished) and place == dealt:
            return asked
        elif isinstance(event, e.TurnStarted | e.PlayerFolded) and event.seat == seat:
            asked |= place == dealt or isinstance(event, e.PlayerFolded)
    return True


def _act(state: TableState, record: Record, number: int) -> tuple[TableState, list[e.Event]]:
    name, seat, *rest = record.actions[number - 1]
    where = f"action {number} {record.actions[number - 1]}"
    hand = state.hand
    turn = hand.turn if hand is not None else None
    if hand is None or turn is None:
        raise Mismatch(f"{where}: the hand is over")
    assert isinstance(seat, int)
    if turn.seat != seat:
        raise Mismatch(f"{where}: seat {turn.seat} is asked")
    if name == "fold" and turn.call_krw == 0:
        return _run(state, Leave(seat), where)
    if name == "call" and turn.call_krw != rest[0]:
        raise Mismatch(f"{where}: a call is {turn.call_krw}")
    action = _action(str(name), rest, hand, turn)
    to_krw = rest[0] if action == "raise" else None
    command = Act(seat, hand.hand_id, turn.turn, action, to_krw)  # type: ignore[arg-type]
    return _run(state, command, where)


def _action(name: str, rest: list[Any], hand: HandState, turn: e.TurnStarted) -> Action:
    if name == "check_or_call":
        return "call" if turn.call_krw else "check"
    if name == "complete_bet_or_raise_to":
        # To complete a big blind that was posted short is a call.
        bet = hand.betting.bets[hand.index(turn.seat)]
        return "call" if turn.call_krw and rest[0] == bet + turn.call_krw else "raise"
    return _ACTIONS[name]


def _run(
    state: TableState, command: Act | Leave | VoidHand, where: str
) -> tuple[TableState, list[e.Event]]:
    try:
        decision = decide(state, command, 0)
    except Refused as refused:
        raise Mismatch(f"{where}: {refused.code} {refused.params or ''}".strip()) from refused
    return decision.state, list(decision.events)


def _board(events: list[e.Event], number: int = 1) -> list[str]:
    """The cards dealt to the first board, or only to the second."""
    dealt = [event for event in events if isinstance(event, e.StreetDealt)]
    return [card for event in dealt if event.board == number for card in event.cards]


def _compare(record: Record, events: list[e.Event]) -> None:
    board = _board(events)
    if board != record.board:
        raise Mismatch(f"the board is {board}, not {record.board}")
    second = _board(events, 2)
    if second != record.second_run():
        raise Mismatch(f"the second board is dealt {second}, not {record.second_run()}")
    ends = [event for event in events if isinstance(event, e.HandFinished | e.HandVoided)]
    if not ends:
        raise Mismatch("the hand is not over")
    net = [0] * len(record.stacks)
    for result in ends[0].results:
        net[result.seat] = result.net_krw
    halves = any(amount != int(amount) for amount in record.net)
    allowed = 0.5 if halves else 0
    if any(abs(ours - theirs) > allowed for ours, theirs in zip(net, record.net, strict=True)):
        raise Mismatch(f"net is {net}, not {record.net}")
