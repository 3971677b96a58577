"""Sweeps that come to nothing: the coins are booked where they are, and what is left is swept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.wallet.deposits.site import set_rates
from tests.wallet.house import make_player
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, TO_FINAL, EthereumHouse
from tests.wallet.signer.house import booked
from tests.wallet.signer.telling import told
from tests.wallet.signer.test_sweeping import USDT, assert_agreed, credited, no_float, rule, sound
from wallet.addressing import deposit_address
from wallet.assets import Asset, Network
from wallet.chains.types import Outpoint
from wallet.deposits import scan
from wallet.keys.bitcoin_signer import BitcoinInput, BitcoinOutput, BitcoinSigner
from wallet.keys.signing import bitcoin_keys
from wallet.models import Payment, PaymentAttempt, PaymentKind, PaymentState, Policy, Utxo
from wallet.policies import asset_policy, policy
from wallet.reconciliation.services import compare
from wallet.signer.wallets import deposit_key

pytestmark = pytest.mark.django_db

GWEI = 10**9
LATER = timedelta(hours=2)


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)


def test_a_sweep_that_is_reverted_costs_its_gas_and_moves_nothing(
    ethereum_house: EthereumHouse,
) -> None:
    """The deposit address is blacklisted after the sweep was sent."""
    house = ethereum_house
    address, sweep = sent_sweep(house, Asset.USDT)
    gas = house.balance(Asset.ETH, address)
    blacklist(house, address, listed=True)
    house.until_settled()
    sweep.refresh_from_db()
    assert (sweep.state, sweep.reason) == (PaymentState.FAILED, "reverted")
    assert sweep.transaction is not None
    assert compare().differences == []
    assert booked("deposits", Asset.ETH) == house.balance(Asset.ETH, address)
    assert booked("deposits", Asset.ETH) == gas - (sweep.fee_paid_units or 0) < gas
    assert booked("deposits", Asset.USDT) == house.balance(Asset.USDT, address) == 500 * USDT
    assert booked("hot", Asset.USDT) == 0
    assert told() == {"reverted"}
    house.sweep()
    assert house.payments()[-1] == sweep, "not while it would be refused"
    blacklist(house, address, listed=False)
    house.mine()
    sweep_what_is_left(house)
    assert booked("hot", Asset.USDT) == house.hot_units(Asset.USDT) == 500 * USDT
    assert booked("deposits", Asset.USDT) == 0
    assert compare().differences == []
    assert sound()


@pytest.mark.parametrize("asset", [Asset.ETH, Asset.USDT])
def test_a_deposit_addresss_nonce_that_is_used_elsewhere_ends_its_sweep(
    ethereum_house: EthereumHouse, asset: Asset
) -> None:
    """Somebody else has the key, and takes two fifths."""
    house = ethereum_house
    address, sweep = sent_sweep(house, asset)
    units, stolen = (ETHER, 4 * ETHER // 10) if asset == Asset.ETH else (500 * USDT, 200 * USDT)
    wei = house.balance(Asset.ETH, address)
    steal(house, sweep, stolen)
    house.mine(2)
    house.pay()
    sweep.refresh_from_db()
    assert sweep.state == PaymentState.BROADCAST, "not before the block is final"
    house.mine(TO_FINAL)
    assert scan(Network.ETHEREUM).trouble == ""
    house.pay()
    sweep.refresh_from_db()
    assert (sweep.state, sweep.transaction) == (PaymentState.SUPERSEDED, None)
    assert {"nonce_taken", "unknown_spend"} <= told()
    lost_wei = wei - house.balance(Asset.ETH, address)
    house.sweep()
    assert house.payments()[-1] == sweep, "not before a person has looked"
    reopen()
    sweep_what_is_left(house)
    assert booked("hot", asset) == house.hot_units(asset) > (units - stolen) * 99 // 100
    # What the stranger took is in the books until staff write it off; so is the gas of it.
    assert booked("deposits", asset) - house.balance(asset, address) == (
        lost_wei if asset == Asset.ETH else stolen
    )
    assert booked("deposits", Asset.ETH) - house.balance(Asset.ETH, address) == lost_wei
    assert sound()


def test_an_output_that_is_spent_elsewhere_ends_its_sweep(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    kept, stolen = sent_bitcoin_sweep(house)
    sweep = house.payment()
    spend_elsewhere(house, stolen)
    for _ in range(5):
        house.pay()
        assert house.payment().state == PaymentState.BROADCAST, "not before six blocks"
        house.mine()
    house.pay()
    sweep.refresh_from_db()
    assert (sweep.state, sweep.transaction) == (PaymentState.SUPERSEDED, None)
    assert {"input_taken", "unknown_spend"} <= told()
    house.sweep()
    house.until_settled()
    again = house.payments()[-1]
    assert again.amount_units == kept.amount_sat
    assert booked("hot", Asset.BTC) == house.hot_sat() == kept.amount_sat - again.fee_paid_units
    assert_only_missing(stolen)


def test_a_replacement_without_what_was_spent_elsewhere_books_what_it_moved(
    bitcoin_house: BitcoinHouse,
) -> None:
    house = bitcoin_house
    kept, stolen = sent_bitcoin_sweep(house)
    spend_elsewhere(house, stolen)
    house.pay(now=timezone.now() + LATER)
    _, second = house.attempts()
    assert house.node.mempool_txids() == [second.txid]
    house.until_settled()
    payment = house.payment()
    assert (payment.state, payment.fee_paid_units) == (PaymentState.SETTLED, second.fee_units)
    assert booked("hot", Asset.BTC) == house.hot_sat() == kept.amount_sat - second.fee_units
    assert_only_missing(stolen)


@pytest.mark.parametrize("network", ["bitcoin", "ethereum"])
def test_a_sweep_whose_fee_is_above_the_cap_waits_for_lower_fees(
    request: pytest.FixtureRequest, network: str
) -> None:
    house: BitcoinHouse | EthereumHouse = request.getfixturevalue(f"{network}_house")
    no_float(*Asset)
    if isinstance(house, BitcoinHouse):
        asset = Asset.BTC
        house.scan()
        player = make_player()
        house.node.send(deposit_address(user_id=player, network=Network.BITCOIN).address, 1_200_000)
        house.mine(6)
    else:
        asset = Asset.ETH
        credited(house, asset, ETHER)
    cap = asset_policy(asset).fee_cap_units
    rule(asset, fee_cap_units=50)
    house.sweep()
    assert {payment.state for payment in house.payments()} <= {PaymentState.DROPPED}
    assert not PaymentAttempt.objects.exists()
    assert told() == {"fee_above_cap"}
    rule(asset, fee_cap_units=cap)
    house.sweep()
    house.until_settled()
    assert house.payments()[-1].state == PaymentState.SETTLED
    assert_agreed()


def sent_sweep(house: EthereumHouse, asset: Asset) -> tuple[str, Payment]:
    """A deposit address, and its sweep that waits for a block."""
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    address = credited(house, asset, ETHER if asset == Asset.ETH else 500 * USDT)
    if asset != Asset.ETH:
        house.fund(Asset.ETH, 10 * ETHER, book=False)
        house.sweep()
        house.until_settled()
    house.sweep()
    sweep = house.payments()[-1]
    assert (sweep.kind, sweep.state) == (PaymentKind.SWEEP, PaymentState.BROADCAST)
    return address, sweep


def sweep_what_is_left(house: EthereumHouse) -> None:
    """For a token a top-up may come first; then there is nothing more to do."""
    for _ in range(2):
        house.sweep()
        house.until_settled()
    last = house.payments()[-1]
    assert (last.kind, last.state) == (PaymentKind.SWEEP, PaymentState.SETTLED)
    house.sweep()
    assert house.payments()[-1] == last


def blacklist(house: EthereumHouse, address: str, *, listed: bool) -> None:
    """Into the next block before everything that waits: the tip is high."""
    house.node.transact(
        house.tokens.usdt,
        "setBlackListed(address,bool)",
        address,
        listed,
        priority_fee_wei=500 * GWEI,
        max_fee_wei=1_000 * GWEI,
    )


def steal(house: EthereumHouse, sweep: Payment, units: int) -> None:
    """With the sweep's own nonce, and fees that its address can pay."""
    attempt = sweep.attempts.get()
    house.node.drop_transaction(attempt.txid)
    house.node.impersonate(sweep.from_address)
    options = {
        "sender": sweep.from_address,
        "nonce": sweep.nonce,
        "gas": attempt.gas_limit,
        "max_fee_wei": attempt.fee_rate,
        "priority_fee_wei": attempt.tip_rate,
    }
    if sweep.asset == Asset.ETH:
        house.node.send(house.address(), units, **options)
    else:
        house.node.transfer_token(house.contract(sweep.asset), house.address(), units, **options)


