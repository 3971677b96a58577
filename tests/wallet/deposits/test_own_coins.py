"""The operator's coins, payments of our own, and coins that strangers move."""

import pytest
from django.conf import settings as site_settings
from pytest_django import Settings

from tests.wallet.deposits.coins import FEE_SAT, capital, custody, moved
from tests.wallet.deposits.payments import own_payment
from tests.wallet.deposits.site import (
    BitcoinSite,
    EthereumSite,
    make_staff,
    player_with_address,
    the_deposit,
    won,
)
from wallet import chart
from wallet.deposits import credit_from_quarantine
from wallet.deposits.errors import MayNotDecide
from wallet.keys.signing import DEPOSITS, HOT, KeyPath
from wallet.models import (
    Deposit,
    MoneyEvent,
    OwnTransfer,
    PaymentKind,
    Transaction,
    Utxo,
)
from wallet.movements import Movement
from wallet.policies import policy

pytestmark = pytest.mark.django_db

ETH = 10**18


def test_coins_for_the_hot_wallet_are_capital_once_they_are_final(bitcoin: BitcoinSite) -> None:
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


def test_capital_goes_and_comes_with_its_block(bitcoin: BitcoinSite) -> None:
    txid = bitcoin.pay(site_settings.BITCOIN_HOT_ADDRESS, 5_000_000, depth=6)
    raw = bitcoin.node.raw_transaction(txid)
    bitcoin.scan_calmly()
    bitcoin.branch(6)
    for _ in range(2):
        bitcoin.scan_calmly()
    assert (capital("BTC"), Utxo.objects.get().height) == (0, None)
    alert = MoneyEvent.objects.get(kind="alert.capital_reorganised")
    assert (alert.subject, alert.payload) == (txid, {"amount_units": "5000000"})
    bitcoin.branch(7, raw)
    bitcoin.scan_calmly()
    assert capital("BTC") == 5_000_000
    keys = Transaction.objects.filter(kind="capital").values_list("key", flat=True)
    assert len(set(keys)) == 2


def test_a_sweep_of_ours_is_no_capital_and_marks_its_inputs(bitcoin: BitcoinSite) -> None:
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


def test_a_spend_is_forgotten_with_its_block(bitcoin: BitcoinSite) -> None:
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


@pytest.mark.parametrize(
    ("account", "place"), [(DEPOSITS, "deposit addresses"), (HOT, "hot wallet")]
)
def test_a_spend_that_is_not_ours_stops_withdrawals(
    bitcoin: BitcoinSite, account: int, place: str
) -> None:
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
    rules = policy()
    assert not rules.withdrawals_open
    assert f"spent {outpoint} of the {place}: {txid}" in rules.stopped_reason


