"""What the many clients' refusals of a transaction mean."""

import pytest

from wallet.chains import bitcoin_broadcast, ethereum_broadcast
from wallet.chains.errors import NodeRefused, NodeUnavailable
from wallet.chains.types import Broadcast, BroadcastResult

R = BroadcastResult


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("already known", R.ALREADY_KNOWN),
        ("ALREADY_EXISTS: already known", R.ALREADY_KNOWN),
        ("AlreadyKnown", R.ALREADY_KNOWN),
        ("Known transaction", R.ALREADY_KNOWN),
        ("transaction already imported", R.ALREADY_KNOWN),
        ("nonce too low: next nonce 5, tx nonce 4", R.NONCE_TOO_LOW),
        ("Nonce too low", R.NONCE_TOO_LOW),
        ("OldNonce, Current nonce: 5, nonce of rejected tx: 4", R.NONCE_TOO_LOW),
        ("replacement transaction underpriced", R.FEE_TOO_LOW),
        ("transaction underpriced: tip needed 1, tip permitted 0", R.FEE_TOO_LOW),
        ("max fee per gas less than block base fee: address 0x…", R.FEE_TOO_LOW),
        ("FeeTooLow, MaxFeePerGas too low", R.FEE_TOO_LOW),
        ("Gas price below configured minimum gas price", R.FEE_TOO_LOW),
        ("insufficient funds for gas * price + value: balance 0", R.INSUFFICIENT_FUNDS),
        ("InsufficientFunds, Account balance: 0", R.INSUFFICIENT_FUNDS),
        ("Upfront cost exceeds account balance", R.INSUFFICIENT_FUNDS),
        ("intrinsic gas too low", R.REJECTED),
        ("invalid sender", R.REJECTED),
        ("", R.REJECTED),
    ],
)
def test_texts_of_ethereum_clients(text: str, result: BroadcastResult) -> None:
    assert ethereum_broadcast.broadcast_result(NodeRefused(text, rpc_code=-32000)) is result


@pytest.mark.parametrize("code", [-32601, 401, 403])
def test_a_refusal_that_is_not_about_the_transaction_says_nothing_of_it(code: int) -> None:
    with pytest.raises(NodeRefused):
        ethereum_broadcast.broadcast_result(NodeRefused("already known", rpc_code=code))
    with pytest.raises(NodeRefused):
        bitcoin_broadcast.broadcast_result(NodeRefused("already in chain", rpc_code=code))


def test_a_provider_that_limits_us_has_sent_nothing_for_sure() -> None:
    with pytest.raises(NodeUnavailable):
        ethereum_broadcast.broadcast_result(NodeRefused("limit exceeded", rpc_code=-32005))


@pytest.mark.parametrize(
    ("code", "text", "result"),
    [
        (-27, "Transaction already in block chain", R.ALREADY_MINED),
        (-27, "Transaction outputs already in utxo set", R.ALREADY_MINED),
        (-26, "txn-already-in-mempool", R.ALREADY_KNOWN),
        (-26, "txn-same-nonwitness-data-in-mempool", R.ALREADY_KNOWN),
        (-26, "txn-already-known", R.ALREADY_MINED),
        (-25, "bad-txns-inputs-missingorspent", R.INPUTS_SPENT),
        (-25, "Missing inputs", R.INPUTS_SPENT),
        (-26, "txn-mempool-conflict", R.INPUTS_SPENT),
        (-26, "insufficient fee, rejecting replacement 11…; new feerate 1 <= 2", R.FEE_TOO_LOW),
        (-26, "min relay fee not met, 1 < 141", R.FEE_TOO_LOW),
        (-26, "mempool min fee not met, 1 < 141", R.FEE_TOO_LOW),
        (-26, "dust", R.REJECTED),
        (-25, "Fee exceeds maximum configured by user (e.g. -maxtxfee)", R.REJECTED),
        (-22, "TX decode failed. Make sure the tx has at least one input.", R.REJECTED),
    ],
)
def test_texts_of_bitcoin_core(code: int, text: str, result: BroadcastResult) -> None:
    assert bitcoin_broadcast.broadcast_result(NodeRefused(text, rpc_code=code)) is result


def test_only_what_the_node_has_is_in_the_network() -> None:
    inside = {result for result in R if Broadcast(result, "").is_in_network}
    assert inside == {R.ACCEPTED, R.ALREADY_KNOWN, R.ALREADY_MINED}