def reopen() -> None:
    """The scanner has stopped withdrawals; a person has looked and opens them again."""
    assert policy().stopped_reason.startswith("no payment of ours")
    Policy.objects.update(withdrawals_open=True, stopped_reason="")


def sent_bitcoin_sweep(house: BitcoinHouse) -> tuple[Utxo, Utxo]:
    """Both outputs of a sweep that waits for a block."""
    no_float(Asset.BTC)
    house.scan()
    for amount_sat in (1_200_000, 500_000):
        player = make_player()
        house.node.send(
            deposit_address(user_id=player, network=Network.BITCOIN).address, amount_sat
        )
    house.mine(6)
    house.sweep()
    larger, smaller = house.payment().inputs.order_by("-amount_sat")
    return larger, smaller


def spend_elsewhere(house: BitcoinHouse, row: Utxo) -> None:
    """An output at a deposit address in a transaction of somebody else, in a block."""
    assert row.deposit_address is not None
    spent = BitcoinInput(
        Outpoint(row.txid, row.vout), row.script, row.amount_sat, deposit_key(row.deposit_address)
    )
    signer = BitcoinSigner(bitcoin_keys(house.seed, house.node.network))
    target = BitcoinOutput(house.wallet.script_of(house.address()), row.amount_sat - 500)
    stolen = signer.sign([spent], [target], max_fee_sat=500)
    house.node.mine_on(house.node.tip(), 1, raw=[stolen.raw])
    house.scan()
    reopen()


def assert_only_missing(stolen: Utxo) -> None:
    """What the stranger took is in the books until staff write it off, and is named as missing."""
    assert booked("deposits", Asset.BTC) == stolen.amount_sat
    (missing,) = compare().differences
    assert (missing.place, missing.where) == ("deposits", str(stolen))
    assert (missing.ledger_units, missing.chain_units) == (stolen.amount_sat, 0)
    assert sound()
