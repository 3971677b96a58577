"""Blocks of Ethereum that go away, and payments that come again."""

import pytest

from tests.wallet.deposits.site import EthereumSite, player_with_address, the_deposit, won
from wallet.models import (
    Transaction,
)

pytestmark = pytest.mark.django_db

ETH = 10**18
ONE = 10**6  # a whole USDT or USDC
PLACES_OF_INNER_CALL = "trace:0"


@pytest.fixture
def player(ethereum: EthereumSite) -> tuple[int, str]:
    """A player's number and address."""
    return player_with_address("ethereum")


def test_a_deposit_comes_again_in_another_block_of_a_reorganisation(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    txid = ethereum.node.send(address, ETH // 10)
    ethereum.mine(5)
    ethereum.scan_calmly()
    before = the_deposit(txid=txid)
    raw = ethereum.node.raw_transaction(txid)
    ethereum.node.reorganise(5, [(raw, 2)])
    ethereum.scan_calmly()
    after = the_deposit(txid=txid)
    assert (after.state, after.transaction_id) == ("credited", before.transaction_id)
    assert before.height is not None
    assert after.height == before.height + 2
    assert won(user_id) == 495_000


def test_a_token_comes_again_in_another_block_and_is_credited_once(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    sender = ethereum.node.accounts[1]
    ethereum.node.mint_token(ethereum.tokens.usdt, sender, 100 * ONE)
    ethereum.mine()
    txid = ethereum.node.transfer_token(ethereum.tokens.usdt, address, 25 * ONE, sender=sender)
    ethereum.mine(5)
    ethereum.scan_calmly()
    before = the_deposit(txid=txid)
    raw = ethereum.node.raw_transaction(txid)
    # Another event comes before it in the block: its ordinal within the transaction stays.
    other = ethereum.node.transfer_token(ethereum.tokens.usdt, sender, 0)
    first = ethereum.node.raw_transaction(other)
    ethereum.node.reorganise(5, [(first, 1), (raw, 1)])
    ethereum.scan_calmly()
    after = the_deposit(txid=txid)
    assert before.height is not None
    assert after.height == before.height + 1
    assert (after.state, after.transaction_id) == ("credited", before.transaction_id)
    assert won(user_id) == 25 * 1_386
    assert Transaction.objects.filter(kind__startswith="deposit").count() == 1


def test_a_deposit_that_a_reorganisation_takes_is_reversed_and_may_come_again(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    txid = ethereum.node.send(address, ETH // 10)
    ethereum.mine(5)
    ethereum.scan_calmly()
    raw = ethereum.node.raw_transaction(txid)
    ethereum.node.reorganise(5)
    ethereum.scan_calmly()
    assert the_deposit(txid=txid).state == "reversed"
    assert won(user_id) == 0
    ethereum.node.call("eth_sendRawTransaction", raw)
    ethereum.mine(5)
    ethereum.scan_calmly()
    assert the_deposit(txid=txid).state == "credited"
    assert won(user_id) == 495_000


def test_a_token_deposit_before_its_credit_is_orphaned_by_a_reorganisation(
    ethereum: EthereumSite, player: tuple[int, str]
) -> None:
    user_id, address = player
    ethereum.node.mint_token(ethereum.tokens.usdt, address, 25 * ONE)
    ethereum.mine(2)
    ethereum.scan_calmly()
    ethereum.node.reorganise(2)
    ethereum.mine(9)
    ethereum.scan_calmly()
    assert the_deposit(user_id=user_id).state == "orphaned"
    assert won(user_id) == 0
