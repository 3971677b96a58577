"""Two providers of the same chain."""

from typing import Any

import pytest

from tests.support.lying_node import LyingNode, Refusal
from tests.wallet.chains.addresses import ADDRESS, PLAYER, SCRIPT, STRANGER
from tests.wallet.chains.paid import changed_action, paid_block
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.compare import require_same_block, require_same_transfers
from wallet.chains.errors import (
    NodeBehind,
    NodesDisagree,
)
from wallet.chains.ethereum import EthereumChain
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens


def test_two_providers_that_tell_the_same_agree(
    bitcoin_node: BitcoinNode, bitcoin_chain: BitcoinChain, bitcoin: BitcoinChain
) -> None:
    bitcoin_node.send(ADDRESS, 5_000)
    bitcoin_node.mine()
    block = bitcoin_chain.tip()
    transfers = bitcoin_chain.block_transfers(block, {SCRIPT})
    assert len(transfers) == 1
    require_same_transfers(bitcoin, block, transfers)


def test_a_second_provider_on_another_fork_disagrees(
    bitcoin_node: BitcoinNode,
    bitcoin_chain: BitcoinChain,
    bitcoin_liar: LyingNode,
    bitcoin: BitcoinChain,
) -> None:
    root = bitcoin_node.tip()
    bitcoin_node.mine()
    block = bitcoin_chain.tip()
    bitcoin_node.mine_on(root, 2)
    with pytest.raises(NodesDisagree):
        require_same_block(bitcoin, block)


def test_a_second_provider_that_lags_is_waited_for(
    bitcoin_node: BitcoinNode,
    bitcoin_chain: BitcoinChain,
    bitcoin_liar: LyingNode,
    bitcoin: BitcoinChain,
) -> None:
    def above_the_tip(*_: Any) -> None:
        raise Refusal({"code": -8, "message": "Block height out of range"})

    bitcoin_node.mine()
    bitcoin_liar.lies["getblockhash"] = above_the_tip
    with pytest.raises(NodeBehind):
        require_same_block(bitcoin, bitcoin_chain.tip())


@pytest.mark.parametrize("hidden", ["amount", "event", "status"])
def test_a_second_provider_that_sees_another_payment_disagrees(
    ethereum_node: EthereumNode,
    ethereum_chain: EthereumChain,
    ethereum_liar: LyingNode,
    ethereum: EthereumChain,
    tokens: DeployedTokens,
    hidden: str,
) -> None:
    paid_block(ethereum_node, tokens)
    block = ethereum_chain.tip()
    transfers = ethereum_chain.block_transfers(block, [PLAYER, STRANGER])
    require_same_transfers(ethereum, block, transfers)
    if hidden == "amount":
        ethereum_liar.lies["trace_block"] = lambda _m, _p, told: changed_action(
            told, 1, value="0x6"
        )
    elif hidden == "event":
        ethereum_liar.tell("eth_getLogs", [])
        # Without this the node contradicts itself.
        ethereum_liar.lies["eth_getBlockByHash"] = lambda _m, _p, told: {
            **told,
            "logsBloom": "0x" + "00" * 256,
        }
    else:
        ethereum_liar.lies["eth_getTransactionReceipt"] = lambda _m, _p, told: {
            **told,
            "status": "0x0",
        }
    with pytest.raises(NodesDisagree):
        require_same_transfers(ethereum, block, transfers)
