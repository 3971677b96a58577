"""Play a recorded hand through the engine and compare what comes out.

A record is one JSON object: `id`, `sb`, `bb`, `ante` (may be missing), `stacks`, `button`, `holes`
(null: unknown), `actions`, `board`, `net`. A seat is its index. The deck is arranged so that the
record's cards come; unknown hole cards become unused ones.
"""

from itertools import combinations

import msgspec
from msgspec.structs import replace

from tables.engine import events as e
from tables.engine.cards import ALL_CARDS, strength
from tables.engine.commands import Act, Action, ConfirmBuyIn, Leave, ReserveSeat, StartHand
from tables.engine.config import TableConfig
from tables.engine.decide_command import decide
from tables.engine.errors import Refused
from tables.engine.hand import Blinds
from tables.engine.seat import NOTHING_OWED
from tables.engine.state import TableState, new_table

_ACTIONS: dict[str, Action] = {
    "fold": "fold",
    "check": "check",
    "call": "call",
    "raise_to": "raise",
}
_LENGTHS = {"fold": 2, "check": 2, "call": 3, "raise_to": 3, "deal": 2}
_KNOWN = frozenset(ALL_CARDS)


class Malformed(ValueError):
    """A record that describes no hand; the message says why."""


class Mismatch(Exception):
    """The engine and the record disagree; the message says where."""


class Record(msgspec.Struct):
    """A recorded hand; `net` may hold half chips."""

    id: int | str
    sb: int
    bb: int
    stacks: list[int]
    button: int
    holes: list[list[str | None] | None]
    actions: list[list[str | int | list[str]]]
    board: list[str]
    net: list[int | float]
    ante: int = 0

    def cards(self) -> list[str]:
        """Every card the record names."""
        holes = [card for hole in self.holes for card in hole or [] if card is not None]
        return holes + self.board


