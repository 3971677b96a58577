"""Blocks that are read twice, as after a restored backup: nothing is written a second time."""

from typing import Any

import pytest
from django.conf import settings as site_settings
from django.db.models import Model

from tests.wallet.deposits.coins import FEE_SAT, capital, moved
from tests.wallet.deposits.payments import own_payment
from tests.wallet.deposits.site import BitcoinSite, EthereumSite, player_with_address, won
from tests.wallet.deposits.test_barred import close_account
from wallet import chart
from wallet.assets import Network
from wallet.keys.signing import DEPOSITS, KeyPath
from wallet.models import (
    Account,
    ChainBlock,
    ChainCursor,
    Deposit,
    DepositEvent,
    Entry,
    MoneyEvent,
    OwnTransfer,
    PaymentKind,
    StrayTransfer,
    Transaction,
    Utxo,
)
from wallet.movements import Movement

pytestmark = pytest.mark.django_db

ETH = 10**18
WRITTEN: tuple[type[Model], ...] = (
    Deposit,
    DepositEvent,
    MoneyEvent,
    Transaction,
    Entry,
    Account,
    Utxo,
    OwnTransfer,
    StrayTransfer,
)


# With what still waits, with the sweep too, and with all.
@pytest.mark.parametrize("blocks", [2, 9, 15])
def test_on_bitcoin(bitcoin: BitcoinSite, blocks: int) -> None:
    player = pay_bitcoin(bitcoin)
    before = written()
    restore_backup(Network.BITCOIN, blocks)
    again = bitcoin.scan_calmly()
    assert (again.blocks, again.decided, again.reversed) == (blocks, 0, 0)
    assert written() == before
    # What still waits is decided once, and what is spent stays spent.
    bitcoin.mine(4)
    bitcoin.scan_calmly()
    assert won(player) == 495_000 + 29_700_000
    assert credits_of(player) == 2


@pytest.mark.parametrize("blocks", [2, 7, 16])
def test_on_ethereum(ethereum: EthereumSite, blocks: int) -> None:
    player = pay_ethereum(ethereum)
    before = written()
    restore_backup(Network.ETHEREUM, blocks)
    again = ethereum.scan_calmly()
    assert (again.blocks, again.decided, again.reversed) == (blocks, 0, 0)
    assert written() == before
    ethereum.mine(8)
    ethereum.scan_calmly()
    assert won(player) == 495_000 + 25 * 1_386 + 14_850_000
    assert credits_of(player) == 3


def pay_bitcoin(bitcoin: BitcoinSite) -> int:
    """Everything that a block of Bitcoin can bring, in 15 blocks; the player."""
    player, address = player_with_address("bitcoin")
    closed, closed_address = player_with_address("bitcoin")
    close_account(closed)
    bitcoin.mine()
    bitcoin.scan_calmly()
    bitcoin.pay(site_settings.BITCOIN_HOT_ADDRESS, 5_000_000)
    bitcoin.pay(site_settings.BITCOIN_COLD_ADDRESS, 8_000_000)
    paid = bitcoin.pay(address, 500_000)
    bitcoin.pay(address, 1_999)
    bitcoin.pay(closed_address, 600_000, depth=6)
    bitcoin.scan_calmly()
    swept = sweep_bitcoin(bitcoin, paid, address)
    replaced = bitcoin.pay(address, 900_000)
    bitcoin.scan()
    away = bitcoin.node.sign_payment(
        bitcoin.node.miner_address, 100_000, fee_sat=20_000, spending=bitcoin.spends(replaced)
    )
    bitcoin.node.broadcast(away.raw)
    bitcoin.mine(7)
    bitcoin.pay(address, 30_000_000, depth=2)
    bitcoin.scan_calmly()
    assert sorted(Deposit.objects.values_list("state", flat=True)) == [
        "confirming",
        "credited",
        "dust",
        "quarantined",
        "replaced",
    ]
    assert (capital("BTC"), won(player)) == (13_000_000, 495_000)
    assert Utxo.objects.get(txid=paid).spent_txid == swept
    return player


