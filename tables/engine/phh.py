"""PHH files (the Poker Hand History format) as records for `replay.py`.

The hand is first carried out by PokerKit, which says what each `cc` adds and, where the file does
not say who won how much, what the result is. Nothing is repaired on the way: an action that does
not fit is named. Player 1 is seat 0, the last player has the button.

Amounts may have decimal places; all of a hand are then multiplied until they are whole.
"""

import tomllib
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
from pokerkit.notation import HandHistory, parse_action
from pokerkit.state import (
    BoardDealing,
    CheckingOrCalling,
    ChipsPulling,
    CompletionBettingOrRaisingTo,
    Folding,
    HoleCardsShowingOrMucking,
    HoleDealing,
    State,
)

from tables.engine.replay import Malformed, Record, verify

MOST_PLACES = 6


class _File(msgspec.Struct):
    """What of a PHH hand decides how it is played; other fields are passed over."""

    variant: str
    antes: list[int | Decimal]
    blinds_or_straddles: list[int | Decimal]
    min_bet: int | Decimal
    starting_stacks: list[int | Decimal]
    actions: list[str]
    ante_trimming_status: bool = False
    hand: int | str | None = None
    finishing_stacks: list[int | Decimal] | None = None
    winnings: list[int | Decimal] | None = None


def read_phh(text: str) -> Record:
    """The hand of a `.phh` file; raises `Malformed` with the place and the reason."""
    return _record(_toml(text), "phh")


def read_phhs(text: str) -> Iterator[tuple[str, Record | Malformed]]:
    """The hands of a `.phhs` file with their names in it, each a record or what is wrong."""
    for name, hand in _toml(text).items():
        try:
            if not isinstance(hand, dict):
                raise Malformed("a .phhs file has one table for each hand")
            yield name, _record(hand, name)
        except Malformed as error:
            yield name, error


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError, ArithmeticError) as error:
        raise Malformed(str(error)) from error


