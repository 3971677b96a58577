"""Which nonce of Ethereum comes next, and which are missing.

A sender's transactions confirm in the order of their nonces, without gaps. `latest` is the chain's
next nonce in the newest block, `pending` the same with what waits in the node's mempool, `taken`
the nonces of our own payments that count.
"""

from collections.abc import Collection

from wallet.assets import Network
from wallet.chains.errors import NodeBehind
from wallet.chains.types import BlockTag
from wallet.models import Payment, PaymentState
from wallet.signer.wallets import EthereumWallet


def next_nonce(*, latest: int, pending: int, taken: Collection[int]) -> int:
    """The lowest nonce that nobody uses, so that a gap is closed first.

    What waits in the mempool below `pending` and is not ours was signed elsewhere: its nonce is
    left to it.
    """
    nonce = max(latest, pending)
    gaps = missing(latest=latest, pending=pending, taken=taken)
    if gaps:
        return gaps[0]
    while nonce in taken:
        nonce += 1
    return nonce


def missing(*, latest: int, pending: int, taken: Collection[int]) -> list[int]:
    """Nonces that block later payments of ours."""
    last = max(taken, default=-1)
    return [nonce for nonce in range(max(latest, pending), last) if nonce not in taken]


def taken(address: str, *, latest: int) -> set[int]:
    """The nonces from `latest` on of an address's payments that count."""
    rows = Payment.objects.filter(network=Network.ETHEREUM, from_address=address, nonce__gte=latest)
    counted = rows.exclude(state=PaymentState.DROPPED).values_list("nonce", flat=True)
    return {nonce for nonce in counted if nonce is not None}


def ask(wallet: EthereumWallet, address: str) -> tuple[int, int]:
    """(latest, pending) of an address, as the first node tells.

    Raises NodeBehind where the second one tells another `latest`: one of them lags, or lies, and a
    nonce that is taken wrongly holds up all payments after it.
    """
    latest = wallet.chain.nonce(address, BlockTag.LATEST)
    for node in wallet.nodes[1:]:
        if (other := node.nonce(address, BlockTag.LATEST)) != latest:
            raise NodeBehind(f"the next nonce of {address} is {latest}, or {other}")
    return latest, max(latest, wallet.chain.nonce(address, BlockTag.PENDING))
