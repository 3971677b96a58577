"""Deposits into the hot wallet, its surplus into cold storage: chain and ledger move alike."""

from typing import Any

import pytest
from django.conf import settings

from tests.wallet.deposits.site import set_rates
from tests.wallet.house import make_player
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import booked
from tests.wallet.signer.telling import told
from wallet.addressing import deposit_address
from wallet.assets import Asset, Network
from wallet.deposits import scan
from wallet.invariants import check_ledger
from wallet.models import AssetPolicy, Deposit, DepositState, PaymentKind, PaymentState, Policy
from wallet.policies import asset_policy, policy
from wallet.reconciliation.services import compare
from wallet.signer import sweeping

pytestmark = pytest.mark.django_db

SAFE, FINAL = 5, 9
USDT = 10**6
# Below what is credited.
DUST_SAT, DUST_WEI = 1_500, 5 * 10**14


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)


def rule(asset: str, **units: int) -> None:
    asset_policy(asset)
    AssetPolicy.objects.filter(asset=asset).update(**units)


def kinds(house: Any) -> list[tuple[str, str]]:
    return [(payment.kind, payment.asset) for payment in house.payments()]


def no_float(*assets: str) -> None:
    """The hot wallet may hold anything, and need not hold much."""
    for asset in assets:
        rule(asset, hot_least_units=0, hot_most_units=10**30)


def test_credited_outputs_are_swept_in_one_transaction(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    no_float(Asset.BTC)
    rule(Asset.BTC, sweep_least_units=1_000_000)
    addresses = [
        deposit_address(user_id=make_player(), network=Network.BITCOIN).address for _ in range(3)
    ]
    house.scan()
    for address in addresses[:2]:
        house.node.send(address, 400_000)
    house.mine(6)
    house.sweep()
    assert house.payments() == [], "too little to be worth it"
    house.node.send(addresses[2], 400_000)
    house.node.mine()
    house.sweep()
    assert house.payments() == [], "not credited yet"
    house.mine(6)
    assert booked("deposits", Asset.BTC) == 1_200_000
    house.sweep()
    house.until_settled()
    payment = house.payment()
    assert (payment.kind, payment.state) == (PaymentKind.SWEEP, PaymentState.SETTLED)
    assert payment.inputs.count() == 3
    assert booked("deposits", Asset.BTC) == 0
    assert booked("hot", Asset.BTC) == house.hot_sat() == 1_200_000 - payment.fee_paid_units
    assert sound()


def test_ether_is_swept_but_for_its_gas(ethereum_house: EthereumHouse) -> None:
    house = ethereum_house
    no_float(Asset.ETH)
    address = credited(house, Asset.ETH, ETHER)
    house.sweep()
    house.until_settled()
    payment = house.payment()
    assert (payment.kind, payment.state) == (PaymentKind.SWEEP, PaymentState.SETTLED)
    assert not deposits_of_ours(house)
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH) > ETHER * 99 // 100
    assert booked("deposits", Asset.ETH) == house.balance(Asset.ETH, address)
    assert sound()


@pytest.mark.parametrize("asset", [Asset.USDT, Asset.USDC])
def test_tokens_are_swept_with_gas_that_is_topped_up(
    ethereum_house: EthereumHouse, asset: Asset
) -> None:
    house = ethereum_house
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    address = credited(house, asset, 500 * USDT)
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    house.sweep()
    house.sweep()
    assert kinds(house) == [(PaymentKind.GAS, Asset.ETH)], "one top-up at a time"
    house.until_settled()
    house.sweep()
    house.until_settled()
    assert kinds(house) == [(PaymentKind.GAS, Asset.ETH), (PaymentKind.SWEEP, asset)]
    assert {payment.state for payment in house.payments()} == {PaymentState.SETTLED}
    assert not deposits_of_ours(house), "the gas is no deposit of the player's"
    assert booked("hot", asset) == house.hot_units(asset) == 500 * USDT
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH)
    assert booked("deposits", Asset.ETH) == house.balance(Asset.ETH, address)
    assert booked("deposits", asset) == house.balance(asset, address) == 0
    house.sweep()
    assert len(house.payments()) == 2, "nothing is left that is worth it"
    assert sound()


def test_what_a_token_keeps_for_itself_is_booked_as_a_fee(ethereum_house: EthereumHouse) -> None:
    house = ethereum_house
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    address = credited(house, Asset.USDT, 500 * USDT)
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    house.node.transact(house.tokens.usdt, "setFee(uint256)", 100)
    house.mine()
    for _ in range(2):
        house.sweep()
        house.until_settled()
    assert booked("hot", Asset.USDT) == house.hot_units(Asset.USDT) == 495 * USDT
    assert booked("deposits", Asset.USDT) == house.balance(Asset.USDT, address) == 0
    assert sound()


def test_a_blacklisted_deposit_address_is_left_and_told(ethereum_house: EthereumHouse) -> None:
    house = ethereum_house
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    address = credited(house, Asset.USDT, 500 * USDT)
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    house.node.transact(house.tokens.usdt, "setBlackListed(address,bool)", address, True)
    house.mine()
    house.sweep()
    assert house.payments() == []
    assert told() == {"would_revert"}


@pytest.mark.parametrize("asset", [Asset.ETH, Asset.USDT])
def test_a_deposit_that_is_only_safe_is_not_swept(
    ethereum_house: EthereumHouse, asset: Asset
) -> None:
    """It is credited, but its block can still go, and the sweep with it."""
    house = ethereum_house
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    credited(house, asset, ETHER if asset == Asset.ETH else 500 * USDT, depth=SAFE)
    house.sweep()
    assert house.payments() == []
    house.mine(FINAL - SAFE)
    house.sweep()
    assert len(house.payments()) == 1


