"""The nodes of the settings, connected once for each process."""

from threading import Lock

from django.conf import settings

from wallet.assets import Network
from wallet.deposits.bitcoin_reader import BitcoinReader
from wallet.deposits.ethereum_reader import EthereumReader

AnyReader = BitcoinReader | EthereumReader

_ALWAYS = ("REQUIRE_SECOND_NODE",)
_NAMES = {
    Network.BITCOIN: ("BITCOIN_NETWORK", "BITCOIN_RPC_URL", "BITCOIN_RPC_URL_2", *_ALWAYS),
    Network.ETHEREUM: (
        "ETHEREUM_CHAIN_ID",
        "ETHEREUM_RPC_URL",
        "ETHEREUM_RPC_URL_2",
        "USDT_CONTRACT",
        "USDC_CONTRACT",
        *_ALWAYS,
    ),
}
_lock = Lock()
_readers: dict[str, tuple[tuple[object, ...], AnyReader]] = {}


def reader_of(network: str) -> AnyReader:
    """A reader that keeps its connections from pass to pass; another where the settings changed."""
    key = tuple(getattr(settings, name) for name in _NAMES[Network(network)])
    with _lock:
        known = _readers.get(network)
        if known and known[0] == key:
            return known[1]
        if known:
            known[1].close()
        reader = BitcoinReader() if network == Network.BITCOIN else EthereumReader()
        _readers[network] = (key, reader)
        return reader
