"""Which payments of a real block count, and as what."""

import pytest

from tests.wallet.chains.addresses import PLAYER, STRANGER
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import Asset, IncomingTransfer
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens


def mined(node: EthereumNode, chain: EthereumChain) -> tuple[IncomingTransfer, ...]:
    node.mine()
    return chain.block_transfers(chain.tip(), [PLAYER])


def test_ether_that_is_sent_counts_by_its_transaction(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain
) -> None:
    txid = ethereum_node.send(PLAYER, 2**63 + 1)
    ethereum_node.send(STRANGER, 5)
    (transfer,) = mined(ethereum_node, ethereum_chain)
    assert transfer == IncomingTransfer(
        Asset.ETH,
        txid,
        "trace:",
        PLAYER,
        2**63 + 1,
        ethereum_chain.tip(),
        sender=ethereum_node.accounts[0],
    )


def test_ether_through_a_contract_counts_by_its_call(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    ethereum_node.transact(tokens.forwarder, "forward(address)", PLAYER, value_wei=7)
    ethereum_node.transact(
        tokens.forwarder, "forwardToMany(address[])", [STRANGER, PLAYER, PLAYER], value_wei=9
    )
    found = mined(ethereum_node, ethereum_chain)
    assert [(each.place, each.amount) for each in found] == [
        ("trace:0", 7),
        ("trace:1", 3),
        ("trace:2", 3),
    ]
    assert all(each.sender == tokens.forwarder for each in found)


def test_ether_of_a_contract_that_destroys_itself_counts(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    ethereum_node.transact(tokens.forwarder, "destroyInto(address)", PLAYER, value_wei=7)
    (transfer,) = mined(ethereum_node, ethereum_chain)
    assert (transfer.amount, transfer.place) == (7, "trace:0.0")
    assert ethereum_chain.balance_wei(PLAYER) == 7


@pytest.mark.parametrize("call", ["forwardAndUndo(address)", "delegate(address)"])
def test_ether_that_does_not_move_does_not_count(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens, call: str
) -> None:
    txid = ethereum_node.transact(tokens.forwarder, call, PLAYER, value_wei=7)
    assert mined(ethereum_node, ethereum_chain) == ()
    receipt = ethereum_chain.receipt(txid)
    assert receipt is not None
    assert receipt.succeeded
    assert ethereum_chain.balance_wei(PLAYER) == 0


def test_a_failed_transaction_pays_nothing(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    txid = ethereum_node.transact(tokens.forwarder, "payAndRevert(address)", PLAYER, value_wei=7)
    assert mined(ethereum_node, ethereum_chain) == ()
    receipt = ethereum_chain.receipt(txid)
    assert receipt is not None
    assert not receipt.succeeded


def test_nothing_is_no_payment(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    ethereum_node.send(PLAYER, 0)
    ethereum_node.mint_token(tokens.usdc, PLAYER, 0)
    assert mined(ethereum_node, ethereum_chain) == ()


def test_tokens_count_by_their_event(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    payer = ethereum_node.accounts[0]
    ethereum_node.mint_token(tokens.usdt, payer, 10_000_000)
    ethereum_node.mint_token(tokens.usdc, payer, 10_000_000)
    ethereum_node.mine()
    usdt = ethereum_node.transfer_token(tokens.usdt, PLAYER, 1_000_000)
    usdc = ethereum_node.transfer_token(tokens.usdc, PLAYER, 2_000_000)
    assert [
        (each.asset, each.txid, each.place, each.amount, each.sender)
        for each in mined(ethereum_node, ethereum_chain)
    ] == [
        (Asset.USDT, usdt, "log:0", 1_000_000, payer),
        (Asset.USDC, usdc, "log:0", 2_000_000, payer),
    ]


def test_an_event_of_a_contract_that_is_not_listed_is_nothing(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    ethereum_node.transact(
        tokens.fake, "pretend(address,address,uint256)", STRANGER, PLAYER, 5_000_000
    )
    assert mined(ethereum_node, ethereum_chain) == ()


def test_a_fee_on_the_way_is_not_counted(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    payer = ethereum_node.accounts[1]
    ethereum_node.mint_token(tokens.usdt, payer, 1_000_000)
    ethereum_node.transact(tokens.usdt, "setFee(uint256)", 100)
    ethereum_node.mine()
    ethereum_node.transfer_token(tokens.usdt, PLAYER, 1_000_000, sender=payer)
    (transfer,) = mined(ethereum_node, ethereum_chain)
    assert transfer.amount == 990_000 == ethereum_chain.token_balance(Asset.USDT, PLAYER)


def test_a_refused_token_transfer_is_nothing(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    payer = ethereum_node.accounts[1]
    ethereum_node.mint_token(tokens.usdt, payer, 1_000_000)
    ethereum_node.transact(tokens.usdt, "setBlackListed(address,bool)", payer, True)
    ethereum_node.mine()
    ethereum_node.transfer_token(tokens.usdt, PLAYER, 1_000_000, sender=payer)
    assert mined(ethereum_node, ethereum_chain) == ()


def test_recipients_are_answered_as_they_were_asked(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain
) -> None:
    ethereum_node.send(PLAYER, 5)
    ethereum_node.mine()
    (transfer,) = ethereum_chain.block_transfers(ethereum_chain.tip(), [PLAYER.lower()])
    assert transfer.recipient == PLAYER.lower()
