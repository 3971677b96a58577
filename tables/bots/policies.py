"""What a bot does when it is asked. Pure: the table as seen, the own cards and chance go in.

Every choice is legal by construction: it comes from what `turn_started` allows.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from tables.bots.strength import made_strength, start_strength
from tables.engine.view import HandView, SeatView, TableView, TurnView

# A number in [0, 1).
Chance = Callable[[], float]


class Choice(NamedTuple):
    action: Literal["fold", "check", "call", "raise"]
    to_krw: int | None = None


class Spot(NamedTuple):
    """A decision: `hand.turn` is the bot's own."""

    table: TableView
    hand: HandView
    turn: TurnView
    seat: SeatView
    cards: tuple[str, str] | None


Policy = Callable[[Spot, Chance], Choice]


def _passive(turn: TurnView) -> Choice:
    return Choice("check") if turn.call_krw == 0 else Choice("call")


def _give_up(turn: TurnView) -> Choice:
    return Choice("check") if turn.call_krw == 0 else Choice("fold")


def _raise_to(turn: TurnView, to_krw: int) -> Choice:
    """A raise as near to `to_krw` as is legal; without one, a check or call."""
    if turn.min_raise_to_krw is None or turn.max_raise_to_krw is None:
        return _passive(turn)
    return Choice("raise", max(turn.min_raise_to_krw, min(to_krw, turn.max_raise_to_krw)))


def calls(spot: Spot, chance: Chance) -> Choice:
    """Mostly checks and calls: long hands, small pots."""
    roll = chance()
    if roll < 0.04 and spot.turn.call_krw > 0:
        return Choice("fold")
    if roll > 0.94 and spot.turn.call_krw <= 2 * spot.table.config.big_blind_krw:
        return _raise_to(spot.turn, 0)
    return _passive(spot.turn)


def raises(spot: Spot, chance: Chance) -> Choice:
    """Many smallest raises, as long as they are cheap: the most actions for each hand."""
    cheap = spot.turn.call_krw + spot.seat.bet_krw <= spot.seat.stack_krw // 12
    if cheap and chance() < 0.6:
        return _raise_to(spot.turn, 0)
    return _passive(spot.turn) if cheap or chance() < 0.5 else _give_up(spot.turn)


def sensible(spot: Spot, chance: Chance) -> Choice:
    """A simple opponent for the demo tables: good cards bet, fair cards call, bad cards go."""
    if spot.cards is None:
        return _give_up(spot.turn)
    board = spot.hand.board
    strength = made_strength(spot.cards, board) if board else start_strength(spot.cards)
    strength += (chance() - 0.5) * 0.16
    turn, pot_krw = spot.turn, spot.hand.pot_krw
    price = turn.call_krw / (pot_krw + turn.call_krw) if turn.call_krw else 0.0
    wanted_krw = pot_krw if not board else pot_krw * 2 // 3
    committed = turn.call_krw > spot.seat.stack_krw // 3
    if strength > (0.88 if committed else 0.66) and chance() < 0.8:
        return _raise_to(turn, spot.seat.bet_krw + turn.call_krw + wanted_krw)
    if strength > price + (0.25 if committed else 0.05):
        return _passive(turn)
    if turn.call_krw == 0 and chance() < 0.12:
        return _raise_to(turn, spot.seat.bet_krw + pot_krw // 2)
    return _give_up(turn)


POLICIES: dict[str, Policy] = {"calls": calls, "raises": raises, "sensible": sensible}
