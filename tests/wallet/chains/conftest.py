"""Nodes that lie about real chains, and clients of theirs."""

from collections.abc import Iterator

import pytest

from tests.support.lying_node import LyingNode, lying_node
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.ethereum import EthereumChain
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens


@pytest.fixture
def bitcoin_liar(bitcoin_node: BitcoinNode) -> Iterator[LyingNode]:
    with lying_node(bitcoin_node.url) as node:
        yield node


@pytest.fixture
def bitcoin(bitcoin_liar: LyingNode, bitcoin_node: BitcoinNode) -> Iterator[BitcoinChain]:
    with BitcoinChain.connect(bitcoin_liar.url, bitcoin_node.network) as chain:
        yield chain


@pytest.fixture
def ethereum_liar(ethereum_node: EthereumNode) -> Iterator[LyingNode]:
    with lying_node(ethereum_node.url) as node:
        yield node


@pytest.fixture
def ethereum(
    ethereum_liar: LyingNode, ethereum_node: EthereumNode, tokens: DeployedTokens
) -> Iterator[EthereumChain]:
    url = ethereum_liar.url
    with EthereumChain.connect(url, ethereum_node.chain_id, tokens.contracts) as chain:
        yield chain
