"""Our engine beside bare PokerKit: the same decks and the same actions on one core.

The hands are arranged first, so that neither side's time has a player's thinking in it. Ours is
what the runtime does for each command: `decide`, on a state that stays as it was. Both sides take
turns, so that whatever else the machine does meets both; the ratio is the median of the rounds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import process_time
from typing import TypeVar

from tables.bench.bare import BareHand
from tables.bench.scratch import BenchFailed
from tables.engine import Refused, TableConfig, TableState, decide, new_table
from tables.engine import commands as c
from tables.engine.events import Event, HandFinished, TurnStarted
from tables.runtime.deck import HmacDrbg, shuffled

HANDS = 100
ROUNDS = 15
SEATS = (2, 4, 6, 6, 6, 9)
STACKS_BB = (20, 50, 100, 100, 200)
BLINDS_KRW = (50, 100)

Thing = TypeVar("Thing")


@dataclass
class Step:
    """One action: at which table, the command, and one for the same moment that is refused."""

    table: TableState
    command: c.Act
    refused: c.Act


@dataclass
class Hand:
    """A hand to be played by both."""

    table: TableState
    start: c.StartHand
    stacks_krw: list[int]
    steps: list[Step] = field(default_factory=list)
    net_krw: list[int] = field(default_factory=list)


def measure_engine(hands: int = HANDS, rounds: int = ROUNDS) -> dict[str, float]:
    """Hands a second of both, PokerKit's time divided by ours, and what an action costs when it is
    accepted and when it is refused (mean microseconds of CPU)."""
    arranged = [arrange(number) for number in range(hands)]
    steps = [step for hand in arranged for step in hand.steps]
    ours, bare, accepted, refused = [], [], [], []
    for _ in range(rounds):
        ours.append(_seconds(lambda: _all(arranged, play_ours)))
        bare.append(_seconds(lambda: _all(arranged, play_bare)))
        accepted.append(_seconds(lambda: _all(steps, _accept)))
        refused.append(_seconds(lambda: _all(steps, _refuse)))
    return {
        "hands": hands,
        "actions": len(steps),
        "rounds": rounds,
        "hands_per_s": round(hands / median(ours), 1),
        "pokerkit_hands_per_s": round(hands / median(bare), 1),
        "ratio": round(median(b / o for o, b in zip(ours, bare, strict=True)), 2),
        "accepted_us": round(1e6 * median(accepted) / len(steps), 1),
        "refused_us": round(1e6 * median(refused) / len(steps), 1),
    }


def play_ours(hand: Hand) -> None:
    """Every command of the hand, as an actor gives them to the engine."""
    state = decide(hand.table, hand.start, 0).state
    for step in hand.steps:
        state = decide(state, step.command, 0).state


def play_bare(hand: Hand) -> BareHand:
    bare = BareHand(hand.stacks_krw, BLINDS_KRW, hand.start.deck)
    for step in hand.steps:
        bare.act(step.command.action, step.command.to_krw)
    return bare


def _accept(step: Step) -> None:
    decide(step.table, step.command, 0)


def _refuse(step: Step) -> None:
    try:
        decide(step.table, step.refused, 0)
    except Refused:
        return
    raise BenchFailed(f"{step.refused} was accepted")


def _all(things: Sequence[Thing], use: Callable[[Thing], object]) -> None:
    for thing in things:
        use(thing)


def _seconds(run: Callable[[], None]) -> float:
    start = process_time()
    run()
    return process_time() - start


# Hands that both sides play alike


def arrange(number: int) -> Hand:
    """Hand by number: seats, stacks, deck and actions follow from it.

    Raises `BenchFailed` when the two sides do not come to the same result.
    """
    seed = number.to_bytes(32, "big")
    dice = HmacDrbg(seed)
    count = SEATS[number % len(SEATS)]
    stacks = [STACKS_BB[dice.below(len(STACKS_BB))] * BLINDS_KRW[1] for _ in range(count)]
    start = c.StartHand(f"hand {number}", shuffled(seed))
    hand = Hand(_seated(stacks), start, stacks)
    decision = decide(hand.table, start, 0)
    while (running := decision.state.hand) is not None:
        if running.turn is None:
            raise BenchFailed("nobody is asked")
        table, command = decision.state, _choose(dice, start.hand_id, running.turn)
        refused = _wrong(dice, command, running.turn)
        hand.steps.append(Step(table, command, refused))
        decision = decide(table, command, 0)
    hand.net_krw = _net(decision.events)
    _verify(hand)
    return hand


def _seated(stacks: list[int]) -> TableState:
    """A table whose first hand deals these stacks in this order from left of the button."""
    config = TableConfig(9, *BLINDS_KRW, min_buy_in_krw=1, max_buy_in_krw=10**9)
    state = new_table(1, config)
    for seat, stack in enumerate((stacks[-1], *stacks[:-1])):
        reserve = c.ReserveSeat(seat, f"player {seat}", seat, stack, f"buy-in {seat}")
        state = decide(state, reserve, 0).state
        state = decide(state, c.ConfirmBuyIn(reserve.buy_in_id), 0).state
    return state


def _choose(dice: HmacDrbg, hand_id: str, turn: TurnStarted) -> c.Act:
    """Of a hundred: 30 fold and 15 raise when there is a bet, 30 bet when there is none."""
    pick = dice.below(100)
    action: c.Action = "call" if turn.call_krw else "check"
    to_krw = None
    if turn.call_krw and pick < 30:
        action = "fold"
    elif pick >= (85 if turn.call_krw else 70) and turn.min_raise_to_krw is not None:
        action = "raise"
        to_krw = min(turn.min_raise_to_krw * (1 + dice.below(2)), turn.max_raise_to_krw or 0)
    return c.Act(turn.seat, hand_id, turn.turn, action, to_krw)


def _wrong(dice: HmacDrbg, command: c.Act, turn: TurnStarted) -> c.Act:
    """Late, out of turn, or too much: one of what tables refuse all day."""
    match dice.below(3):
        case 0:
            return c.Act(turn.seat, command.hand_id, turn.turn - 1, command.action, command.to_krw)
        case 1:
            return c.Act(turn.seat + 1, command.hand_id, turn.turn, "call")
        case _:
            return c.Act(turn.seat, command.hand_id, turn.turn, "raise", 10**9)


def _net(events: Sequence[Event]) -> list[int]:
    finished = (event for event in events if isinstance(event, HandFinished))
    return [result.net_krw for event in finished for result in event.results]


def _verify(hand: Hand) -> None:
    """Equal but for odd chips, which PokerKit gives to the first winner."""
    bare = play_bare(hand)
    pairs = zip(hand.net_krw, bare.payoffs_krw(), strict=True)
    if not bare.is_over or any(abs(a - b) > 2 * len(hand.stacks_krw) for a, b in pairs):
        raise BenchFailed(f"{hand.start.hand_id}: {hand.net_krw}, PokerKit {bare.payoffs_krw()}")
