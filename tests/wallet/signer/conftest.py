"""Houses whose hot wallets are empty, on nodes without anything else."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from poker_site.database.roles import connected_as, grant
from poker_site.embedded.postgresql import SITE_ROLE, PostgreSQL
from tests.wallet.house import execute
from tests.wallet.signer import bitcoin_house as bitcoin
from tests.wallet.signer import ethereum_house as ethereum
from tests.wallet.signer.house import exchanges
from wallet.assets import Network
from wallet.chains.ethereum import EthereumChain
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens
from wallet.devrates.server import RateServer
from wallet.keys.signing import DEPOSITS, Secret, bitcoin_keys, ethereum_keys
from wallet.signer.wallets import BitcoinWallet, EthereumWallet, open_wallet


@pytest.fixture(scope="session")
def running_exchanges() -> Iterator[RateServer]:
    with exchanges() as server:
        yield server


@pytest.fixture(autouse=True)
def market(running_exchanges: RateServer, settings: Settings) -> None:
    """The signer asks the exchanges whether the rates of its withdrawals can be true."""
    settings.UPBIT_URL = running_exchanges.url("upbit")
    settings.BITHUMB_URL = running_exchanges.url("bithumb")


@pytest.fixture
def wallet_seed() -> Secret:
    """Not the test node's own, whose accounts are rich."""
    return Secret(bytes(range(1, 65)))


@pytest.fixture
def bitcoin_house(
    bitcoin_node: BitcoinNode, wallet_seed: Secret, settings: Settings
) -> Iterator[bitcoin.BitcoinHouse]:
    # The second provider's answers come from the same node.
    settings.BITCOIN_RPC_URL = settings.BITCOIN_RPC_URL_2 = bitcoin_node.url
    settings.BITCOIN_HOT_ADDRESS = bitcoin.hot_address(wallet_seed)
    settings.BITCOIN_COLD_ADDRESS = bitcoin.address_of(wallet_seed, 8, 0)
    keys = bitcoin_keys(wallet_seed, BitcoinNode.network)
    settings.BITCOIN_XPUB = keys.account_xpub(DEPOSITS, testnet=True)
    with open_wallet(Network.BITCOIN, wallet_seed) as wallet:
        assert isinstance(wallet, BitcoinWallet)
        yield bitcoin.BitcoinHouse(bitcoin_node, wallet_seed, wallet)


@pytest.fixture
def ethereum_house(
    ethereum_node: EthereumNode,
    ethereum_chain: EthereumChain,
    tokens: DeployedTokens,
    wallet_seed: Secret,
    settings: Settings,
) -> Iterator[ethereum.EthereumHouse]:
    settings.ETHEREUM_RPC_URL = settings.ETHEREUM_RPC_URL_2 = ethereum_node.url
    settings.ETHEREUM_HOT_ADDRESS = ethereum.hot_address(wallet_seed)
    settings.ETHEREUM_COLD_ADDRESS = ethereum.address_of(wallet_seed, 8, 0)
    settings.ETHEREUM_XPUB = ethereum_keys(wallet_seed).account_xpub(DEPOSITS)
    settings.USDT_CONTRACT = tokens.usdt
    settings.USDC_CONTRACT = tokens.usdc
    with open_wallet(Network.ETHEREUM, wallet_seed) as wallet:
        assert isinstance(wallet, EthereumWallet)
        yield ethereum.EthereumHouse(
            ethereum_node, wallet_seed, wallet, tokens=tokens, chain=ethereum_chain
        )


@pytest.fixture
def as_site(transactional_db: None, postgresql: PostgreSQL) -> Iterator[None]:
    """Connections are the site's own, to tables that belong to another role."""
    grant(SITE_ROLE)
    password = postgresql.site_password
    site = {**connection.settings_dict, "USER": SITE_ROLE, "PASSWORD": password}
    with connected_as(site):
        assert execute("SELECT current_user, session_user") == [(SITE_ROLE, SITE_ROLE)]
        yield
