"""What the nodes and the tokens' contracts must be before anything is signed.

Asked once in a process for the same settings, with connections that are closed again: a process
that is forked later shares none.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise

from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.compare import require_same_chain
from wallet.chains.erc20 import TokenContract
from wallet.chains.errors import ContractInvalid
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import Asset, BitcoinNetwork, ChainClient
from wallet.signer.alerts import alert

_proven: set[tuple[object, ...]] = set()


def require_bitcoin(urls: Sequence[str], network: BitcoinNetwork) -> None:
    """All nodes serve the network, from its first block on. Raises ChainError."""
    key = (network, *urls)
    if key in _proven:
        return
    with ExitStack() as stack:
        nodes = [stack.enter_context(BitcoinChain.connect(url, network)) for url in urls]
        _require_one_chain(nodes)
    _proven.add(key)


def payable_tokens(
    urls: Sequence[str], chain_id: int, tokens: Sequence[TokenContract]
) -> list[Asset]:
    """The tokens whose contracts are what the settings say, by every node; of others staff hear.

    Raises ChainError unless all nodes serve the same chain, the one of the settings.
    """
    with ExitStack() as stack:
        nodes = [stack.enter_context(EthereumChain.connect(url, chain_id, tokens)) for url in urls]
        key = (chain_id, *urls)
        if key not in _proven:
            _require_one_chain(nodes)
            _proven.add(key)
        return [token.asset for token in tokens if _is_payable(token, nodes, key)]


def _require_one_chain(nodes: Sequence[ChainClient]) -> None:
    for node in nodes:
        node.check_network()
        node.check_genesis()
    for first, second in pairwise(nodes):
        require_same_chain(first, second)


def _is_payable(
    token: TokenContract, nodes: Sequence[EthereumChain], network: tuple[object, ...]
) -> bool:
    key = (*network, token)
    if key in _proven:
        return True
    try:
        for node in nodes:
            node.check_token(token.asset)
    except ContractInvalid as error:
        alert(error.code, f"token:{token.asset}", detail=error.detail)
        return False
    _proven.add(key)
    return True
