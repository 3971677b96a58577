"""PHH files (the Poker Hand History format) as records for `replay.py`.

Player 1 is seat 0, the last player has the button. `phh_fields.py` reads the fields,
`phh_posting.py` what each player posts, `phh_actions.py` the actions; the result is what the file
says, else PokerKit's (`phh_result.py`).
"""

import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from tables.engine.phh_actions import Actions, cards_of, read_actions
from tables.engine.phh_fields import Fields, read_fields
from tables.engine.phh_posting import read_posting
from tables.engine.phh_result import pokerkits_net
from tables.engine.record import Malformed, Record, verify


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
    file, scale = read_fields(hand)
    amount = _amounts_times(scale)
    posting = read_posting(file)
    actions = read_actions(file.actions, len(file.starting_stacks), amount)
    if posting.is_bomb_pot:
        _verify_bomb_pot(actions)
    record = Record(
        id=name if file.hand is None else file.hand,
        sb=posting.small_blind,
        bb=posting.big_blind,
        ante=posting.ante,
        stacks=file.starting_stacks,
        button=len(file.starting_stacks) - 1,
        holes=actions.holes,
        actions=actions.played,
        board=actions.board,
        net=_net(file, amount),
        blinds=posting.blinds,
        posts=list(posting.posts),
        straddle=posting.straddle,
        bomb_pot=posting.is_bomb_pot,
        second_board=_second_board(file),
        void=file.void,
    )
    verify(record)
    return record


def _amounts_times(scale: int) -> Callable[[str], int]:
    def amount(text: str) -> int:
        value = Decimal(text) * scale
        if value != int(value):
            raise ValueError(f"{text} is no amount")
        return int(value)

    return amount


def _verify_bomb_pot(actions: Actions) -> None:
    for action in actions.played:
        if action[0] == "deal":
            return
        if action[0] != "check_or_call":
            raise Malformed(
                "blinds_or_straddles: nobody posts a blind, so this is a bomb pot, and nobody bets"
                " or folds before the flop"
            )


def _second_board(file: Fields[int]) -> list[str]:
    if file.boards is None:
        return []
    if len(file.boards) != 2:
        raise Malformed(f"{len(file.boards)} _boards; a hand is run once or twice")
    try:
        return cards_of(file.boards[1])
    except ValueError as error:
        raise Malformed(f"_boards: {error}") from error


def _net(file: Fields[int], amount: Callable[[str], int]) -> list[int | float]:
    """As the file says it, else as PokerKit finds it."""
    if file.finishing_stacks is not None:
        pairs = zip(file.finishing_stacks, file.starting_stacks, strict=True)
        return [after - before for after, before in pairs]
    return [*pokerkits_net(file, amount)]
