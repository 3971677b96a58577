"""The real nodes of both chains, started when the first test asks; a fresh chain for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from poker_site.embedded.registry import free_port, new_password
from tests.support.servers import test_dir
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.ethereum import EthereumChain
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.installation import Installation, install, is_installed
from wallet.devnodes.tokens import DeployedTokens, deploy_tokens
from wallet.keys.signing import Secret

# `site` is started with coins.
FIXTURES = {"bitcoin_node", "ethereum_node", "devnodes", "site"}
_REPOSITORY = Path(__file__).parents[2]


def devnodes_dir() -> Path:
    """Where the nodes are installed: once for all test runs."""
    given = os.environ.get("DEVNODES_DIR")
    return Path(given) if given else _REPOSITORY / ".data" / "devnodes"


def install_for(session: pytest.Session) -> None:
    """Install before the first test: a test's time limit may be too short for that."""
    wanted = any(FIXTURES.intersection(getattr(i, "fixturenames", ())) for i in session.items)
    if wanted and not session.config.option.collectonly and not is_installed(devnodes_dir()):
        session.config.get_terminal_writer().line("Installing the chains' test nodes ...")
        install(devnodes_dir())


@pytest.fixture(scope="session")
def devnodes() -> Installation:
    """The files of the nodes."""
    return install(devnodes_dir())


@pytest.fixture(scope="session")
def running_bitcoin_node(devnodes: Installation) -> Iterator[BitcoinNode]:
    node = BitcoinNode(
        devnodes, port=free_port(), password=new_password(), log=test_dir() / "bitcoin.log"
    )
    with node:
        yield node


@pytest.fixture
def running_ethereum_node(devnodes: Installation) -> Iterator[tuple[EthereumNode, DeployedTokens]]:
    """A node of this test's own: it starts in a tenth of a second, and what it keeps of old blocks
    to reorganise them wears out in a long life."""
    node = EthereumNode(devnodes, port=free_port(), log=test_dir() / "ethereum.log")
    with node:
        yield node, deploy_tokens(node)


@pytest.fixture
def bitcoin_node(running_bitcoin_node: BitcoinNode) -> Iterator[BitcoinNode]:
    """A Bitcoin node with coins to send, at the height it always has at first."""
    yield running_bitcoin_node
    running_bitcoin_node.reset()


@pytest.fixture
def ethereum_node(
    running_ethereum_node: tuple[EthereumNode, DeployedTokens],
) -> EthereumNode:
    """An Ethereum node with the test contracts and nothing else on its chain."""
    return running_ethereum_node[0]


@pytest.fixture
def tokens(running_ethereum_node: tuple[EthereumNode, DeployedTokens]) -> DeployedTokens:
    """Where the test contracts are."""
    return running_ethereum_node[1]


@pytest.fixture
def bitcoin_chain(bitcoin_node: BitcoinNode) -> Iterator[BitcoinChain]:
    """A client of the node."""
    with BitcoinChain.connect(bitcoin_node.url, bitcoin_node.network) as chain:
        yield chain


@pytest.fixture
def ethereum_chain(ethereum_node: EthereumNode, tokens: DeployedTokens) -> Iterator[EthereumChain]:
    """A client of the node that counts the test tokens."""
    client = EthereumChain.connect(ethereum_node.url, ethereum_node.chain_id, tokens.contracts)
    with client as chain:
        yield chain


@pytest.fixture
def wallet_seed() -> Secret:
    """A seed for the wallet under test: BIP39's mnemonic `test … junk`."""
    return Secret(
        bytes.fromhex(
            "9dfc3c64c2f8bede1533b6a79f8570e5943e0b8fd1cf77107adf7b72cef42185"
            "d564a3aee24cab43f80e3c4538087d70fc824eabbad596a23c97b6ee8322ccc0"
        )
    )
