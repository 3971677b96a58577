"""A client of an Ethereum node's JSON-RPC. All amounts are in wei or the token's smallest unit.

Blocks are asked for by hash, so that an answer belongs to the block that was meant; where the
protocol knows heights only (`trace_block`) the answer's own hash is compared.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from wallet.chains.eip55 import checksummed, keccak256
from wallet.chains.erc20 import DECIMALS, TRANSFER_TOPIC, WORD, TokenContract, balance_data
from wallet.chains.errors import (
    BlockNotFound,
    BlockOrphaned,
    CallReverted,
    ContractInvalid,
    NodeBehind,
    NodeRefused,
    TracingUnsupported,
    WrongChain,
)
from wallet.chains.ethereum_broadcast import METHOD_NOT_FOUND, broadcast_result
from wallet.chains.ethereum_transfers import (
    Receipt,
    ether_transfers,
    is_transfer,
    read_log,
    read_receipt,
    token_transfers,
    transfer_recipient,
)
from wallet.chains.rpc import JsonRpc
from wallet.chains.types import (
    Asset,
    BlockRef,
    BlockTag,
    Broadcast,
    BroadcastResult,
    Chain,
    Closing,
    IncomingTransfer,
    TxState,
    TxStatus,
)
from wallet.chains.validation import (
    as_data,
    as_hash,
    as_list,
    as_object,
    as_quantity,
    require,
)

MAX_HEIGHT = 2**53
MAX_GAS = 2**40
MAX_NONCE = 2**64 - 2
EXECUTION_REVERTED = 3


@dataclass(frozen=True, slots=True)
class EthereumFees:
    """Prices of gas in wei: the newest block's base fee (EIP-1559) and a usual tip."""

    base_fee_wei: int
    priority_fee_wei: int


