"""Dust of tokens at deposit addresses: it is in the ledger, so it is swept with the rest."""

import pytest

from tests.wallet.deposits.site import set_rates
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import booked
from tests.wallet.signer.test_sweeping import FINAL, USDT, assert_agreed, credited, no_float, rule
from wallet import chart, movements
from wallet.assets import Asset, Network
from wallet.deposits import scan
from wallet.models import Deposit, DepositState, PaymentKind, PaymentState

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("least", "units", "reason"), [(USDT, USDT - 1, "too_small"), (1, 1, "worth_nothing")]
)
def test_dust_of_a_token_is_swept_with_the_rest(
    ethereum_house: EthereumHouse, least: int, units: int, reason: str
) -> None:
    house, asset = ethereum_house, Asset.USDT
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    rule(asset, dust_units=least)
    address = credited(house, asset, 500 * USDT)
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    house.node.mint_token(house.contract(asset), address, units)
    house.mine(FINAL)
    assert scan(Network.ETHEREUM).trouble == ""
    dust = Deposit.objects.get(amount_units=units)
    assert (dust.state, dust.reason) == (DepositState.DUST, reason)
    for _ in range(2):
        house.sweep()
        house.until_settled()
    sweep = house.payments()[-1]
    assert (sweep.kind, sweep.state) == (PaymentKind.SWEEP, PaymentState.SETTLED)
    assert sweep.amount_units == 500 * USDT + units
    assert booked("deposits", asset) == house.balance(asset, address) == 0
    assert booked("hot", asset) == house.hot_units(asset) == 500 * USDT + units
    # Whose it is does not change with where it is.
    assert movements.balance(chart.dust(asset)) == units
    assert_agreed()
