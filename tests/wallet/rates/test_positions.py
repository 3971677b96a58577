"""What the house's position is worth."""

import pytest

from tests.wallet.house import make_player
from tests.wallet.rates.conftest import Market
from wallet import movements, rates
from wallet.assets import Asset

pytestmark = pytest.mark.django_db


def position(asset: Asset) -> rates.Position:
    (found,) = [each for each in rates.positions() if each.asset == asset]
    return found


def test_a_position_that_rose_is_a_gain_and_one_that_fell_a_loss(market: Market) -> None:
    movements.credit_deposit(
        deposit_id=1,
        nth=1,
        user_id=make_player(),
        asset="BTC",
        amount_units=50_000_000,  # half a coin
        amount_krw=74_000_000,
    )
    market.fetch()
    found = position(Asset.BTC)
    assert (found.units, found.cost_krw) == (50_000_000, 74_000_000)
    # At the bid, 0.5 % below 150,000,000.
    assert (found.worth_krw, found.exposure_krw) == (74_625_000, 625_000)
    market.later(60)
    market.quotes.set_price("BTC", "146000000")
    market.fetch()
    assert position(Asset.BTC).exposure_krw == 72_635_000 - 74_000_000


def test_a_short_position_is_what_the_lack_costs_at_the_ask(market: Market) -> None:
    movements.reverse_deposit(
        deposit_id=1,
        nth=1,
        user_id=make_player(),
        asset="BTC",
        amount_units=50_000_001,
        amount_krw=75_000_000,
    )
    market.fetch()
    found = position(Asset.BTC)
    assert (found.units, found.cost_krw) == (-50_000_001, -75_000_000)
    assert found.worth_krw == -75_375_002  # 75375001.5075, rounded against the house's gain
    assert found.exposure_krw == -375_002


def test_without_a_rate_nothing_is_said_of_the_worth(market: Market) -> None:
    assert len(rates.positions()) == 4
    found = position(Asset.ETH)
    assert (found.units, found.cost_krw, found.worth_krw, found.exposure_krw) == (0, 0, None, None)
