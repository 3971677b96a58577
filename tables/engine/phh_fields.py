"""The fields of a PHH hand that decide how it is played, with whole amounts.

Amounts in files may have decimal places; all of a hand are multiplied until they are whole.
"""

from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

from tables.engine.record import Malformed

MOST_PLACES = 6
LISTS = ("antes", "blinds_or_straddles", "starting_stacks", "finishing_stacks", "winnings")
AMOUNTS = ("min_bet", "big_blind", "ante")
OURS = {name: f"_{name}" for name in ("big_blind", "ante", "blind_players", "boards", "void")}

Amount = TypeVar("Amount")


class Fields(msgspec.Struct, Generic[Amount], rename=OURS):
    """A hand of a file; fields that are not here are passed over.

    Only our own export has those with an underscore before their names in the file: `big_blind`
    and `ante` are the stakes, `blind_players` the numbers of who has the small blind (0: nobody)
    and of who has the big one, `boards` both boards of a hand that was run twice, `void` says that
    the hand was called off.
    """

    variant: str
    antes: list[Amount]
    blinds_or_straddles: list[Amount]
    min_bet: Amount
    starting_stacks: list[Amount]
    actions: list[str]
    ante_trimming_status: bool = False
    hand: int | str | None = None
    finishing_stacks: list[Amount] | None = None
    winnings: list[Amount] | None = None
    big_blind: Amount | None = None
    ante: Amount | None = None
    blind_players: tuple[int, int] | None = None
    boards: list[str] | None = None
    void: bool = False


def read_fields(hand: dict[str, Any]) -> tuple[Fields[int], int]:
    """The fields, and what their amounts were multiplied by; raises `Malformed`."""
    try:
        file = msgspec.convert(hand, Fields[int | Decimal], builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from error
    _verify(file)
    scale = _scale(file)
    data = msgspec.structs.asdict(file)
    for name in LISTS:
        if data[name] is not None:
            data[name] = [int(amount * scale) for amount in data[name]]
    for name in AMOUNTS:
        if data[name] is not None:
            data[name] = int(data[name] * scale)
    return Fields[int](**data), scale


def _verify(file: Fields[int | Decimal]) -> None:
    count = len(file.starting_stacks)
    if file.variant != "NT":
        raise Malformed(f"variant {file.variant!r}: only no-limit hold'em, 'NT', is played here")
    if not 2 <= count <= 9:
        raise Malformed(f"{count} starting_stacks; a table has 2 to 9 seats")
    for name in LISTS:
        values = getattr(file, name)
        if values is not None and len(values) != count:
            raise Malformed(f"{len(values)} {name} for {count} starting_stacks")
    if not all(Decimal(amount).is_finite() for amount in _amounts(file)):
        raise Malformed("an amount is no finite number")
    if min(file.starting_stacks) <= 0 or min(file.antes) < 0 or file.min_bet < 0:
        raise Malformed("stacks are above 0, antes and min_bet at least 0")
    if any(stake is not None and stake < 0 for stake in (file.big_blind, file.ante)):
        raise Malformed("_big_blind and _ante are at least 0")
    small, big = file.blind_players or (0, 1)
    if not (0 <= small <= count and 1 <= big <= count and small != big):
        raise Malformed(f"_blind_players are two of {count} players, or 0 and one")


def _amounts(file: Fields[int | Decimal]) -> list[int | Decimal]:
    listed = [amount for name in LISTS for amount in getattr(file, name) or ()]
    single = [getattr(file, name) for name in AMOUNTS]
    return listed + [amount for amount in single if amount is not None]


def _scale(file: Fields[int | Decimal]) -> int:
    """What all amounts are multiplied by to be whole."""
    raised = (action.split("#")[0].split() for action in file.actions)
    named = [words[2] for words in raised if len(words) == 3 and words[1] == "cbr"]
    try:
        places = [
            -int(Decimal(a).normalize().as_tuple().exponent) for a in (*_amounts(file), *named)
        ]
    except (ArithmeticError, ValueError):
        return 1  # The action is named when it is read.
    if max(places) > MOST_PLACES:
        raise Malformed(f"an amount has more than {MOST_PLACES} decimal places")
    return int(10 ** max(0, *places))
