"""An Ethereum node that lies or lags: never a transfer, always a stated error."""

from typing import Any

import pytest

from tests.support.lying_node import LyingNode, Refusal
from tests.wallet.chains.addresses import PLAYER
from tests.wallet.chains.paid import changed_action, changed_trace, paid_block
from wallet.chains.errors import (
    BlockOrphaned,
    ChainError,
    NodeAnswerInvalid,
    NodeBehind,
    TracingUnsupported,
)
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import BlockTag
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens

ZERO_HASH = "0x" + "00" * 32


@pytest.mark.parametrize(
    ("lie", "error"),
    [
        (lambda _: None, NodeAnswerInvalid),
        (lambda _: [], NodeAnswerInvalid),
        (lambda traces: traces[1:], NodeAnswerInvalid),
        (lambda traces: traces[:2], NodeAnswerInvalid),
        (lambda traces: [*traces, traces[-1]], NodeAnswerInvalid),
        (lambda traces: changed_trace(traces, 1, blockHash=ZERO_HASH), BlockOrphaned),
        (lambda traces: changed_trace(traces, 1, transactionHash=ZERO_HASH), NodeAnswerInvalid),
        (lambda traces: changed_trace(traces, 1, traceAddress=[5, 5]), NodeAnswerInvalid),
        (lambda traces: changed_trace(traces, 1, traceAddress=["0"]), NodeAnswerInvalid),
        (lambda traces: changed_trace(traces, 1, type="gift"), NodeAnswerInvalid),
        (lambda traces: changed_action(traces, 0, value="0x8"), NodeAnswerInvalid),
        (lambda traces: changed_action(traces, 0, to=PLAYER), NodeAnswerInvalid),
        (lambda traces: changed_action(traces, 1, value="7"), NodeAnswerInvalid),
        (lambda traces: changed_action(traces, 1, value="-0x7"), NodeAnswerInvalid),
        (lambda traces: changed_action(traces, 1, value="0x" + "f" * 65), NodeAnswerInvalid),
        (lambda traces: changed_action(traces, 1, value=7), NodeAnswerInvalid),
    ],
)
def test_traces_that_do_not_fit_their_block_are_refused(
    ethereum_node: EthereumNode,
    ethereum_liar: LyingNode,
    ethereum: EthereumChain,
    tokens: DeployedTokens,
    lie: Any,
    error: type[ChainError],
) -> None:
    paid_block(ethereum_node, tokens)
    block = ethereum.tip()
    assert len(ethereum.block_transfers(block, [PLAYER])) == 2
    ethereum_liar.lies["trace_block"] = lambda _m, _p, told: lie(told)
    with pytest.raises(error):
        ethereum.block_transfers(block, [PLAYER])


def test_a_node_that_cannot_trace_is_refused_and_not_believed(
    ethereum_node: EthereumNode,
    ethereum_liar: LyingNode,
    ethereum: EthereumChain,
    tokens: DeployedTokens,
) -> None:
    def unknown(*_: Any) -> None:
        raise Refusal({"code": -32601, "message": "the method trace_block does not exist"})

    paid_block(ethereum_node, tokens)
    ethereum_liar.lies["trace_block"] = unknown
    with pytest.raises(TracingUnsupported):
        ethereum.block_transfers(ethereum.tip(), [PLAYER])


def invented_log(logs: list[Any], **fields: Any) -> list[Any]:
    return [{**logs[0], **fields}]


@pytest.mark.parametrize(
    ("lie", "error"),
    [
        (lambda logs: invented_log(logs, blockHash=ZERO_HASH), NodeAnswerInvalid),
        (lambda logs: invented_log(logs, removed=True), NodeAnswerInvalid),
        (lambda logs: logs + invented_log(logs, transactionHash=ZERO_HASH), BlockOrphaned),
        (lambda logs: invented_log(logs, transactionHash=ZERO_HASH), NodeAnswerInvalid),
        (lambda logs: invented_log(logs, data="0x5"), NodeAnswerInvalid),
        (lambda logs: invented_log(logs, topics=["0x1"]), NodeAnswerInvalid),
        (lambda logs: invented_log(logs, address=None), NodeAnswerInvalid),
        (lambda _: {}, NodeAnswerInvalid),
    ],
)
def test_events_that_do_not_fit_their_block_are_refused(
    ethereum_node: EthereumNode,
    ethereum_liar: LyingNode,
    ethereum: EthereumChain,
    tokens: DeployedTokens,
    lie: Any,
    error: type[ChainError],
) -> None:
    paid_block(ethereum_node, tokens)
    ethereum_liar.lies["eth_getLogs"] = lambda _m, _p, told: lie(told)
    with pytest.raises(error):
        ethereum.block_transfers(ethereum.tip(), [PLAYER])


def test_an_event_that_is_not_in_its_receipt_is_not_counted(
    ethereum_node: EthereumNode,
    ethereum_liar: LyingNode,
    ethereum: EthereumChain,
    tokens: DeployedTokens,
) -> None:
    paid_block(ethereum_node, tokens)
    ethereum_liar.lies["eth_getLogs"] = lambda _m, _p, logs: [
        {**logs[0], "data": "0x" + (10**12).to_bytes(32, "big").hex()}
    ]
    amounts = [each.amount for each in ethereum.block_transfers(ethereum.tip(), [PLAYER])]
    assert amounts == [7, 5]


def test_a_transaction_whose_receipt_says_failed_pays_nothing(
    ethereum_node: EthereumNode,
    ethereum_liar: LyingNode,
    ethereum: EthereumChain,
    tokens: DeployedTokens,
) -> None:
    paid_block(ethereum_node, tokens)
    ethereum_liar.lies["eth_getTransactionReceipt"] = lambda _m, _p, told: {
        **told,
        "status": "0x0",
    }
    assert ethereum.block_transfers(ethereum.tip(), [PLAYER]) == ()


@pytest.mark.parametrize("answer", [None, "0x", "1", "0x01", 5, "0xg", "0x" + "f" * 65, [], True])
def test_a_quantity_that_is_none_is_refused(
    ethereum_liar: LyingNode, ethereum: EthereumChain, answer: Any
) -> None:
    ethereum_liar.tell("eth_getBalance", answer)
    ethereum_liar.tell("eth_getTransactionCount", answer)
    with pytest.raises(NodeAnswerInvalid):
        ethereum.balance_wei(PLAYER)
    with pytest.raises(NodeAnswerInvalid):
        ethereum.nonce(PLAYER)


def test_a_block_under_another_name_is_refused(
    ethereum_node: EthereumNode, ethereum_liar: LyingNode, ethereum: EthereumChain
) -> None:
    ethereum_node.mine(2)
    block = ethereum.tip()
    other = ethereum_node.call("eth_getBlockByHash", block.parent_hash, True)
    ethereum_liar.tell("eth_getBlockByHash", other)
    with pytest.raises(NodeAnswerInvalid):
        ethereum.block_ref(block.hash)
    with pytest.raises(NodeAnswerInvalid):
        ethereum.block_transfers(block, [PLAYER])


def test_a_node_without_a_safe_block_or_out_of_step_is_behind(
    ethereum_liar: LyingNode, ethereum: EthereumChain
) -> None:
    ethereum.tip()
    ethereum_liar.tell("eth_getBlockByNumber", None)
    with pytest.raises(NodeBehind):
        ethereum.block_by_tag(BlockTag.SAFE)
    ethereum_liar.tell("eth_syncing", {"currentBlock": "0x1"})
    with pytest.raises(NodeBehind):
        ethereum.check_network()
