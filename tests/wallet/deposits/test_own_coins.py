"""The operator's coins, payments of our own, and coins that strangers move."""

import pytest
from django.conf import settings as site_settings

from tests.wallet.deposits.conftest import COLD
from tests.wallet.deposits.payments import own_payment
from tests.wallet.deposits.site import player_with_address, the_deposit, won
from wallet import chart, movements
from wallet.keys.bitcoin_signer import BitcoinInput, BitcoinOutput, BitcoinSigner
from wallet.keys.signing import DEPOSITS, HOT, KeyPath
from wallet.models import (
    Deposit,
    MoneyEvent,
    OwnTransfer,
    PaymentKind,
    PaymentState,
    Transaction,
    Utxo,
)
from wallet.movements import Movement

pytestmark = pytest.mark.django_db

ETH = 10**18
FEE_SAT = 1_000


def capital(asset):
    return movements.balance(chart.capital(asset))


def custody(place, asset):
    return movements.balance(chart.custody(place, asset))


def moved(bitcoin, row, key, address):
    """All of an output of ours to an address, signed and sent by hand."""
    signer = BitcoinSigner(bitcoin.keys)
    script = bitcoin.script_of(address)
    signed = signer.sign(
        [BitcoinInput(row, signer.script(key), bitcoin.value(row), key)],
        [BitcoinOutput(script, bitcoin.value(row) - FEE_SAT)],
        max_fee_sat=FEE_SAT,
    )
    bitcoin.node.broadcast(signed.raw)
    return signed.txid


def test_coins_for_the_hot_wallet_are_capital_once_they_are_final(bitcoin):
    bitcoin.pay(site_settings.BITCOIN_HOT_ADDRESS, 5_000_000, depth=5)
    bitcoin.scan_calmly()
    assert (capital("BTC"), custody("hot", "BTC")) == (0, 0)
    row = Utxo.objects.get()
    assert (row.amount_sat, row.deposit_address, row.spent_txid) == (5_000_000, None, "")
    bitcoin.mine()
    bitcoin.scan_calmly()
    bitcoin.scan_calmly()
    assert (capital("BTC"), custody("hot", "BTC")) == (5_000_000, 5_000_000)
    assert not Deposit.objects.exists()


def test_capital_goes_and_comes_with_its_block(bitcoin):
    txid = bitcoin.pay(site_settings.BITCOIN_HOT_ADDRESS, 5_000_000, depth=6)
    raw = bitcoin.node.raw_transaction(txid)
    bitcoin.scan_calmly()
    bitcoin.branch(6)
    bitcoin.scan_calmly()
    assert (capital("BTC"), Utxo.objects.get().height) == (0, None)
    bitcoin.branch(7, raw)
    bitcoin.scan_calmly()
    assert capital("BTC") == 5_000_000
    keys = Transaction.objects.filter(kind="capital").values_list("key", flat=True)
    assert len(set(keys)) == 2


def test_cold_storage_is_followed_output_by_output(bitcoin):
    cold = site_settings.BITCOIN_COLD_ADDRESS
    txid = bitcoin.pay(cold, 8_000_000, depth=6)
    bitcoin.scan_calmly()
    assert (capital("BTC"), custody("cold", "BTC")) == (8_000_000, 8_000_000)
    assert not Utxo.objects.exists()
    # The operator takes it out, half of it back.
    signer = BitcoinSigner(bitcoin.keys)
    key = KeyPath(COLD, 0)
    outpoint = bitcoin.outpoint(txid, cold)
    signed = signer.sign(
        [BitcoinInput(outpoint, signer.script(key), 8_000_000, key)],
        [
            BitcoinOutput(bitcoin.node.miner_script, 3_999_000),
            BitcoinOutput(signer.script(key), 4_000_000),
        ],
        max_fee_sat=FEE_SAT,
    )
    bitcoin.node.broadcast(signed.raw)
    bitcoin.mine()
    bitcoin.scan_calmly()
    assert MoneyEvent.objects.filter(kind="alert.left_cold_storage").count() == 1
    bitcoin.mine(5)
    bitcoin.scan_calmly()
    assert (capital("BTC"), custody("cold", "BTC")) == (4_000_000, 4_000_000)


def test_a_sweep_of_ours_is_no_capital_and_marks_its_inputs(bitcoin):
    player, address = player_with_address("bitcoin")
    deposit = bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    outpoint = bitcoin.outpoint(deposit, address)
    hot = site_settings.BITCOIN_HOT_ADDRESS
    txid = moved(bitcoin, outpoint, KeyPath(DEPOSITS, 0), hot)
    payment = own_payment("bitcoin", "BTC", txid, kind=PaymentKind.SWEEP)
    bitcoin.mine(6)
    assert bitcoin.scan().trouble == ""
    swept, arrived = Utxo.objects.order_by("id")
    assert (swept.spent_txid, swept.spent_height) == (txid, arrived.height)
    assert (arrived.txid, arrived.amount_sat) == (txid, 499_000)
    assert (capital("BTC"), OwnTransfer.objects.count(), Deposit.objects.count()) == (0, 0, 1)
    assert not MoneyEvent.objects.filter(kind__startswith="alert").exists()
    # What the signer books when it settles.
    movement = Movement()
    movement.moved("BTC", 499_000, chart.custody("deposits", "BTC"), chart.custody("hot", "BTC"))
    movement.fee("BTC", FEE_SAT, chart.custody("deposits", "BTC"))
    movement.post(payment.pk)
    bitcoin.check()
    assert won(player) == 495_000


