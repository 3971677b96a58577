"""Payments found in a block of Ethereum: ETH by trace, tokens by event.

ETH that a contract forwards is in no transaction's value, so ETH is read from the traces of
`trace_block` (OpenEthereum's format, spoken by Erigon, Nethermind, Reth, Besu and anvil). A call
counts when it moved value and neither it nor a call above it failed. DELEGATECALL, STATICCALL
and CALLCODE move none to their target. Withdrawals of validators and block rewards are not
payments of a player and do not count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wallet.chains.eip55 import checksummed
from wallet.chains.erc20 import TRANSFER_TOPIC, WORD
from wallet.chains.errors import BlockOrphaned, NodeAnswerInvalid
from wallet.chains.types import Asset, BlockRef, IncomingTransfer
from wallet.chains.validation import (
    as_address,
    as_data,
    as_hash,
    as_list,
    as_object,
    as_quantity,
    as_whole,
    require,
)

MAX_LOGS = 2**20
_TRANSFER_TOPICS = 3

# The place of a call: () is the transaction itself, (0, 2) the third call of its first call.
Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """An event as a receipt or a filter shows it; addresses in lower case."""

    contract: str
    topics: tuple[str, ...]
    data: bytes
    txid: str
    block_hash: str
    index: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A transaction in a block. `succeeded` is its status 1, `fee_wei` what was paid for gas."""

    txid: str
    block_hash: str
    height: int
    succeeded: bool
    gas_used: int
    gas_price_wei: int
    logs: tuple[Log, ...]

    @property
    def fee_wei(self) -> int:
        return self.gas_used * self.gas_price_wei


def read_log(value: Any) -> Log:
    log = as_object(value, "log")
    require(log.get("removed") in {None, False}, "log: it was removed")
    return Log(
        contract=as_address(log.get("address"), "log.address"),
        topics=tuple(as_hash(t, "log.topics") for t in as_list(log.get("topics"), "log.topics")),
        data=as_data(log.get("data"), "log.data"),
        txid=as_hash(log.get("transactionHash"), "log.transactionHash"),
        block_hash=as_hash(log.get("blockHash"), "log.blockHash"),
        index=as_quantity(log.get("logIndex"), "log.logIndex", maximum=MAX_LOGS),
    )


def read_receipt(value: Any, txid: str) -> Receipt:
    receipt = as_object(value, "receipt")
    found = as_hash(receipt.get("transactionHash"), "receipt.transactionHash")
    require(found == txid, f"the receipt of another transaction came instead of {txid}")
    block_hash = as_hash(receipt.get("blockHash"), "receipt.blockHash")
    logs = tuple(read_log(log) for log in as_list(receipt.get("logs"), "receipt.logs"))
    require(
        all(log.txid == txid and log.block_hash == block_hash for log in logs)
        and [log.index for log in logs] == sorted({log.index for log in logs}),
        f"receipt {txid}: its logs are not its own, or not in order",
    )
    return Receipt(
        txid=txid,
        block_hash=block_hash,
        height=as_quantity(receipt.get("blockNumber"), "receipt.blockNumber", maximum=2**53),
        succeeded=as_quantity(receipt.get("status"), "receipt.status", maximum=1) == 1,
        gas_used=as_quantity(receipt.get("gasUsed"), "receipt.gasUsed", maximum=2**53),
        gas_price_wei=as_quantity(receipt.get("effectiveGasPrice"), "receipt.effectiveGasPrice"),
        logs=logs,
    )


def is_transfer(log: Log) -> bool:
    """`Transfer(address indexed, address indexed, uint256)` with nothing more or less."""
    return (
        len(log.topics) == _TRANSFER_TOPICS
        and log.topics[0] == TRANSFER_TOPIC
        and len(log.data) == WORD
    )


def transfer_recipient(log: Log) -> str:
    return as_address("0x" + log.topics[2][-40:], "log.topics")


def token_transfers(
    receipt: Receipt,
    assets: Mapping[str, Asset],
    recipients: Mapping[str, str],
    block: BlockRef,
) -> Iterator[IncomingTransfer]:
    """The payments among a receipt's events; `assets` by contract, in lower case."""
    for ordinal, log in enumerate(receipt.logs):
        if log.contract not in assets or not is_transfer(log):
            continue
        recipient = recipients.get(transfer_recipient(log))
        amount = int.from_bytes(log.data, "big")
        if recipient is not None and amount:
            yield IncomingTransfer(
                assets[log.contract],
                receipt.txid,
                f"log:{ordinal}",
                recipient,
                amount,
                block,
                sender=checksummed("0x" + log.topics[1][-40:]),
            )


