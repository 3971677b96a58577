"""The house's wallets, with their keys and their nodes: only the signer's process opens them.

Hot: the key m/…/1'/0/0 of the seed, for change as well. A player's deposit address is the key
m/…/0'/0/index, of the index that its row has.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from django.conf import settings

from wallet.addressing import bitcoin_network, bitcoin_script_of, hot_address, token_contracts
from wallet.assets import Asset, Network
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.erc20 import TokenContract
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import Asset as ChainAsset
from wallet.chains.types import BlockTag, TxState, TxStatus
from wallet.keys.bitcoin_signer import BitcoinSigner
from wallet.keys.ethereum_signer import EthereumSigner
from wallet.keys.signing import DEPOSITS, HOT, KeyPath, Secret, bitcoin_keys, ethereum_keys
from wallet.models import DepositAddress
from wallet.providers import second_of
from wallet.signer.errors import HotAddressDiffers, NetworkClosed, SecondNodeNeeded
from wallet.signer.nodes import payable_tokens, require_bitcoin

HOT_KEY = KeyPath(HOT, 0)
# The depth at which a payment counts as done for good.
BITCOIN_FINAL_DEPTH = 6
_IN_A_BLOCK = {TxState.INCLUDED, TxState.FAILED}


def deposit_key(address: DepositAddress) -> KeyPath:
    """The key that spends what came to a player's address."""
    return KeyPath(DEPOSITS, address.derivation_index)


@dataclass(frozen=True, slots=True)
class BitcoinWallet:
    """The hot wallet on Bitcoin. `second` is the node that the first is compared with."""

    chain: BitcoinChain
    signer: BitcoinSigner = field(repr=False)
    address: str
    second: BitcoinChain | None = None
    network: Network = Network.BITCOIN

    @property
    def nodes(self) -> tuple[BitcoinChain, ...]:
        return (self.chain,) if self.second is None else (self.chain, self.second)

    @property
    def script(self) -> str:
        return self.signer.script(HOT_KEY)

    def script_of(self, address: str) -> str:
        """What pays an address, in hexadecimal."""
        return bitcoin_script_of(address)

    def is_final(self, txid: str, status: TxStatus) -> bool:
        """In a block that will not be undone, say all nodes."""
        if status.state not in _IN_A_BLOCK or status.depth < BITCOIN_FINAL_DEPTH:
            return False
        if self.second is None:
            return True
        other = self.second.transaction_status(txid)
        return other.block == status.block and other.depth >= BITCOIN_FINAL_DEPTH

    def final_height(self) -> int:
        """Blocks up to here will not be undone, say all nodes."""
        return min(node.tip().height for node in self.nodes) - BITCOIN_FINAL_DEPTH + 1


@dataclass(frozen=True, slots=True)
class EthereumWallet:
    """The hot wallet on Ethereum. `second` is the node that the first is compared with."""

    chain: EthereumChain
    signer: EthereumSigner = field(repr=False)
    address: str
    # ETH, and the tokens whose contracts are what the settings say.
    assets: tuple[Asset, ...]
    second: EthereumChain | None = None
    network: Network = Network.ETHEREUM

    @property
    def nodes(self) -> tuple[EthereumChain, ...]:
        return (self.chain,) if self.second is None else (self.chain, self.second)

    def is_final(self, txid: str, status: TxStatus) -> bool:
        """In a finalized block, with the same outcome, say all nodes."""
        for node in self.nodes:
            seen = status if node is self.chain else node.transaction_status(txid)
            if (seen.state, seen.block) != (status.state, status.block) or seen.block is None:
                return False
            if seen.block.height > node.block_by_tag(BlockTag.FINALIZED).height:
                return False
        return True

    def final_height(self) -> int:
        """Blocks up to here will not be undone, say all nodes."""
        return min(node.block_by_tag(BlockTag.FINALIZED).height for node in self.nodes)


Wallet = BitcoinWallet | EthereumWallet
Node = TypeVar("Node", BitcoinChain, EthereumChain)


@contextmanager
def open_wallet(network: Network, seed: Secret) -> Iterator[Wallet]:
    """The wallet of the settings, whose nodes serve its network.

    Raises NetworkClosed, HotAddressDiffers, SecondNodeNeeded, ChainError.
    """
    with ExitStack() as stack:
        yield _bitcoin(seed, stack) if network is Network.BITCOIN else _ethereum(seed, stack)


def _bitcoin(seed: Secret, stack: ExitStack) -> BitcoinWallet:
    hot = hot_address(Network.BITCOIN)
    if not (settings.BITCOIN_RPC_URL and hot):
        raise NetworkClosed(Network.BITCOIN)
    network = bitcoin_network()
    signer = BitcoinSigner(bitcoin_keys(seed, network))
    if bitcoin_script_of(hot) != signer.script(HOT_KEY):
        raise HotAddressDiffers(Network.BITCOIN)
    urls = _urls(settings.BITCOIN_RPC_URL, settings.BITCOIN_RPC_URL_2)
    require_bitcoin(urls, network)
    nodes = [stack.enter_context(BitcoinChain.connect(url, network)) for url in urls]
    return BitcoinWallet(nodes[0], signer, hot, second=_second(nodes))


def _ethereum(seed: Secret, stack: ExitStack) -> EthereumWallet:
    hot = hot_address(Network.ETHEREUM)
    if not (settings.ETHEREUM_RPC_URL and hot):
        raise NetworkClosed(Network.ETHEREUM)
    signer = EthereumSigner(ethereum_keys(seed))
    if signer.address(HOT_KEY) != hot:
        raise HotAddressDiffers(Network.ETHEREUM)
    tokens = [
        TokenContract(ChainAsset(asset), contract) for asset, contract in token_contracts().items()
    ]
    urls = _urls(settings.ETHEREUM_RPC_URL, settings.ETHEREUM_RPC_URL_2)
    chain_id = settings.ETHEREUM_CHAIN_ID
    payable = (Asset(token.value) for token in payable_tokens(urls, chain_id, tokens))
    assets = (Asset.ETH, *payable)
    nodes = [stack.enter_context(EthereumChain.connect(url, chain_id, tokens)) for url in urls]
    return EthereumWallet(nodes[0], signer, hot, assets, second=_second(nodes))


def _urls(first: str, second: str) -> list[str]:
    """The nodes to ask; two where the settings want it, or SecondNodeNeeded."""
    second = second_of(first, second)
    if settings.REQUIRE_SECOND_NODE and not second:
        raise SecondNodeNeeded
    return [first, second] if second else [first]


def _second(nodes: Sequence[Node]) -> Node | None:
    return nodes[1] if len(nodes) > 1 else None
