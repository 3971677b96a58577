"""PokerKit alone, to hold the engine against."""

from collections.abc import Sequence
from typing import Any

from pokerkit import Automation, NoLimitTexasHoldem, State

DEALING = {
    Automation.CARD_BURNING,
    Automation.HOLE_DEALING,
    Automation.BOARD_DEALING,
    Automation.RUNOUT_COUNT_SELECTION,
}
AUTOMATIONS = tuple(automation for automation in Automation if automation not in DEALING)


class Bare:
    """A hand of PokerKit alone, dealt from the same deck."""

    def __init__(
        self,
        stacks: Sequence[int],
        deck: Sequence[str],
        *,
        big_blind: int = 100,
        ante: int = 0,
        straddle: int = 0,
        **options: Any,
    ) -> None:
        self.rest = list(deck)
        count = len(stacks)
        blinds = (big_blind // 2, big_blind, straddle)
        self.state: State = NoLimitTexasHoldem.create_state(
            AUTOMATIONS, True, ante, blinds, big_blind, tuple(stacks), count, **options
        )
        for player in range(count):
            self.state.deal_hole(deck[player] + deck[count + player])
        del self.rest[: 2 * count]
        self.deal()

    def deal(self) -> None:
        while self.state.card_burning_status:
            self.state.burn_card("??")
            count = self.state.board_dealing_count
            assert count is not None
            self.state.deal_board("".join(self.rest[:count]))
            del self.rest[:count]

    def act(self, action: str, to_krw: int | None = None) -> None:
        if action == "fold":
            self.state.fold()
        elif action == "raise":
            self.state.complete_bet_or_raise_to(to_krw)
        else:
            self.state.check_or_call()
        self.deal()

    def offer(self) -> tuple[int | None, int | None, int | None]:
        state = self.state
        return (
            state.checking_or_calling_amount,
            state.min_completion_betting_or_raising_to_amount,
            state.max_completion_betting_or_raising_to_amount,
        )
