"""The result of a PHH hand that does not say it: PokerKit carries the hand out.

Nothing is repaired on the way: an action that does not fit is named.
"""

import warnings
from collections.abc import Callable

from pokerkit.notation import HandHistory, parse_action
from pokerkit.state import ChipsPulling, State

from tables.engine.phh_fields import Fields
from tables.engine.record import Malformed

_FIELDS = (
    "variant",
    "ante_trimming_status",
    "antes",
    "blinds_or_straddles",
    "min_bet",
    "starting_stacks",
    "actions",
)


def pokerkits_net(file: Fields[int], amount: Callable[[str], int]) -> list[int]:
    """Each player's net result; `amount` reads an amount in an action. Raises `Malformed`.

    `winnings`, where the file has them, are what the players got of the pots, after rake.
    """
    with warnings.catch_warnings():
        # PokerKit warns of cards dealt twice, which `verify` refuses, and of free folds.
        warnings.simplefilter("ignore")
        try:
            state = HandHistory(**{name: getattr(file, name) for name in _FIELDS}).create_state()
        except ValueError as error:
            raise Malformed(str(error)) from error
        for number, action in enumerate(file.actions, 1):
            _carry_out(state, number, action, amount)
        while state.status and _go_on(state):
            pass
    if state.status:
        raise Malformed("the actions end before the hand does")
    if file.winnings is None:
        return [int(payoff) for payoff in state.payoffs]
    pulled = [0] * state.player_count
    for operation in state.operations:
        if isinstance(operation, ChipsPulling):
            pulled[operation.player_index] += int(operation.amount)
    rows = zip(file.winnings, state.payoffs, pulled, strict=True)
    return [won + int(payoff) - taken for won, payoff, taken in rows]


def _carry_out(state: State, number: int, action: str, amount: Callable[[str], int]) -> None:
    while True:
        try:
            parse_action(state, action, amount)
            return
        except (ValueError, ArithmeticError, IndexError, KeyError) as error:
            if not _go_on(state):
                raise Malformed(f"action {number} {action!r}: {error}") from error


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
