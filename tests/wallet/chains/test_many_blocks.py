"""Blocks that are asked for together: few requests, and each answer is checked as if alone."""

from typing import Any

import pytest

from tests.support.lying_node import LyingNode
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.errors import BlockNotFound, NodeAnswerInvalid
from wallet.chains.ethereum import EthereumChain
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode

MANY = 40


def newest(chain: BitcoinChain | EthereumChain) -> range:
    top = chain.tip().height
    return range(top - MANY + 1, top + 1)


def test_bitcoins_come_in_two_requests(
    bitcoin_node: BitcoinNode, bitcoin_liar: LyingNode, bitcoin: BitcoinChain
) -> None:
    bitcoin_node.mine(MANY)
    heights = newest(bitcoin)
    singly = [bitcoin.block_at(height) for height in heights]
    bitcoin_liar.paths.clear()
    assert bitcoin.blocks_at(heights) == singly
    assert len(bitcoin_liar.paths) == 2


def test_ethereums_come_in_one_request(
    ethereum_node: EthereumNode, ethereum_liar: LyingNode, ethereum: EthereumChain
) -> None:
    ethereum_node.mine(MANY)
    heights = newest(ethereum)
    singly = [ethereum.block_at(height) for height in heights]
    ethereum_liar.paths.clear()
    assert ethereum.blocks_at(heights) == singly
    assert len(ethereum_liar.paths) == 1


def test_one_that_is_not_there_yet_is_said_to_be_missing(
    bitcoin: BitcoinChain, ethereum: EthereumChain
) -> None:
    for chain in (bitcoin, ethereum):
        top = chain.tip().height
        with pytest.raises(BlockNotFound):
            chain.blocks_at([top, top + 1])


def test_one_that_lies_elsewhere_is_refused(
    bitcoin_liar: LyingNode,
    bitcoin: BitcoinChain,
    ethereum_liar: LyingNode,
    ethereum: EthereumChain,
) -> None:
    """The node tells the first block of those asked for twice."""
    seen: dict[str, Any] = {}

    def first_again(method: str, _: Any, answer: Any) -> Any:
        return seen.setdefault(method, answer)

    bitcoin_liar.lies["getblockhash"] = first_again
    ethereum_liar.lies["eth_getBlockByNumber"] = lambda method, params, answer: (
        answer if params[0] == "latest" else first_again(method, params, answer)
    )
    for chain in (bitcoin, ethereum):
        top = chain.tip().height
        with pytest.raises(NodeAnswerInvalid):
            chain.blocks_at([top - 1, top])
