"""The arithmetic of a rate, for whatever prices there may be."""

from decimal import Decimal
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.assets import Asset, cost_krw, facts, units_for, value_krw
from wallet.rates.agreement import TICK, agreeing, move_bps, with_spread

PRICES = st.decimals(min_value="0.01", max_value="10000000000000", places=8)
SPREADS = st.integers(0, 5_000)
DEVIATIONS = st.integers(0, 5_000)
# Prices around one value, so that agreement and disagreement both come up.
NEARBY = st.builds(
    lambda price, offs: {
        f"source{n}": (price * (10_000 + off) / 10_000).quantize(TICK) for n, off in enumerate(offs)
    },
    st.decimals(min_value="100", max_value="1000000000", places=2),
    st.lists(st.integers(-600, 600), max_size=6),
)


@given(NEARBY, SPREADS)
def test_bid_and_ask_are_around_the_median_and_rounded_against_the_customer(
    prices: dict[str, Decimal], spread_bps: int
) -> None:
    prices = prices or {"one": Decimal(1)}
    agreed = with_spread(prices, spread_bps)
    middle = Fraction(median(map(Fraction, prices.values())))
    exact_bid = middle * (10_000 - spread_bps) / 10_000
    exact_ask = middle * (10_000 + spread_bps) / 10_000
    assert 0 < agreed.bid_krw <= agreed.mid_krw <= agreed.ask_krw
    assert exact_bid - Fraction(TICK) < Fraction(agreed.bid_krw) <= exact_bid
    assert exact_ask <= Fraction(agreed.ask_krw) < exact_ask + Fraction(TICK)
    assert abs(Fraction(agreed.mid_krw) - middle) <= Fraction(TICK) / 2


@given(PRICES, SPREADS)
def test_the_same_price_everywhere_is_the_middle(price: Decimal, spread_bps: int) -> None:
    assert with_spread({"a": price, "b": price}, spread_bps).mid_krw == price


@given(NEARBY, DEVIATIONS)
def test_never_one_source_and_those_that_agree_are_near_their_median(
    prices: dict[str, Decimal], deviation_bps: int
) -> None:
    agreed = agreeing(prices, deviation_bps)
    assert len(agreed) != 1
    assert agreed.items() <= prices.items()
    if agreed:
        middle = min(agreed.values()) if len(agreed) == 2 else median(agreed.values())
        for price in agreed.values():
            off = abs(Fraction(price) - Fraction(middle))
            assert off * 10_000 <= Fraction(middle) * deviation_bps


@given(NEARBY, DEVIATIONS, PRICES)
def test_one_liar_among_three_and_more_that_agree_changes_little(
    prices: dict[str, Decimal], deviation_bps: int, lie: Decimal
) -> None:
    honest = list(prices.values())
    with_lie = agreeing({**prices, "liar": lie}, deviation_bps)
    if len(honest) >= 2 and with_lie:
        middle = with_spread(with_lie, 0).mid_krw
        low, high = min(honest), max(honest)
        # Two that agree with the liar instead of each other are within the deviation of it.
        slack = Decimal(1) + Decimal(deviation_bps) / 10_000
        assert low / slack - TICK <= middle <= high * slack + TICK


@pytest.mark.parametrize(
    ("prices", "kept"),
    [
        ([], []),
        ([100], []),
        ([100, 102], [100, 102]),
        ([100, 103], []),
        ([100, 101, 1000], [100, 101]),
        ([10, 100, 101, 1000], [100, 101]),
        ([100, 110, 121], []),
        ([100, 100, 110, 110], []),
    ],
)
def test_which_sources_agree(prices: list[int], kept: list[int]) -> None:
    agreed = agreeing({str(n): Decimal(price) for n, price in enumerate(prices)}, 200)
    assert sorted(agreed.values()) == kept


@given(PRICES, PRICES)
def test_a_move_is_the_same_both_ways_and_never_understated(one: Decimal, two: Decimal) -> None:
    moved = move_bps(one, two)
    assert moved == move_bps(two, one)
    low, high = sorted((Fraction(one), Fraction(two)))
    assert moved - 1 < (high / low - 1) * 10_000 <= moved


@given(st.sampled_from(list(Asset)), st.integers(1, 10**30), NEARBY, SPREADS)
def test_selling_and_buying_back_never_gains(
    asset: Asset, units: int, prices: dict[str, Decimal], spread_bps: int
) -> None:
    """A deposit at the bid and a withdrawal at the ask: all rounding is for the house."""
    rate = with_spread(prices or {"one": Decimal(1)}, spread_bps)
    won = value_krw(asset, units, rate.bid_krw)
    assert Fraction(won) <= Fraction(units) * Fraction(rate.bid_krw) / facts(asset).one
    assert units_for(asset, won, rate.ask_krw) <= units
    assert cost_krw(asset, units, rate.ask_krw) >= won
