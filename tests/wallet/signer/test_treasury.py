"""The hot wallet's float: its surplus goes to cold storage, and nothing else does."""

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, TO_FINAL, EthereumHouse
from tests.wallet.signer.house import approved, booked, state_of
from tests.wallet.signer.telling import told
from tests.wallet.signer.test_sweeping import USDT, assert_agreed, no_float, rule
from wallet import chart, movements
from wallet.assets import Asset
from wallet.deposits import scan
from wallet.models import PaymentState, Withdrawal, WithdrawalState
from wallet.policies import asset_policy

pytestmark = pytest.mark.django_db

House = BitcoinHouse | EthereumHouse


@pytest.fixture(params=["bitcoin", "ethereum"])
def house(request: pytest.FixtureRequest) -> House:
    """Its hot wallet has ten coins; one is to stay at least, three at most."""
    made: House = request.getfixturevalue(f"{request.param}_house")
    no_float(Asset.USDT, Asset.USDC)
    one = one_of(made)
    rule(asset_of(made), hot_least_units=one, hot_most_units=3 * one)
    if isinstance(made, BitcoinHouse):
        made.fund(*[one] * 10)
    else:
        begin_to_scan(made)
        made.fund(Asset.ETH, 10 * one, book=False)
    return made


def test_without_a_cold_address_the_surplus_stays_and_staff_are_told(
    house: House, settings: Settings
) -> None:
    before = settings.BITCOIN_COLD_ADDRESS, settings.ETHEREUM_COLD_ADDRESS
    settings.BITCOIN_COLD_ADDRESS = settings.ETHEREUM_COLD_ADDRESS = ""
    house.sweep()
    assert house.payments() == []
    assert told() == {"no_cold_address"}
    settings.BITCOIN_COLD_ADDRESS, settings.ETHEREUM_COLD_ADDRESS = before
    house.sweep()
    house.until_settled()
    assert in_cold_storage(house) == 8 * one_of(house)


def test_what_waiting_withdrawals_need_stays(house: House) -> None:
    withdrawal = waiting(house, percent=400)
    house.sweep()
    assert house.payment().amount_units == 4 * one_of(house)
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST, "it need not wait for the surplus"
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert in_cold_storage(house) == 4 * one_of(house)
    assert_agreed()
    assert booked("hot", asset_of(house)) == on_hot(house)
    house.sweep()
    assert len(house.payments()) == 2, "there is no surplus any more"


def test_a_hot_wallet_that_withdrawals_will_empty_is_low(house: House) -> None:
    """More than the upper limit is there, and less than the lower one is free."""
    waiting(house, percent=901)
    house.sweep()
    assert house.payments() == []
    assert told() == {"hot_wallet_low"}


def test_a_surplus_whose_fee_is_above_the_cap_stays(house: House) -> None:
    asset = asset_of(house)
    cap = asset_policy(asset).fee_cap_units
    rule(asset, fee_cap_units=50)
    house.sweep()
    assert house.payments() == []
    assert told() == {"fee_above_cap"}
    rule(asset, fee_cap_units=cap)
    house.sweep()
    assert house.payment().state == PaymentState.BROADCAST


def test_what_a_token_keeps_on_the_way_to_cold_storage_is_booked_as_a_fee(
    ethereum_house: EthereumHouse,
) -> None:
    house = ethereum_house
    no_float(Asset.ETH, Asset.USDC)
    rule(Asset.USDT, hot_least_units=0, hot_most_units=100 * USDT)
    begin_to_scan(house)
    house.fund(Asset.ETH, ETHER, book=False)
    house.fund(Asset.USDT, 150 * USDT, book=False)
    house.node.transact(house.tokens.usdt, "setFee(uint256)", 100)
    house.mine()
    house.sweep()
    house.until_settled()
    payment = house.payment()
    assert (payment.state, payment.amount_units) == (PaymentState.SETTLED, 100 * USDT)
    assert_agreed()
    cold = house.balance(Asset.USDT, settings.ETHEREUM_COLD_ADDRESS)
    assert booked("cold", Asset.USDT) == cold == 99 * USDT
    assert booked("hot", Asset.USDT) == house.hot_units(Asset.USDT) == 50 * USDT
    fees = chart.network_fees(Asset.USDT)
    assert movements.balance(fees) == USDT


def asset_of(house: House) -> Asset:
    return Asset.BTC if isinstance(house, BitcoinHouse) else Asset.ETH


def one_of(house: House) -> int:
    """What a coin is here; each is worth about as much."""
    return 100_000 if isinstance(house, BitcoinHouse) else ETHER


def waiting(house: House, *, percent: int) -> Withdrawal:
    """A withdrawal of this much of a coin, which waits for the signer."""
    return approved(house.address(), percent * one_of(house) // 100, asset_of(house))


def begin_to_scan(house: EthereumHouse) -> None:
    house.mine(TO_FINAL)
    assert scan(house.wallet.network).trouble == ""


def in_cold_storage(house: House) -> int:
    if isinstance(house, BitcoinHouse):
        return house.received_now(settings.BITCOIN_COLD_ADDRESS)
    return house.balance(Asset.ETH, settings.ETHEREUM_COLD_ADDRESS)


def on_hot(house: House) -> int:
    return house.hot_sat() if isinstance(house, BitcoinHouse) else house.hot_units(Asset.ETH)