def test_the_hot_wallets_surplus_goes_to_the_cold_address(
    bitcoin_house: BitcoinHouse, ethereum_house: EthereumHouse
) -> None:
    rule(Asset.BTC, hot_least_units=1_000_000, hot_most_units=3_000_000)
    rule(Asset.ETH, hot_least_units=ETHER, hot_most_units=3 * ETHER)
    rule(Asset.USDT, hot_least_units=0, hot_most_units=100 * USDT)
    rule(Asset.USDC, hot_least_units=1, hot_most_units=100 * USDT)
    bitcoin_house.fund(10_000_000)
    ethereum_house.fund(Asset.ETH, 10 * ETHER)
    ethereum_house.fund(Asset.USDT, 150 * USDT)
    for house in (bitcoin_house, ethereum_house):
        house.sweep()
        house.sweep()
        house.until_settled()
    cold = settings.ETHEREUM_COLD_ADDRESS
    assert bitcoin_house.received_now(settings.BITCOIN_COLD_ADDRESS) == 8_000_000
    assert ethereum_house.balance(Asset.ETH, cold) == 8 * ETHER
    assert ethereum_house.balance(Asset.USDT, cold) == 100 * USDT
    assert booked("cold", Asset.BTC) == 8_000_000
    assert booked("cold", Asset.ETH) == 8 * ETHER
    assert booked("hot", Asset.BTC) == bitcoin_house.hot_sat()
    assert booked("hot", Asset.ETH) == ethereum_house.hot_units(Asset.ETH)
    assert told() == {"hot_wallet_low"}, "there is no USDC"
    assert sound()


@pytest.mark.parametrize(("fee_rate", "is_swept"), [(2_000, True), (25_000, False)])
def test_a_dust_output_is_swept_with_the_rest_where_it_brings_more_than_it_costs(
    bitcoin_house: BitcoinHouse, fee_rate: int, is_swept: bool
) -> None:
    house = bitcoin_house
    no_float(Asset.BTC)
    house.scan()
    for amount_sat in (1_200_000, DUST_SAT):
        house.node.send(
            deposit_address(user_id=make_player(), network=Network.BITCOIN).address, amount_sat
        )
    house.mine(6)
    states = Deposit.objects.order_by("-amount_units").values_list("state", flat=True)
    assert list(states) == [DepositState.CREDITED, DepositState.DUST]
    house.node.set_fee_rate(fee_rate)
    house.sweep()
    house.until_settled()
    payment = house.payment()
    assert payment.amount_units == 1_200_000 + DUST_SAT * is_swept
    assert (
        booked("hot", Asset.BTC) == house.hot_sat() == payment.amount_units - payment.fee_paid_units
    )
    assert booked("deposits", Asset.BTC) == DUST_SAT * (not is_swept)
    assert_agreed()


def test_dust_of_ether_is_swept_with_the_rest(ethereum_house: EthereumHouse) -> None:
    house = ethereum_house
    no_float(Asset.ETH)
    address = credited(house, Asset.ETH, ETHER)
    house.node.send(address, DUST_WEI)
    house.mine(FINAL)
    assert scan(Network.ETHEREUM).trouble == ""
    assert Deposit.objects.get(amount_units=DUST_WEI).state == DepositState.DUST
    house.sweep()
    house.until_settled()
    assert house.payment().amount_units == ETHER + DUST_WEI
    assert_agreed()
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH)
    assert booked("deposits", Asset.ETH) == house.balance(Asset.ETH, address) < DUST_WEI


def test_addresses_that_cannot_be_swept_keep_no_others_waiting(
    ethereum_house: EthereumHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "MAX_ADDRESSES", 2)
    house = ethereum_house
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    *blacklisted, good = (credited(house, Asset.USDT, 500 * USDT) for _ in range(4))
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    for address in blacklisted:
        house.node.transact(house.tokens.usdt, "setBlackListed(address,bool)", address, True)
    house.mine()
    house.sweep()
    assert house.payments() == []
    house.sweep()
    assert [payment.kind for payment in house.payments()] == [PaymentKind.GAS]
    assert house.payment().outputs.get().address == good


def test_the_kill_switch_stops_sweeps(ethereum_house: EthereumHouse) -> None:
    house = ethereum_house
    credited(house, Asset.ETH, ETHER)
    policy()
    Policy.objects.update(withdrawals_open=False)
    house.sweep()
    assert house.payments() == []


def credited(house: EthereumHouse, asset: Asset, units: int, *, depth: int = FINAL) -> str:
    """A player's address with a deposit that is in the ledger."""
    address = deposit_address(user_id=make_player(), network=Network.ETHEREUM).address
    house.mine(FINAL)
    assert scan(Network.ETHEREUM).trouble == ""
    if asset == Asset.ETH:
        house.node.send(address, units)
    else:
        house.node.mint_token(house.contract(asset), address, units)
    house.mine(depth)
    assert scan(Network.ETHEREUM).trouble == ""
    assert Deposit.objects.get(address__address=address).state == DepositState.CREDITED
    return address


def deposits_of_ours(house: EthereumHouse) -> bool:
    """Does the scanner take our own payments for a player's?"""
    house.mine(FINAL)
    assert scan(Network.ETHEREUM).trouble == ""
    return Deposit.objects.count() > 1


def sound() -> bool:
    return not [line for check in check_ledger() for line in check.discrepancies]


def assert_agreed() -> None:
    """The chain has what the ledger has."""
    findings = compare()
    assert findings.unproven == []
    assert findings.differences == []
    assert sound()
