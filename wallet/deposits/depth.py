"""How deep a deposit must lie before it is credited: by the value at risk.

Bitcoin counts confirmations (1, 3 or 6); Ethereum's own consensus says what is `safe` and what is
`finalized`. At risk is all that the player has in blocks that are not final yet, or a large sum
in many small payments would be credited after one block. Without a rate the value is not known,
and the deepest tier holds.
"""

from dataclasses import dataclass

from wallet.assets import Network
from wallet.deposits.reading import Reached
from wallet.models import Policy

FINAL_CONFIRMATIONS = 6
SAFE, FINALIZED = "safe", "finalized"


@dataclass(frozen=True, slots=True)
class Depth:
    """Either `confirmations` (Bitcoin; 1 is the newest block) or `finality` (Ethereum)."""

    confirmations: int | None = None
    finality: str = ""

    def is_reached(self, height: int, reached: Reached) -> bool:
        """Does a block at this height lie deep enough?"""
        if self.confirmations is not None:
            return reached.tip - height + 1 >= self.confirmations
        settled = reached.safe if self.finality == SAFE else reached.finalized
        return settled is not None and height <= settled


def needed(network: str, value_krw: int | None, rules: Policy) -> Depth:
    """The tier of a value; None: it is not known."""
    if network == Network.ETHEREUM:
        is_small = value_krw is not None and value_krw <= rules.eth_safe_krw
        return Depth(finality=SAFE if is_small else FINALIZED)
    if value_krw is None or value_krw > rules.btc_three_confirmations_krw:
        return Depth(FINAL_CONFIRMATIONS)
    return Depth(1 if value_krw <= rules.btc_one_confirmation_krw else 3)


def final_height(network: str, reached: Reached) -> int:
    """Blocks up to here are not reorganised any more, as far as we are concerned."""
    if network == Network.BITCOIN:
        return reached.tip - FINAL_CONFIRMATIONS + 1
    return -1 if reached.finalized is None else reached.finalized
