"""What Bitcoin Core's refusals of a transaction mean.

Numbers are from rpc/protocol.h, texts from validation.cpp and node/transaction.cpp.
"""

from wallet.chains.errors import NodeRefused
from wallet.chains.types import BroadcastResult

DECODE_FAILED = -22
VERIFY_ERROR = -25
VERIFY_REJECTED = -26
ALREADY_IN_CHAIN = -27

_BY_TEXT = (
    ("txn-already-in-mempool", BroadcastResult.ALREADY_KNOWN),
    ("txn-same-nonwitness-data-in-mempool", BroadcastResult.ALREADY_KNOWN),
    ("txn-already-known", BroadcastResult.ALREADY_MINED),
    ("missingorspent", BroadcastResult.INPUTS_SPENT),
    ("missing inputs", BroadcastResult.INPUTS_SPENT),
    ("txn-mempool-conflict", BroadcastResult.INPUTS_SPENT),
    ("insufficient fee", BroadcastResult.FEE_TOO_LOW),
    ("min relay fee not met", BroadcastResult.FEE_TOO_LOW),
    ("mempool min fee not met", BroadcastResult.FEE_TOO_LOW),
    ("mempool full", BroadcastResult.FEE_TOO_LOW),
)


def broadcast_result(refusal: NodeRefused) -> BroadcastResult:
    """The meaning of a refused `sendrawtransaction`; raises it when it is not about that."""
    if refusal.rpc_code == ALREADY_IN_CHAIN:
        return BroadcastResult.ALREADY_MINED
    if refusal.rpc_code not in {DECODE_FAILED, VERIFY_ERROR, VERIFY_REJECTED}:
        raise refusal
    text = refusal.detail.lower()
    return next((result for part, result in _BY_TEXT if part in text), BroadcastResult.REJECTED)