def read(line: bytes) -> Record:
    """One line of a file; raises `Malformed`."""
    try:
        record = msgspec.json.decode(line, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from error
    verify(record)
    return record


def verify(record: Record) -> None:
    """Raise `Malformed` unless the record describes a hand."""
    count = len(record.stacks)
    if not 2 <= count <= 9:
        raise Malformed(f"{count} stacks; a table has 2 to 9 seats")
    if len(record.holes) != count or len(record.net) != count:
        raise Malformed("stacks, holes and net differ in length")
    if min(record.stacks) < 0 or sum(stack > 0 for stack in record.stacks) < 2:
        raise Malformed("at least two seats need chips, and no stack is negative")
    if not 0 <= record.button < count or not record.stacks[record.button]:
        raise Malformed(f"the button is at seat {record.button}, where nobody plays")
    if not 0 <= record.sb <= record.bb or record.bb < 1 or record.ante < 0:
        raise Malformed("the blinds and the ante make no sense")
    _verify_cards(record)
    for number, action in enumerate(record.actions, 1):
        _verify_action(number, action, count)


def _verify_cards(record: Record) -> None:
    if any(hole is not None and len(hole) != 2 for hole in record.holes):
        raise Malformed("a player has two hole cards")
    if len(record.board) not in (0, 3, 4, 5):
        raise Malformed(f"a board of {len(record.board)} cards")
    cards = record.cards()
    unknown = sorted(set(cards) - _KNOWN)
    if unknown:
        raise Malformed(f"{unknown[0]!r} is no card")
    if len(set(cards)) != len(cards):
        raise Malformed("a card appears twice")


def _verify_action(number: int, action: list[str | int | list[str]], seats: int) -> None:
    name = action[0] if action else None
    if not isinstance(name, str) or _LENGTHS.get(name) != len(action):
        raise Malformed(f"action {number} is {action!r}")
    if name == "deal":
        fits = isinstance(action[1], list)
    else:
        numbers = [part for part in action[1:] if isinstance(part, int) and part >= 0]
        fits = len(numbers) == len(action) - 1 and numbers[0] < seats
    if not fits:
        raise Malformed(f"action {number} is {action!r}")


def replay(record: Record) -> list[e.Event]:
    """Play the hand and return its events; raises `Mismatch`."""
    state = _seat_players(record)
    state, events = _run(state, StartHand(str(record.id), arrange_deck(record)), "the deal")
    dealt: list[str] = []
    for number, action in enumerate(record.actions, 1):
        if action[0] == "deal":
            dealt += action[1]  # type: ignore[arg-type]
            board = _board(events)[: len(dealt)]
            if board != dealt:
                raise Mismatch(f"action {number}: the board is {board}, not {dealt}")
            continue
        state, caused = _act(state, record, number)
        events += caused
    _compare(record, events)
    return events


def _seat_players(record: Record) -> TableState:
    """A table where the natural rule gives the button to the recorded seat."""
    rake = -round(sum(record.net))
    config = TableConfig(
        seats=len(record.stacks),
        small_blind_krw=record.sb,
        big_blind_krw=record.bb,
        ante_krw=record.ante,
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
    return place_button(state, record.button)


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


def arrange_deck(record: Record) -> tuple[str, ...]:
    """A whole deck in which the record's cards come in dealing order."""
    named = set(record.cards())
    unused = [card for card in ALL_CARDS if card not in named]
    count = len(record.stacks)
    order = [(record.button + 1 + place) % count for place in range(count)]
    order = [seat for seat in order if record.stacks[seat]]
    folded = {action[1] for action in record.actions if action[0] == "fold"}
    holes: dict[int, list[str]] = {}
    for seat in order:
        hole = record.holes[seat] or [None, None]
        if hole == [None, None] and seat not in folded and len(record.board) == 5:
            hole = list(_weakest(unused, record.board))
            unused = [card for card in unused if card not in hole]
        holes[seat] = [unused.pop() if card is None else card for card in hole]
    deck = [holes[seat][number] for number in (0, 1) for seat in order] + record.board
    rest = [card for card in ALL_CARDS if card not in set(deck)]
    return tuple(deck + rest)


def _weakest(unused: list[str], board: list[str]) -> tuple[str, ...]:
    """A poor hand: who went to showdown with unknown cards had mucked a beaten one."""
    candidates = combinations(unused[:8] + unused[8::4], 2)
    return min(candidates, key=lambda hole: strength(hole, board).index)


def _act(state: TableState, record: Record, number: int) -> tuple[TableState, list[e.Event]]:
    name, seat, *rest = record.actions[number - 1]
    where = f"action {number} {record.actions[number - 1]}"
    turn = state.hand.turn if state.hand is not None else None
    if state.hand is None or turn is None:
        raise Mismatch(f"{where}: the hand is over")
    assert isinstance(seat, int)
    if turn.seat != seat:
        raise Mismatch(f"{where}: seat {turn.seat} is asked")
    if name == "fold" and turn.call_krw == 0:
        return _run(state, Leave(seat), where)
    if name == "call" and turn.call_krw != rest[0]:
        raise Mismatch(f"{where}: a call is {turn.call_krw}")
    to_krw = rest[0] if name == "raise_to" else None
    command = Act(seat, state.hand.hand_id, turn.turn, _ACTIONS[str(name)], to_krw)  # type: ignore[arg-type]
    return _run(state, command, where)


def _run(
    state: TableState, command: StartHand | Act | Leave, where: str
) -> tuple[TableState, list[e.Event]]:
    try:
        decision = decide(state, command, 0)
    except Refused as refused:
        raise Mismatch(f"{where}: {refused.code} {refused.params or ''}".strip()) from refused
    return decision.state, list(decision.events)


def _board(events: list[e.Event]) -> list[str]:
    return [card for event in events if isinstance(event, e.StreetDealt) for card in event.cards]


def _compare(record: Record, events: list[e.Event]) -> None:
    board = _board(events)
    if board != record.board:
        raise Mismatch(f"the board is {board}, not {record.board}")
    finished = [event for event in events if isinstance(event, e.HandFinished)]
    if not finished:
        raise Mismatch("the hand is not over")
    net = [0] * len(record.stacks)
    for result in finished[0].results:
        net[result.seat] = result.net_krw
    halves = any(amount != int(amount) for amount in record.net)
    allowed = 0.5 if halves else 0
    if any(abs(ours - theirs) > allowed for ours, theirs in zip(net, record.net, strict=True)):
        raise Mismatch(f"net is {net}, not {record.net}")
