"""What the exchanges say now, past the database: for who must not believe its rows."""

from datetime import timedelta

from wallet.assets import Asset
from wallet.policies import policy
from wallet.rates.agreement import Prices, agreeing, with_spread
from wallet.rates.services import Clock, utc_now
from wallet.rates.sources import ask_all
from wallet.rates.ticker import fresh_prices


def hear(*, clock: Clock = utc_now) -> dict[str, Prices]:
    """The prices of each asset that at least two fresh sources agree on, by the rules of a rate.

    An asset of which that cannot be said is not in it. Writes nothing, and never raises for what a
    source does.
    """
    house = policy()
    assets = list(Asset)
    answers = ask_all(assets, timedelta(seconds=house.source_max_age_s), clock)
    heard: dict[str, Prices] = {}
    for asset in assets:
        fresh = fresh_prices({name: answers[name][asset] for name in answers})
        if agreed := agreeing(fresh, house.source_deviation_bps):
            heard[asset] = with_spread(agreed, house.spread_bps)
    return heard