@pytest.mark.parametrize("account", [DEPOSITS, HOT])
@pytest.mark.parametrize("asset", ["ETH", "USDT"])
def test_a_transaction_from_our_ethereum_address_that_is_not_ours_stops_withdrawals(
    ethereum: EthereumSite, account: int, asset: str
) -> None:
    _, deposit_address = player_with_address("ethereum")
    sender = site_settings.ETHEREUM_HOT_ADDRESS if account == HOT else deposit_address
    node = ethereum.node
    ethereum.scan_calmly()
    node.fund(sender, ETH)
    node.impersonate(sender)
    if asset == "ETH":
        txid = node.send(node.accounts[5], ETH // 2, sender=sender)
    else:
        txid = node.transfer_token(ethereum.tokens.usdt, node.accounts[5], 0, sender=sender)
    ethereum.mine()
    for _ in range(2):
        assert ethereum.scan().trouble == ""
    alert = MoneyEvent.objects.get(kind="alert.unknown_spend")
    assert (alert.subject, alert.payload["from"]) == (txid, sender)
    assert not policy().withdrawals_open
    assert policy().stopped_reason.endswith(f"from {sender} on ethereum: {txid}")


def test_our_own_coins_at_a_players_address_are_quarantined(bitcoin: BitcoinSite) -> None:
    player, address = player_with_address("bitcoin")
    hot = site_settings.BITCOIN_HOT_ADDRESS
    paid = bitcoin.pay(hot, 500_000, depth=6)
    bitcoin.scan_calmly()
    moved(bitcoin, bitcoin.outpoint(paid, hot), KeyPath(HOT, 0), address)
    bitcoin.mine()
    bitcoin.scan()
    deposit = the_deposit(user_id=player)
    assert (deposit.state, deposit.reason) == ("quarantined", "from_own_address")
    # In another block it is held for the same reason: one alone does not credit it.
    bitcoin.branch(1, bitcoin.node.raw_transaction(deposit.txid))
    bitcoin.scan()
    after = the_deposit(user_id=player)
    assert after.block_hash != deposit.block_hash
    assert (after.state, after.reason) == ("quarantined", "from_own_address")
    with pytest.raises(MayNotDecide):
        credit_from_quarantine(deposit_id=after.pk, staff=make_staff())


def test_eth_and_tokens_for_the_hot_wallet_are_capital_when_finalized(
    ethereum: EthereumSite,
) -> None:
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


def test_a_transfer_of_ours_to_the_hot_wallet_is_no_capital(ethereum: EthereumSite) -> None:
    txid = ethereum.node.send(site_settings.ETHEREUM_HOT_ADDRESS, ETH)
    own_payment("ethereum", "ETH", txid, kind=PaymentKind.SWEEP, nonce=0)
    ethereum.mine(9)
    assert ethereum.scan().trouble == ""
    assert (capital("ETH"), OwnTransfer.objects.count()) == (0, 0)


@pytest.mark.parametrize("place", ["hot", "cold"])
@pytest.mark.parametrize("sender", ["stranger", "hot", "cold"])
def test_an_event_of_an_unknown_contract_is_no_capital(
    ethereum: EthereumSite, settings: Settings, place: str, sender: str
) -> None:
    """Nor does one that names us as its sender stop withdrawals: anybody can write such events."""
    cold = settings.ETHEREUM_COLD_ADDRESS = ethereum.node.accounts[9]
    names = {
        "stranger": ethereum.node.accounts[5],
        "hot": settings.ETHEREUM_HOT_ADDRESS,
        "cold": cold,
    }
    ethereum.mine(9)
    ethereum.scan_calmly()
    before = Transaction.objects.count()
    for amount in (1_000_000, 2**255):
        ethereum.node.transact(
            ethereum.tokens.fake,
            "pretend(address,address,uint256)",
            names[sender],
            names[place],
            amount,
        )
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert (OwnTransfer.objects.count(), Transaction.objects.count()) == (0, before)
    assert [capital(asset) for asset in ("USDT", "USDC")] == [0, 0]
    assert [custody(at, asset) for at in ("hot", "cold") for asset in ("USDT", "USDC")] == [0] * 4
    assert policy().withdrawals_open


@pytest.mark.parametrize("asset", ["USDT", "USDC"])
def test_an_event_of_an_unknown_contract_beside_a_real_payment_is_no_capital(
    ethereum: EthereumSite, asset: str
) -> None:
    """One transaction has both, so its receipt is read."""
    node, fake, hot = ethereum.node, ethereum.tokens.fake, site_settings.ETHEREUM_HOT_ADDRESS
    token = ethereum.tokens.usdt if asset == "USDT" else ethereum.tokens.usdc
    ethereum.scan_calmly()
    node.mint_token(token, fake, 5_000_000)
    node.mine()
    signature = "payAndPretend(address,address,uint256,uint256)"
    node.transact(fake, signature, token, hot, 5_000_000, 9_000_000)
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert OwnTransfer.objects.get().amount_units == 5_000_000
    assert (capital(asset), custody("hot", asset)) == (5_000_000, 5_000_000)
