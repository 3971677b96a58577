"""What coins are worth in won: asking, agreeing, stopping. `docs/rates.md` tells it in one page."""

from wallet.rates.hearing import hear
from wallet.rates.pruning import prune
from wallet.rates.selectors import Position, current, positions
from wallet.rates.services import fetch, lift_halt

__all__ = ["Position", "current", "fetch", "hear", "lift_halt", "positions", "prune"]
