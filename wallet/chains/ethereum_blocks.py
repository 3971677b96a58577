"""Reading Ethereum's blocks: where they are, and which payments are in them.

Blocks are asked for by hash, so that an answer belongs to the block that was meant; where the
protocol knows heights only (`trace_block`) the answer's own hash is compared. Where the header's
bloom says that there may be an event of a contract that the node finds none of, or one that names
a recipient of ours, the receipts decide: their own bloom must be the header's. On a busy network
that is one call more for almost every block, beside the block itself and its traces.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wallet.chains.bloom import BLOOM_BYTES, bloom_of, may_have
from wallet.chains.erc20 import TRANSFER_TOPIC, TokenContract
from wallet.chains.errors import (
    BlockNotFound,
    BlockOrphaned,
    NodeBehind,
    NodeRefused,
    TracingUnsupported,
    WrongChain,
)
from wallet.chains.ethereum_broadcast import METHOD_NOT_FOUND
from wallet.chains.ethereum_transfers import (
    Log,
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
    BlockRef,
    BlockTag,
    Chain,
    Closing,
    IncomingTransfer,
)
from wallet.chains.validation import (
    as_address,
    as_data,
    as_hash,
    as_list,
    as_object,
    as_quantity,
    require,
)

# A bloom answers "perhaps" for one of so many addresses anyway; hashing them all takes longer than
# asking for the receipts.
MOST_LOOKED_UP = 1_000
MAX_HEIGHT = 2**53
# The first block of the main network; other networks have no first block that everybody knows.
GENESIS = {1: "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"}


@dataclass(frozen=True, slots=True)
class Movements:
    """What concerns us in a block. `sent` has the sender by transaction."""

    transfers: tuple[IncomingTransfer, ...]
    sent: Mapping[str, str]


class EthereumBlocks(Closing):
    """The part of `EthereumChain` that reads blocks."""

    chain = Chain.ETHEREUM

    def __init__(self, rpc: JsonRpc, chain_id: int, tokens: Iterable[TokenContract] = ()) -> None:
        self.chain_id = chain_id
        self._rpc = rpc
        self._tokens = {token.asset: token.address.lower() for token in tokens}
        self._assets = {address: asset for asset, address in self._tokens.items()}
        self._network_checked = False

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

    def check_genesis(self) -> None:
        """`WrongChain` unless the node's chain begins as our network does, where that is known."""
        known = GENESIS.get(self.chain_id)
        if known and (first := self.block_at(0).hash) != known:
            raise WrongChain(f"the chain begins with {first}")

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
        return _block_at(height, self._rpc.call("eth_getBlockByNumber", hex(height), False))

    def blocks_at(self, heights: Sequence[int]) -> list[BlockRef]:
        """The same for several, asked for together."""
        asked = [(hex(height), False) for height in heights]
        answers = self._rpc.batch("eth_getBlockByNumber", asked)
        return [_block_at(height, each) for height, each in zip(heights, answers, strict=True)]

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
        return self.movements(block, recipients, ()).transfers

    def movements(
        self, block: BlockRef, recipients: Collection[str], senders: Collection[str]
    ) -> Movements:
        """The same, and which transactions these senders signed. Raises as `block_transfers`."""
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
            transfers += self._tokens_of(ref, content, wanted)
        self._require_canonical(ref)
        order = {str(each.get("hash")).lower(): i for i, each in enumerate(transactions)}
        require(
            all(transfer.txid in order for transfer in transfers),
            f"block {block.hash}: events of transactions that are not in it",
        )
        ours = {address.lower(): address for address in senders}
        return Movements(
            tuple(sorted(transfers, key=lambda transfer: order[transfer.txid])),
            {
                as_hash(each.get("hash"), "transaction.hash"): ours[sender]
                for each in transactions
                if (sender := as_address(each.get("from"), "transaction.from")) in ours
            },
        )

    def receipt(self, txid: str) -> Receipt | None:
        """A transaction's receipt in the best chain; None while it is in no block."""
        answer = self._rpc.call("eth_getTransactionReceipt", txid)
        return None if answer is None else read_receipt(answer, txid)

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

    def _tokens_of(
        self, block: BlockRef, content: dict[str, Any], wanted: dict[str, str]
    ) -> list[IncomingTransfer]:
        if not self._assets:
            return []
        txids = {
            log.txid
            for log in self._token_events(block, content, wanted)
            if transfer_recipient(log) in wanted
        }
        return [
            transfer
            for txid in sorted(txids)
            if (receipt := self._receipt_in(txid, block)).succeeded
            for transfer in token_transfers(receipt, self._assets, wanted, block)
        ]

    def _token_events(
        self, block: BlockRef, content: dict[str, Any], wanted: Collection[str]
    ) -> list[Log]:
        """Transfers of our tokens' contracts. Silence is believed where the header or the receipts
        say the same: an index of events may lag, or leave some out."""
        asked = {
            "blockHash": block.hash,
            "address": list(self._assets),
            "topics": [TRANSFER_TOPIC],
        }
        logs = [read_log(each) for each in as_list(self._rpc.call("eth_getLogs", asked), "logs")]
        require(all(log.block_hash == block.hash for log in logs), "logs of another block")
        events = [log for log in logs if log.contract in self._assets and is_transfer(log)]
        bloom = as_data(content.get("logsBloom"), "block.logsBloom")
        require(len(bloom) == BLOOM_BYTES, "block.logsBloom has another size")
        header = int.from_bytes(bloom)
        silent = self._assets.keys() - {log.contract for log in events}
        possible = {each for each in self._assets if may_have(header, each, TRANSFER_TOPIC)}
        if possible & silent or (possible and _may_name(header, wanted)):
            told = {(log.txid, log.index) for log in events}
            hidden = [
                log
                for log in self._events_of_receipts(block, header)
                if log.contract in self._assets
                and is_transfer(log)
                and (log.txid, log.index) not in told
            ]
            require(not hidden, f"eth_getLogs hides events of block {block.height}")
        return events

    def _events_of_receipts(self, block: BlockRef, header: int) -> list[Log]:
        """All events of a block, which make the bloom of its header."""
        answer = as_list(self._rpc.call("eth_getBlockReceipts", block.hash), "eth_getBlockReceipts")
        logs: list[Log] = []
        for each in answer:
            txid = as_hash(as_object(each, "receipt").get("transactionHash"), "receipt")
            receipt = read_receipt(each, txid)
            if receipt.block_hash != block.hash:
                raise BlockOrphaned(block.hash)
            logs += receipt.logs
        bloom = bloom_of(item for log in logs for item in (log.contract, *log.topics))
        require(bloom == header, f"the receipts of block {block.height} are not its header's")
        return logs

    def _succeeded(self, txid: str, block: BlockRef) -> bool:
        return self._receipt_in(txid, block).succeeded

    def _receipt_in(self, txid: str, block: BlockRef) -> Receipt:
        receipt = self.receipt(txid)
        if receipt is None or receipt.block_hash != block.hash:
            # Receipts are of the best chain: the block has just left it.
            raise BlockOrphaned(block.hash)
        return receipt


def _may_name(bloom: int, recipients: Collection[str]) -> bool:
    """Whether events of a block may have one of these addresses, in lower case, as a topic."""
    if len(recipients) > MOST_LOOKED_UP:
        return True
    return any(may_have(bloom, f"0x{each[2:]:0>64}") for each in recipients)


def _block_at(height: int, answer: Any) -> BlockRef:
    if isinstance(answer, NodeRefused):
        raise answer
    if answer is None:
        raise BlockNotFound(f"height {height}")
    ref = _block_ref(answer)
    require(ref.height == height, f"block {ref.hash} is not at height {height}")
    return ref


def _block_ref(answer: Any) -> BlockRef:
    block = as_object(answer, "block")
    return BlockRef(
        height=as_quantity(block.get("number"), "block.number", maximum=MAX_HEIGHT),
        hash=as_hash(block.get("hash"), "block.hash"),
        parent_hash=as_hash(block.get("parentHash"), "block.parentHash"),
        time=as_quantity(block.get("timestamp"), "block.timestamp", maximum=MAX_HEIGHT),
    )