class EthereumChain(Closing):
    """One Ethereum node; only events of `tokens` count."""

    chain = Chain.ETHEREUM

    def __init__(self, rpc: JsonRpc, chain_id: int, tokens: Iterable[TokenContract] = ()) -> None:
        self.chain_id = chain_id
        self._rpc = rpc
        self._tokens = {token.asset: token.address.lower() for token in tokens}
        self._assets = {address: asset for asset, address in self._tokens.items()}
        self._network_checked = False

    @classmethod
    def connect(
        cls, url: str, chain_id: int, tokens: Iterable[TokenContract] = ()
    ) -> "EthereumChain":
        """A client for a node's address; nothing is sent yet."""
        return cls(JsonRpc(url), chain_id, tokens)

    def close(self) -> None:
        self._rpc.close()

    def check_network(self) -> None:
        """`WrongChain` unless the node has our chain id (EIP-155); `NodeBehind` while it syncs."""
        chain_id = as_quantity(self._rpc.call("eth_chainId"), "eth_chainId")
        if chain_id != self.chain_id:
            raise WrongChain(f"chain id {chain_id} instead of {self.chain_id}")
        if self._rpc.call("eth_syncing") is not False:
            raise NodeBehind("still synchronising")
        self._network_checked = True

    def check_tokens(self) -> None:
        """`ContractInvalid` unless every token's contract is there with the asset's decimals."""
        for asset, address in self._tokens.items():
            if not self.is_contract(address):
                raise ContractInvalid(f"{asset}: no contract at {checksummed(address)}")
            decimals = self._word({"to": address, "data": "0x" + DECIMALS.hex()})
            if decimals != asset.decimals:
                raise ContractInvalid(f"{asset}: {decimals} decimals instead of {asset.decimals}")

    def tip(self) -> BlockRef:
        """The newest block of the node's best chain."""
        return self.block_by_tag(BlockTag.LATEST)

    def block_by_tag(self, tag: BlockTag) -> BlockRef:
        """The newest block that is `safe` or `finalized`, say; `NodeBehind` when there is none."""
        if not self._network_checked:
            self.check_network()
        answer = self._rpc.call("eth_getBlockByNumber", tag.value, False)
        if answer is None:
            raise NodeBehind(f"no block is {tag.value}")
        return _block_ref(answer)

    def block_at(self, height: int) -> BlockRef:
        """The best chain's block at a height; `BlockNotFound` above the tip."""
        answer = self._rpc.call("eth_getBlockByNumber", hex(height), False)
        if answer is None:
            raise BlockNotFound(f"height {height}")
        ref = _block_ref(answer)
        require(ref.height == height, f"block {ref.hash} is not at height {height}")
        return ref

    def block_ref(self, block_hash: str) -> BlockRef:
        """A block by its hash; `BlockNotFound`, or `BlockOrphaned` off the best chain."""
        ref, _ = self._block(block_hash, with_transactions=False)
        self._require_canonical(ref)
        return ref

    def block_transfers(
        self, block: BlockRef, recipients: Collection[str]
    ) -> tuple[IncomingTransfer, ...]:
        """All payments of a block in ETH and tokens to these addresses, in the block's order.

        Raises `BlockOrphaned` when the block is not in the best chain any more, and
        `TracingUnsupported` rather than miss what contracts forward.
        """
        ref, content = self._block(block.hash, with_transactions=True)
        require(ref == block, f"block {block.hash} changed its place")
        transactions = [
            as_object(each, "transaction")
            for each in as_list(content.get("transactions"), "block.transactions")
        ]
        transfers: list[IncomingTransfer] = []
        if transactions and recipients:
            wanted = {address.lower(): address for address in recipients}
            transfers += self._ether(ref, transactions, wanted)
            transfers += self._tokens_of(ref, wanted)
        self._require_canonical(ref)
        order = {str(each.get("hash")).lower(): i for i, each in enumerate(transactions)}
        require(
            all(transfer.txid in order for transfer in transfers),
            f"block {block.hash}: events of transactions that are not in it",
        )
        return tuple(sorted(transfers, key=lambda transfer: order[transfer.txid]))

    def receipt(self, txid: str) -> Receipt | None:
        """A transaction's receipt in the best chain; None while it is in no block."""
        answer = self._rpc.call("eth_getTransactionReceipt", txid)
        return None if answer is None else read_receipt(answer, txid)

    def transaction_status(
        self, txid: str, *, sender: str | None = None, nonce: int | None = None
    ) -> TxStatus:
        """Where a transaction is. With `sender` and `nonce` also whether it was replaced.

        REPLACED means the nonce is used in the newest block by another transaction; it is for
        good when `nonce(sender, BlockTag.FINALIZED)` has passed it too.
        """
        status = self._included(txid)
        if status is None and self._rpc.call("eth_getTransactionByHash", txid) is not None:
            return TxStatus(TxState.PENDING)
        if status is None and sender is not None and nonce is not None:
            is_used = self.nonce(sender, BlockTag.LATEST) > nonce
            # Its own doing when it was confirmed between the questions.
            status = self._included(txid)
            if status is None and is_used:
                return TxStatus(TxState.REPLACED)
        return status or TxStatus(TxState.UNKNOWN)

    def nonce(self, address: str, tag: BlockTag = BlockTag.LATEST) -> int:
        """How many transactions an address has sent: its next nonce."""
        answer = self._rpc.call("eth_getTransactionCount", address, tag.value)
        return as_quantity(answer, "eth_getTransactionCount", maximum=MAX_NONCE)

    def balance_wei(self, address: str, tag: BlockTag = BlockTag.LATEST) -> int:
        """An address's ETH."""
        answer = self._rpc.call("eth_getBalance", address, tag.value)
        return as_quantity(answer, "eth_getBalance")

    def token_balance(self, asset: Asset, address: str, tag: BlockTag = BlockTag.LATEST) -> int:
        """An address's tokens, as the contract tells."""
        call = {"to": self._tokens[asset], "data": "0x" + balance_data(address).hex()}
        return self._word(call, tag)

    def token_address(self, asset: Asset) -> str:
        """The token's contract, with its checksum."""
        return checksummed(self._tokens[asset])

    def is_contract(self, address: str) -> bool:
        """Has the address code? (EIP-7702 gives ordinary accounts some, too.)"""
        answer = self._rpc.call("eth_getCode", address, BlockTag.LATEST.value)
        return bool(as_data(answer, "eth_getCode"))

    def fees(self) -> EthereumFees:
        """What gas costs now."""
        block = as_object(
            self._rpc.call("eth_getBlockByNumber", BlockTag.LATEST.value, False), "block"
        )
        return EthereumFees(
            as_quantity(block.get("baseFeePerGas"), "block.baseFeePerGas"),
            as_quantity(self._rpc.call("eth_maxPriorityFeePerGas"), "eth_maxPriorityFeePerGas"),
        )

    def estimate_gas(self, *, sender: str, to: str, value_wei: int = 0, data: bytes = b"") -> int:
        """The gas a transaction would need now; `CallReverted` when it would fail."""
        call = {"from": sender, "to": to, "value": hex(value_wei), "data": "0x" + data.hex()}
        try:
            answer = self._rpc.call("eth_estimateGas", call)
        except NodeRefused as refusal:
            if refusal.rpc_code == METHOD_NOT_FOUND or refusal.rpc_code > EXECUTION_REVERTED:
                raise
            raise CallReverted(refusal.detail) from None
        return as_quantity(answer, "eth_estimateGas", maximum=MAX_GAS)

    def broadcast(self, raw: str) -> Broadcast:
        """Send a signed transaction once; on `NodeUnavailable` it may have arrived."""
        txid = "0x" + keccak256(as_data(raw, "transaction")).hex()
        try:
            answer = as_hash(
                self._rpc.call_once("eth_sendRawTransaction", raw), "eth_sendRawTransaction"
            )
        except NodeRefused as refusal:
            return Broadcast(broadcast_result(refusal), txid, refusal.detail)
        require(answer == txid, "eth_sendRawTransaction: the hash of another transaction")
        return Broadcast(BroadcastResult.ACCEPTED, txid)

    def _block(
        self, block_hash: str, *, with_transactions: bool
    ) -> tuple[BlockRef, dict[str, Any]]:
        answer = self._rpc.call("eth_getBlockByHash", block_hash, with_transactions)
        if answer is None:
            raise BlockNotFound(block_hash)
        ref = _block_ref(answer)
        require(ref.hash == block_hash, f"another block came instead of {block_hash}")
        return ref, answer

    def _require_canonical(self, ref: BlockRef) -> None:
        try:
            canonical = self.block_at(ref.height)
        except BlockNotFound:
            raise BlockOrphaned(ref.hash) from None
        if canonical.hash != ref.hash:
            raise BlockOrphaned(ref.hash)

    def _ether(
        self, block: BlockRef, transactions: list[dict[str, Any]], wanted: dict[str, str]
    ) -> list[IncomingTransfer]:
        try:
            answer = self._rpc.call("trace_block", hex(block.height))
        except NodeRefused as refusal:
            if refusal.rpc_code == METHOD_NOT_FOUND:
                raise TracingUnsupported from None
            raise
        traces = as_list(answer, "trace_block")
        found = ether_transfers(traces, transactions, wanted, block)
        succeeded = {txid for txid in {t.txid for t in found} if self._succeeded(txid, block)}
        return [transfer for transfer in found if transfer.txid in succeeded]

    def _tokens_of(self, block: BlockRef, wanted: dict[str, str]) -> list[IncomingTransfer]:
        if not self._assets:
            return []
        asked = {
            "blockHash": block.hash,
            "address": list(self._assets),
            "topics": [TRANSFER_TOPIC],
        }
        logs = [read_log(each) for each in as_list(self._rpc.call("eth_getLogs", asked), "logs")]
        require(all(log.block_hash == block.hash for log in logs), "logs of another block")
        txids = {
            log.txid
            for log in logs
            if log.contract in self._assets
            and is_transfer(log)
            and transfer_recipient(log) in wanted
        }
        return [
            transfer
            for txid in sorted(txids)
            if (receipt := self._receipt_in(txid, block)).succeeded
            for transfer in token_transfers(receipt, self._assets, wanted, block)
        ]

    def _succeeded(self, txid: str, block: BlockRef) -> bool:
        return self._receipt_in(txid, block).succeeded

    def _receipt_in(self, txid: str, block: BlockRef) -> Receipt:
        receipt = self.receipt(txid)
        if receipt is None or receipt.block_hash != block.hash:
            # Receipts are of the best chain: the block has just left it.
            raise BlockOrphaned(block.hash)
        return receipt

    def _included(self, txid: str) -> TxStatus | None:
        receipt = self.receipt(txid)
        if receipt is None:
            return None
        try:
            block = self.block_ref(receipt.block_hash)
        except (BlockOrphaned, BlockNotFound):
            return None
        depth = self.tip().height - block.height + 1
        state = TxState.INCLUDED if receipt.succeeded else TxState.FAILED
        return TxStatus(state, block, max(depth, 1), fee=receipt.fee_wei)

    def _word(self, call: dict[str, str], tag: BlockTag = BlockTag.LATEST) -> int:
        try:
            answer = as_data(self._rpc.call("eth_call", call, tag.value), "eth_call")
        except NodeRefused as refusal:
            raise ContractInvalid(refusal.detail) from None
        if len(answer) != WORD:
            raise ContractInvalid(f"{checksummed(call['to'])} answers {len(answer)} bytes")
        return int.from_bytes(answer, "big")


def _block_ref(answer: Any) -> BlockRef:
    block = as_object(answer, "block")
    return BlockRef(
        height=as_quantity(block.get("number"), "block.number", maximum=MAX_HEIGHT),
        hash=as_hash(block.get("hash"), "block.hash"),
        parent_hash=as_hash(block.get("parentHash"), "block.parentHash"),
        time=as_quantity(block.get("timestamp"), "block.timestamp", maximum=MAX_HEIGHT),
    )
