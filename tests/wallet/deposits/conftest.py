"""Both networks as the settings of a site name them, with rates for every asset."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.support.middleman import Middleman
from tests.wallet.deposits.site import BitcoinSite, EthereumSite, set_rates
from wallet.chains.ethereum import EthereumChain
from wallet.deposits import mempool
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens
from wallet.keys.extended import bitcoin_address, ethereum_address
from wallet.keys.signing import DEPOSITS, HOT, Secret, bitcoin_keys, ethereum_keys
from wallet.models import Policy
from wallet.policies import policy

COLD = 2
# Not the suite's own: its first Ethereum address is an account of anvil's, with coins.
SEED = Secret(bytes.fromhex("42" * 32))
LONGER_THAN_ANY_TEST_S = 3_600


@pytest.fixture
def rates(db: None) -> None:
    """Won for a whole coin: a satoshi is a won."""
    policy()
    Policy.objects.update(source_max_age_s=LONGER_THAN_ANY_TEST_S)
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)


@pytest.fixture
def bitcoin(rates: None, settings: Settings, bitcoin_node: BitcoinNode) -> BitcoinSite:
    """A site on this node; the second provider's answers come from the same node."""
    network = bitcoin_node.network
    keys = bitcoin_keys(SEED, network)
    deposits, hot, cold = (
        keys.account_xpub(account, testnet=True) for account in (DEPOSITS, HOT, COLD)
    )
    settings.BITCOIN_NETWORK = network.value
    settings.BITCOIN_RPC_URL = settings.BITCOIN_RPC_URL_2 = bitcoin_node.url
    settings.BITCOIN_XPUB = deposits
    settings.BITCOIN_HOT_ADDRESS = bitcoin_address(hot, index=0, network=network)
    settings.BITCOIN_COLD_ADDRESS = bitcoin_address(cold, index=0, network=network)
    settings.BITCOIN_SCAN_FROM = bitcoin_node.height() + 1
    mempool.forget()
    return BitcoinSite(bitcoin_node, keys)


@pytest.fixture
def ethereum(
    rates: None,
    settings: Settings,
    ethereum_node: EthereumNode,
    ethereum_chain: EthereumChain,
    tokens: DeployedTokens,
) -> EthereumSite:
    """A site on this node; cold storage is an account of the node, so it can send."""
    keys = ethereum_keys(SEED)
    settings.ETHEREUM_CHAIN_ID = ethereum_node.chain_id
    settings.ETHEREUM_RPC_URL = settings.ETHEREUM_RPC_URL_2 = ethereum_node.url
    settings.ETHEREUM_XPUB = keys.account_xpub(DEPOSITS)
    settings.USDT_CONTRACT, settings.USDC_CONTRACT = tokens.usdt, tokens.usdc
    settings.ETHEREUM_HOT_ADDRESS = ethereum_address(keys.account_xpub(HOT), index=0)
    settings.ETHEREUM_COLD_ADDRESS = ""
    settings.ETHEREUM_SCAN_FROM = ethereum_node.height() + 1
    return EthereumSite(ethereum_node, ethereum_chain, tokens)


@pytest.fixture
def liar(ethereum: EthereumSite, settings: Settings) -> Iterator[Middleman]:
    """The first provider, which may change answers; the second one is honest."""
    with Middleman(ethereum.node.url) as middleman:
        settings.ETHEREUM_RPC_URL = middleman.url
        yield middleman


@pytest.fixture
def laggard(bitcoin: BitcoinSite, settings: Settings) -> Iterator[Middleman]:
    """The second provider, which may lag."""
    with Middleman(bitcoin.node.url) as middleman:
        settings.BITCOIN_RPC_URL_2 = middleman.url
        yield middleman
