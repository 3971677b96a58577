"""A second provider: nothing is credited that only one node has told.

The second client is of the same kind as the first, on another provider's node. It must have the
same block at the height, and the same payments in it. One that lags raises `NodeBehind`: credit
waits. One that tells something else raises `NodesDisagree`: staff look.
"""

from collections.abc import Callable, Iterable

from wallet.chains.errors import (
    BlockNotFound,
    BlockOrphaned,
    NodeBehind,
    NodesDisagree,
    ReadWithout,
)
from wallet.chains.types import BlockRef, ChainClient, IncomingTransfer, TxState


def require_same_chain(first: ChainClient, second: ChainClient) -> None:
    """Both providers' chains begin with the same block. Raises NodesDisagree."""
    ours, theirs = first.block_at(0).hash, second.block_at(0).hash
    if ours != theirs:
        raise NodesDisagree(f"the chains begin with {ours} and {theirs}")


def require_same_block(second: ChainClient, block: BlockRef) -> None:
    """The second provider has this very block in its best chain."""
    try:
        theirs = second.block_at(block.height)
    except BlockNotFound:
        raise NodeBehind(f"the second provider has no block {block.height}") from None
    if theirs != block:
        raise NodesDisagree(f"block {block.height}: {block.hash} and {theirs.hash}")


def require_same_transfers(
    second: ChainClient, block: BlockRef, transfers: Iterable[IncomingTransfer]
) -> None:
    """The second provider sees in this block the same payments to the same recipients.

    `transfers` are all those of the block to their recipients that the first provider told, or
    some of them: what is missing or different at the second is refused, what it has more is not.
    """
    asked = list(transfers)
    require_same_block(second, block)
    try:
        theirs = second.block_transfers(block, {transfer.recipient for transfer in asked})
    except (BlockNotFound, BlockOrphaned):
        raise NodesDisagree(f"block {block.height} left the second provider's chain") from None
    known = {transfer.identity: transfer for transfer in theirs}
    for transfer in asked:
        if known.get(transfer.identity) != transfer:
            raise NodesDisagree(f"{transfer.asset} {transfer.txid} {transfer.place}")


def is_absent(
    node: ChainClient,
    *,
    txid: str,
    recipient: str,
    up_to: int,
    is_it: Callable[[IncomingTransfer], bool],
) -> bool:
    """Does this node too say that a payment is in no block, of those up to the height `up_to`?

    False where it has come again above that height: who reads on will find it. Raises
    `ReadWithout` where the payment is in a block that was read without it, `NodeBehind` where the
    chain turns meanwhile.
    """
    status = node.transaction_status(txid)
    block = status.block
    if status.state is not TxState.INCLUDED or block is None:
        return True
    if block.height > up_to:
        return False
    try:
        theirs = node.block_transfers(block, {recipient})
    except (BlockNotFound, BlockOrphaned):
        raise NodeBehind(f"block {block.height} was just replaced") from None
    if any(is_it(transfer) for transfer in theirs):
        detail = f"{txid} is in block {block.height}, which was read without it"
        raise ReadWithout(detail, height=block.height)
    return True
