"""Hold'em by PokerKit alone, as a program would use it that has no table around it.

The yardstick of `engine.py`, and beside the engine the only place that imports PokerKit.
"""

from collections.abc import Sequence

from pokerkit import Automation, NoLimitTexasHoldem, State

# Everything that PokerKit can do by itself but choose cards: those are the same on both sides.
_CARDS = {
    Automation.CARD_BURNING,
    Automation.HOLE_DEALING,
    Automation.BOARD_DEALING,
    Automation.RUNOUT_COUNT_SELECTION,
}
AUTOMATIONS = tuple(automation for automation in Automation if automation not in _CARDS)


class BareHand:
    """A hand from a given deck; players are numbered from left of the button."""

    def __init__(
        self, stacks_krw: Sequence[int], blinds_krw: tuple[int, int], deck: Sequence[str]
    ) -> None:
        count = len(stacks_krw)
        self.state: State = NoLimitTexasHoldem.create_state(
            AUTOMATIONS, True, 0, blinds_krw, blinds_krw[1], tuple(stacks_krw), count
        )
        for player in range(count):
            self.state.deal_hole(deck[player] + deck[count + player])
        self._board = iter(deck[2 * count :])
        self._deal()

    def act(self, action: str, to_krw: int | None) -> None:
        if action == "fold":
            self.state.fold()
        elif action == "raise":
            self.state.complete_bet_or_raise_to(to_krw)
        else:
            self.state.check_or_call()
        self._deal()

    @property
    def is_over(self) -> bool:
        return not self.state.status

    def payoffs_krw(self) -> list[int]:
        return list(self.state.payoffs)

    def _deal(self) -> None:
        """The next cards of the board, when it is time for them; the burnt one is any."""
        while self.state.card_burning_status:
            self.state.burn_card("??")
            count = self.state.board_dealing_count or 0
            self.state.deal_board("".join(next(self._board) for _ in range(count)))
