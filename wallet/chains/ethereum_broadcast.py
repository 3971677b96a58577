"""What refusals of `eth_sendRawTransaction` mean; the texts differ between clients.

Texts of go-ethereum (core/txpool/errors.go, core/error.go), Erigon, Nethermind, Reth, Besu and
anvil.
"""

from wallet.chains.errors import NodeRefused, NodeUnavailable
from wallet.chains.types import BroadcastResult

METHOD_NOT_FOUND = -32601
LIMIT_EXCEEDED = -32005

_BY_TEXT = (
    ("already known", BroadcastResult.ALREADY_KNOWN),
    ("already imported", BroadcastResult.ALREADY_KNOWN),
    ("alreadyknown", BroadcastResult.ALREADY_KNOWN),
    ("known transaction", BroadcastResult.ALREADY_KNOWN),
    ("already exists", BroadcastResult.ALREADY_KNOWN),
    ("nonce too low", BroadcastResult.NONCE_TOO_LOW),
    ("nonce is too low", BroadcastResult.NONCE_TOO_LOW),
    ("oldnonce", BroadcastResult.NONCE_TOO_LOW),
    ("underpriced", BroadcastResult.FEE_TOO_LOW),
    ("less than block base fee", BroadcastResult.FEE_TOO_LOW),
    ("feetoolow", BroadcastResult.FEE_TOO_LOW),
    ("gas price", BroadcastResult.FEE_TOO_LOW),
    ("insufficient funds", BroadcastResult.INSUFFICIENT_FUNDS),
    ("insufficientfunds", BroadcastResult.INSUFFICIENT_FUNDS),
    ("upfront cost exceeds", BroadcastResult.INSUFFICIENT_FUNDS),
)


def broadcast_result(refusal: NodeRefused) -> BroadcastResult:
    """The meaning of a refused transaction; raises when the refusal is not about it."""
    if refusal.rpc_code == LIMIT_EXCEEDED:
        raise NodeUnavailable(refusal.detail)
    if refusal.rpc_code == METHOD_NOT_FOUND or refusal.rpc_code > 0:
        raise refusal
    text = refusal.detail.lower()
    return next((result for part, result in _BY_TEXT if part in text), BroadcastResult.REJECTED)
