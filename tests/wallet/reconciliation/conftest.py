"""A site on real nodes that holds coins of players and of the operator."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pytest_django import Settings

from tests.wallet.reconciliation.sites import BitcoinSite, EthereumSite
from wallet.chains.ethereum import EthereumChain
from wallet.deposits import mempool
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens
from wallet.keys.extended import bitcoin_address, ethereum_address
from wallet.keys.signing import DEPOSITS, HOT, Secret, bitcoin_keys, ethereum_keys
from wallet.models import Rate

COLD = 2
SetRates = Callable[..., None]


@pytest.fixture
def set_rates(db: None) -> SetRates:
    """Won for a whole coin, without a spread."""

    def set_rates(**krw: int) -> None:
        for asset, price in krw.items():
            mid = Decimal(price)
            Rate.objects.create(
                asset=asset, mid_krw=mid, bid_krw=mid, ask_krw=mid, at=datetime.now(UTC)
            )

    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)
    return set_rates


@pytest.fixture
def wallet_seed() -> Secret:
    """Not the seed of the nodes' own accounts: those are rich before anybody deposits."""
    return Secret(bytes(range(64)))


@pytest.fixture
def bitcoin(
    set_rates: SetRates, settings: Settings, bitcoin_node: BitcoinNode, wallet_seed: Secret
) -> BitcoinSite:
    network = bitcoin_node.network
    keys = bitcoin_keys(wallet_seed, network)
    hot, cold = (keys.account_xpub(account, testnet=True) for account in (HOT, COLD))
    settings.BITCOIN_NETWORK = network.value
    settings.BITCOIN_RPC_URL = settings.BITCOIN_RPC_URL_2 = bitcoin_node.url
    settings.BITCOIN_XPUB = keys.account_xpub(DEPOSITS, testnet=True)
    settings.BITCOIN_HOT_ADDRESS = bitcoin_address(hot, index=0, network=network)
    settings.BITCOIN_COLD_ADDRESS = bitcoin_address(cold, index=0, network=network)
    mempool.forget()
    return BitcoinSite(bitcoin_node, keys)


@pytest.fixture
def ethereum(
    set_rates: SetRates,
    settings: Settings,
    ethereum_node: EthereumNode,
    ethereum_chain: EthereumChain,
    tokens: DeployedTokens,
    wallet_seed: Secret,
) -> EthereumSite:
    keys = ethereum_keys(wallet_seed)
    settings.ETHEREUM_CHAIN_ID = ethereum_node.chain_id
    settings.ETHEREUM_RPC_URL = settings.ETHEREUM_RPC_URL_2 = ethereum_node.url
    settings.ETHEREUM_XPUB = keys.account_xpub(DEPOSITS)
    settings.USDT_CONTRACT, settings.USDC_CONTRACT = tokens.usdt, tokens.usdc
    settings.ETHEREUM_HOT_ADDRESS = ethereum_address(keys.account_xpub(HOT), index=0)
    settings.ETHEREUM_COLD_ADDRESS = ethereum_address(keys.account_xpub(COLD), index=0)
    return EthereumSite(ethereum_node, tokens)
