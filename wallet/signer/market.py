"""What the signer itself hears from the exchanges: a rate in the database may be forged.

`listen` asks, outside of every database transaction; `require_believable` only remembers.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from wallet.policies import policy
from wallet.rates import hear
from wallet.rates.agreement import Prices, move_bps
from wallet.rates.sources import Source, sources
from wallet.signer.errors import NotPayable, RatesUnheard

# Asked again after this; silence too, so that payments do not wait for it one by one.
ASK_AGAIN_SECONDS = 5
# What was heard counts for so long: a transaction that began meanwhile comes to its end.
REMEMBER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class _Heard:
    of: tuple[Source, ...]
    at: float
    prices: Mapping[str, Prices]

    def is_from(self, seconds: int) -> bool:
        """Of the sources of the settings, and no older."""
        return self.of == tuple(sources()) and time.monotonic() - self.at <= seconds


_heard = _Heard((), 0, {})


def listen() -> None:
    """Ask the exchanges, unless that was done a moment ago."""
    global _heard
    if not _heard.is_from(ASK_AGAIN_SECONDS):
        asked = tuple(sources())
        prices = hear()
        _heard = _Heard(asked, time.monotonic(), prices)


def require_believable(asset: str, ask_krw: Decimal) -> None:
    """Won for a whole coin, about as the exchanges say: within `Policy.breaker_bps` of our ask.

    Raises NotPayable, and RatesUnheard where at least two of them did not say the same just now.
    """
    prices = _heard.prices.get(asset) if _heard.is_from(REMEMBER_SECONDS) else None
    if prices is None:
        raise RatesUnheard(asset)
    if move_bps(prices.ask_krw, ask_krw) > policy().breaker_bps:
        raise NotPayable("rate_unbelievable")