def _record(hand: dict[str, Any], name: str) -> Record:
    try:
        file = msgspec.convert(hand, _File, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from error
    _verify_shape(file)
    scale = _scale(file)
    file = msgspec.convert(_scaled(msgspec.structs.asdict(file), scale), _File)
    small, big = file.blinds_or_straddles[:2]
    actions, state = _Player(file, scale).play()
    record = Record(
        id=name if file.hand is None else file.hand,
        sb=abs(int(small)),
        bb=int(big),
        ante=int(max(file.antes)),
        stacks=[int(stack) for stack in file.starting_stacks],
        button=len(file.starting_stacks) - 1,
        holes=_holes(state),
        actions=actions,
        board=[repr(card) for card in state.get_board_cards(0)],
        net=[int(amount) for amount in _net(file, state)],
    )
    verify(record)
    return record


def _verify_shape(file: _File) -> None:
    count = len(file.starting_stacks)
    if file.variant != "NT":
        raise Malformed(f"variant {file.variant!r}: only no-limit hold'em, 'NT', is played here")
    if not 2 <= count <= 9:
        raise Malformed(f"{count} starting_stacks; a table has 2 to 9 seats")
    for name in ("antes", "blinds_or_straddles", "finishing_stacks", "winnings"):
        values = getattr(file, name)
        if values is not None and len(values) != count:
            raise Malformed(f"{len(values)} {name} for {count} starting_stacks")
    amounts = [*file.starting_stacks, *file.antes, *file.blinds_or_straddles, file.min_bet]
    if not all(Decimal(amount).is_finite() for amount in amounts):
        raise Malformed("an amount is no finite number")
    if min(file.starting_stacks) <= 0 or min(file.antes) < 0 or file.min_bet < 0:
        raise Malformed("stacks are above 0, antes and min_bet at least 0")
    small, big, *others = file.blinds_or_straddles
    if count == 2 and -small == big:
        small = big  # Equal blinds heads-up, as PokerKit wants them.
    if any(others) or not 0 <= small <= big or not big:
        raise Malformed("blinds_or_straddles: only a small and a big blind can be replayed")
    ante = max(file.antes)
    heads_up_order = file.antes[::-1] if count == 2 else file.antes
    if any(
        posted != min(ante, stack)
        for posted, stack in zip(heads_up_order, file.starting_stacks, strict=True)
    ):
        raise Malformed("antes: only the same ante for all can be replayed")


def _scale(file: _File) -> int:
    """What all amounts are multiplied by to be whole."""
    amounts = [*file.starting_stacks, *file.antes, *file.blinds_or_straddles, file.min_bet]
    amounts += [*(file.finishing_stacks or ()), *(file.winnings or ())]
    raised = (action.split("#")[0].split() for action in file.actions)
    named = [words[2] for words in raised if len(words) == 3 and words[1] == "cbr"]
    try:
        places = [-int(Decimal(a).normalize().as_tuple().exponent) for a in (*amounts, *named)]
    except (ArithmeticError, ValueError):
        return 1  # The action is named when it is carried out.
    if max(places) > MOST_PLACES:
        raise Malformed(f"an amount has more than {MOST_PLACES} decimal places")
    return int(10 ** max(0, *places))


def _scaled(value: Any, scale: int) -> Any:
    match value:
        case dict():
            return {k: v if k == "hand" else _scaled(v, scale) for k, v in value.items()}
        case list():
            return [_scaled(item, scale) for item in value]
        case bool():
            return value
        case int() | Decimal():
            return int(value * scale)
    return value


class _Player:
    """Carries a file's actions out in PokerKit."""

    def __init__(self, file: _File, scale: int) -> None:
        self.file = file
        self.scale = scale
        self.big_blind = int(file.blinds_or_straddles[1])
        self.played: list[list[str | int | list[str]]] = []

    def play(self) -> tuple[list[list[str | int | list[str]]], State]:
        """The record's actions and PokerKit's state at the end."""
        with warnings.catch_warnings():
            # PokerKit warns of cards dealt twice, which `verify` refuses, and of free folds.
            warnings.simplefilter("ignore")
            state = self._start()
            for number, action in enumerate(self.file.actions, 1):
                self._carry_out(state, number, action)
            while state.status and _go_on(state):
                pass
        return self.played, state

    def _start(self) -> State:
        fields = msgspec.structs.asdict(self.file)
        fields = {k: v for k, v in fields.items() if k not in ("finishing_stacks", "winnings")}
        try:
            return HandHistory(**fields).create_state()
        except ValueError as error:
            raise Malformed(str(error)) from error

    def _carry_out(self, state: State, number: int, action: str) -> None:
        while True:
            bets, done = list(state.bets), len(state.operations)
            try:
                parse_action(state, action, self._amount)
                break
            except (ValueError, ArithmeticError, IndexError, KeyError) as error:
                if not _go_on(state):
                    raise Malformed(f"action {number} {action!r}: {error}") from error
        for operation in state.operations[done:]:
            self._note(operation, bets, before_flop=not state.board_cards)

    def _amount(self, text: str) -> int:
        amount = Decimal(text) * self.scale
        if amount != int(amount):
            raise ValueError(f"{text} is no amount")
        return int(amount)

    def _note(self, operation: Any, bets: list[int], *, before_flop: bool) -> None:
        match operation:
            case Folding():
                self.played.append(["fold", operation.player_index])
            case CheckingOrCalling(amount=0):
                self.played.append(["check", operation.player_index])
            case CheckingOrCalling():
                self.played.append(["call", operation.player_index, int(operation.amount)])
            case CompletionBettingOrRaisingTo():
                seat, to = operation.player_index, int(operation.amount)
                if before_flop and to == self.big_blind > max(bets):
                    # The big blind was posted short; to complete it is a call.
                    self.played.append(["call", seat, to - bets[seat]])
                else:
                    self.played.append(["raise_to", seat, to])
            case BoardDealing():
                self.played.append(["deal", [repr(card) for card in operation.cards]])


def _go_on(state: State) -> bool:
    """Take the next step that files leave out; False if there is none."""
    if state.can_burn_card("??"):
        state.burn_card("??")
    elif state.can_deal_hole("??"):
        state.deal_hole("??")
    elif state.can_show_or_muck_hole_cards(()):
        state.show_or_muck_hole_cards(())
    elif _has_nobody_to_bet_against(state):
        state.check_or_call()
    else:
        return False
    return True


def _has_nobody_to_bet_against(state: State) -> bool:
    """PokerKit still asks a player whose opponents are all all-in; files and our engine do not."""
    if len(state.actor_indices) != 1 or state.checking_or_calling_amount != 0:
        return False
    actor = state.actor_indices[0]
    return not any(
        state.stacks[i] for i in state.player_indices if i != actor and state.statuses[i]
    )


def _holes(state: State) -> list[list[str | None] | None]:
    """Every hole card that the file names, at the deal or at the showdown."""
    holes: list[list[str | None] | None] = [None] * state.player_count
    dealt: list[list[str]] = [[] for _ in holes]
    for operation in state.operations:
        match operation:
            case HoleDealing():
                dealt[operation.player_index] += [repr(card) for card in operation.cards]
            case HoleCardsShowingOrMucking():
                shown = [repr(card) for card in operation.hole_cards]
                if shown and "??" not in shown:
                    dealt[operation.player_index] = shown
    for seat, cards in enumerate(dealt):
        if any(card != "??" for card in cards):
            holes[seat] = [None if card == "??" else card for card in cards]
    return holes


def _net(file: _File, state: State) -> list[int | Decimal]:
    """As the file says it, else as PokerKit finds it."""
    if file.finishing_stacks is not None:
        pairs = zip(file.finishing_stacks, file.starting_stacks, strict=True)
        return [after - before for after, before in pairs]
    if state.status:
        raise Malformed("the actions end before the hand does")
    if file.winnings is None:
        return list(state.payoffs)
    pulled = [0] * state.player_count
    for operation in state.operations:
        if isinstance(operation, ChipsPulling):
            pulled[operation.player_index] += operation.amount
    rows = zip(file.winnings, state.payoffs, pulled, strict=True)
    return [won + payoff - taken for won, payoff, taken in rows]