def sweep_bitcoin(bitcoin: BitcoinSite, paid: str, address: str) -> str:
    """A deposit into the hot wallet, and what the signer books when it settles."""
    outpoint = bitcoin.outpoint(paid, address)
    hot = site_settings.BITCOIN_HOT_ADDRESS
    txid = moved(bitcoin, outpoint, KeyPath(DEPOSITS, 0), hot)
    payment = own_payment("bitcoin", "BTC", txid, kind=PaymentKind.SWEEP)
    book_sweep(payment.pk, "BTC", 500_000 - FEE_SAT, FEE_SAT)
    return txid


def pay_ethereum(ethereum: EthereumSite) -> int:
    """Everything that a block of Ethereum can bring, in 16 blocks; the player."""
    node, tokens = ethereum.node, ethereum.tokens
    player, address = player_with_address("ethereum")
    closed, closed_address = player_with_address("ethereum")
    close_account(closed)
    ethereum.mine()
    ethereum.scan_calmly()
    hot = site_settings.ETHEREUM_HOT_ADDRESS
    node.send(hot, 3 * ETH)
    node.mint_token(tokens.usdt, hot, 9_000_000)
    node.send(address, ETH // 10)
    node.send(address, 10**15 - 1)
    node.mint_token(tokens.usdt, address, 25_000_000)
    node.transact(tokens.forwarder, "forward(address)", closed_address, value_wei=ETH // 50)
    node.transact(tokens.fake, "pretend(address,address,uint256)", node.accounts[3], address, 7)
    ethereum.mine(9)
    ethereum.scan_calmly()
    sweep_ethereum(ethereum, address)
    ethereum.mine(4)
    node.send(address, 3 * ETH)
    ethereum.mine(2)
    ethereum.scan_calmly()
    assert sorted(Deposit.objects.values_list("state", flat=True)) == [
        "confirming",
        "credited",
        "credited",
        "dust",
        "quarantined",
    ]
    assert (capital("ETH"), capital("USDT")) == (3 * ETH, 9_000_000)
    assert StrayTransfer.objects.count() == 1
    return player


def sweep_ethereum(ethereum: EthereumSite, address: str) -> None:
    """ETH of a deposit into the hot wallet, and what the signer books when it settles."""
    node, amount_wei = ethereum.node, ETH // 20
    node.impersonate(address)
    txid = node.send(site_settings.ETHEREUM_HOT_ADDRESS, amount_wei, sender=address, gas=21_000)
    payment = own_payment("ethereum", "ETH", txid, kind=PaymentKind.SWEEP, sender=address, nonce=0)
    ethereum.mine()
    fee_wei = ethereum.chain.transaction_status(txid).fee
    assert fee_wei is not None
    book_sweep(payment.pk, "ETH", amount_wei, fee_wei)


def book_sweep(payment_id: int, asset: str, amount_units: int, fee_units: int) -> None:
    movement = Movement()
    deposits, hot = chart.custody("deposits", asset), chart.custody("hot", asset)
    movement.moved(asset, amount_units, deposits, hot)
    movement.fee(asset, fee_units, deposits)
    movement.post(payment_id)


def restore_backup(network: str, blocks: int) -> None:
    """The cursor and the headers are those of so many blocks ago."""
    height = ChainCursor.objects.get(network=network).height - blocks
    ChainBlock.objects.filter(network=network, height__gt=height).delete()
    ancestor = ChainBlock.objects.get(network=network, height=height)
    ChainCursor.objects.filter(network=network).update(
        height=height, block_hash=ancestor.block_hash
    )


def written() -> dict[str, list[dict[str, Any]]]:
    """Every column of every row that a scan can write, but for the headers."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in WRITTEN
    }


def credits_of(user_id: int) -> int:
    return Transaction.objects.filter(kind="deposit", meta__user_id=user_id).count()