def ether_transfers(
    traces: Sequence[Any],
    transactions: Sequence[Mapping[str, Any]],
    recipients: Mapping[str, str],
    block: BlockRef,
) -> list[IncomingTransfer]:
    """The payments in ETH among a block's traces.

    Every transaction of the block must have its trace, which must begin with the transaction's
    own target and value; what a node leaves out would else be a deposit that is never seen.
    """
    by_txid = _by_transaction(traces, block)
    transfers: list[IncomingTransfer] = []
    for transaction in transactions:
        txid = as_hash(transaction.get("hash"), "transaction.hash")
        own = by_txid.pop(txid, {})
        require(() in own, f"trace_block: transaction {txid} has no trace")
        _require_same_call(own[()], transaction, txid)
        transfers += _ether_of(txid, own, recipients, block)
    require(not by_txid, "trace_block: traces of transactions that are not in the block")
    return transfers


def _by_transaction(
    traces: Sequence[Any], block: BlockRef
) -> dict[str, dict[Path, dict[str, Any]]]:
    by_txid: dict[str, dict[Path, dict[str, Any]]] = {}
    for value in traces:
        trace = as_object(value, "trace")
        if as_hash(trace.get("blockHash"), "trace.blockHash") != block.hash:
            # The question names a height: another block may have taken it.
            raise BlockOrphaned(block.hash)
        if trace.get("type") == "reward":
            continue
        txid = as_hash(trace.get("transactionHash"), "trace.transactionHash")
        path = tuple(
            as_whole(step, "trace.traceAddress", maximum=2**32)
            for step in as_list(trace.get("traceAddress"), "trace.traceAddress")
        )
        own = by_txid.setdefault(txid, {})
        require(path not in own, f"trace_block: {txid} has a path twice")
        own[path] = trace
    return by_txid


def _require_same_call(trace: Mapping[str, Any], transaction: Mapping[str, Any], txid: str) -> None:
    action = as_object(trace.get("action"), "trace.action")
    value_wei = as_quantity(action.get("value"), "trace.action.value")
    require(
        value_wei == as_quantity(transaction.get("value"), "transaction.value"),
        f"trace_block: {txid} moves another value than its transaction",
    )
    to = transaction.get("to")
    if to is None:
        require(trace.get("type") == "create", f"trace_block: {txid} creates no contract")
    else:
        require(
            as_address(action.get("to"), "trace.action.to") == as_address(to, "transaction.to"),
            f"trace_block: {txid} calls another target than its transaction",
        )


def _ether_of(
    txid: str,
    own: Mapping[Path, Mapping[str, Any]],
    recipients: Mapping[str, str],
    block: BlockRef,
) -> Iterator[IncomingTransfer]:
    for path, trace in sorted(own.items()):
        moved = _moved(trace)
        if moved is None or moved[1] not in recipients:
            continue
        sender, recipient, value_wei = moved
        above = [path[:length] for length in range(len(path) + 1)]
        require(all(each in own for each in above), f"trace_block: {txid} lacks a call's parent")
        if any(own[each].get("error") for each in above):
            continue
        yield IncomingTransfer(
            Asset.ETH,
            txid,
            "trace:" + ".".join(map(str, path)),
            recipients[recipient],
            value_wei,
            block,
            sender=checksummed(sender),
        )


def _moved(trace: Mapping[str, Any]) -> tuple[str, str, int] | None:
    """(sender, recipient, wei) of a call or a selfdestruct that moves ETH."""
    action = as_object(trace.get("action"), "trace.action")
    match trace.get("type"):
        case "call" if action.get("callType") == "call":
            names = ("from", "to", "value")
        case "suicide" | "selfdestruct":
            names = ("address", "refundAddress", "balance")
        case "call" | "create":
            return None
        case other:
            raise NodeAnswerInvalid(f"trace.type is unknown: {str(other)[:40]}")
    sender, recipient, value = (action.get(name) for name in names)
    value_wei = as_quantity(value, "trace.action.value")
    if not value_wei:
        return None
    return (
        as_address(sender, "trace.action.from"),
        as_address(recipient, "trace.action.to"),
        value_wei,
    )