def test_a_spend_is_forgotten_with_its_block(bitcoin):
    _, address = player_with_address("bitcoin")
    deposit = bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    outpoint = bitcoin.outpoint(deposit, address)
    txid = moved(bitcoin, outpoint, KeyPath(DEPOSITS, 0), site_settings.BITCOIN_HOT_ADDRESS)
    own_payment("bitcoin", "BTC", txid, kind=PaymentKind.SWEEP)
    bitcoin.mine()
    bitcoin.scan()
    bitcoin.branch(1)
    bitcoin.node.drop_transaction(txid)
    bitcoin.scan_calmly()
    assert Utxo.objects.get(txid=deposit).spent_txid == ""
    assert Utxo.objects.get(txid=txid).height is None


@pytest.mark.parametrize("account", [DEPOSITS, HOT])
def test_a_spend_that_is_not_ours_alarms_staff(bitcoin, account):
    _, deposit_address = player_with_address("bitcoin")
    hot = site_settings.BITCOIN_HOT_ADDRESS
    address = hot if account == HOT else deposit_address
    paid = bitcoin.pay(address, 500_000, depth=6)
    bitcoin.scan_calmly()
    outpoint = bitcoin.outpoint(paid, address)
    txid = moved(bitcoin, outpoint, KeyPath(account, 0), bitcoin.node.miner_address)
    bitcoin.mine()
    bitcoin.scan()
    alert = MoneyEvent.objects.get(kind="alert.unknown_spend")
    assert (alert.subject, alert.payload["amount_sat"]) == (txid, "500000")


def test_our_own_coins_at_a_players_address_are_quarantined(bitcoin):
    player, address = player_with_address("bitcoin")
    hot = site_settings.BITCOIN_HOT_ADDRESS
    paid = bitcoin.pay(hot, 500_000, depth=6)
    bitcoin.scan_calmly()
    moved(bitcoin, bitcoin.outpoint(paid, hot), KeyPath(HOT, 0), address)
    bitcoin.mine()
    bitcoin.scan()
    deposit = the_deposit(user_id=player)
    assert (deposit.state, deposit.reason) == ("quarantined", "from_own_address")


def test_eth_and_tokens_for_the_hot_wallet_are_capital_when_finalized(ethereum):
    hot = site_settings.ETHEREUM_HOT_ADDRESS
    ethereum.node.send(hot, 3 * ETH)
    ethereum.node.mint_token(ethereum.tokens.usdt, hot, 9_000_000)
    ethereum.mine(8)
    ethereum.scan_calmly()
    assert (capital("ETH"), capital("USDT")) == (0, 0)
    ethereum.mine()
    ethereum.scan_calmly()
    assert (custody("hot", "ETH"), custody("hot", "USDT")) == (3 * ETH, 9_000_000)
    assert (capital("ETH"), capital("USDT")) == (3 * ETH, 9_000_000)


def test_cold_storage_on_ethereum_follows_its_final_balance(ethereum, settings):
    cold = ethereum.node.accounts[9]
    settings.ETHEREUM_COLD_ADDRESS = cold
    ethereum.mine(9)
    ethereum.scan_calmly()
    before = ethereum.chain.balance_wei(cold)
    assert custody("cold", "ETH") == before
    ethereum.node.send(ethereum.node.accounts[8], ETH, sender=cold)
    ethereum.mine()
    assert ethereum.scan().trouble == ""
    assert custody("cold", "ETH") == before
    ethereum.mine(8)
    ethereum.scan_calmly()
    assert custody("cold", "ETH") == ethereum.chain.balance_wei(cold) < before - ETH
    assert MoneyEvent.objects.filter(kind="alert.left_cold_storage").count() == 1


@pytest.mark.parametrize(
    ("state", "height"), [(PaymentState.BROADCAST, None), (PaymentState.SETTLED, 10**9)]
)
def test_a_payment_to_cold_storage_on_its_way_is_not_taken_for_capital(
    ethereum, settings, state, height
):
    settings.ETHEREUM_COLD_ADDRESS = ethereum.node.accounts[9]
    payment = own_payment(
        "ethereum", "ETH", "0x" + "11" * 32, kind=PaymentKind.COLD, nonce=0, state=state
    )
    payment.height = height
    payment.save(update_fields=["height"])
    ethereum.mine(9)
    assert ethereum.scan().trouble == ""
    assert custody("cold", "ETH") == 0


def test_a_transfer_of_ours_to_the_hot_wallet_is_no_capital(ethereum):
    txid = ethereum.node.send(site_settings.ETHEREUM_HOT_ADDRESS, ETH)
    own_payment("ethereum", "ETH", txid, kind=PaymentKind.SWEEP, nonce=0)
    ethereum.mine(9)
    assert ethereum.scan().trouble == ""
    assert (capital("ETH"), OwnTransfer.objects.count()) == (0, 0)
