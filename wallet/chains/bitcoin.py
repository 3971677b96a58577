"""A client of a node with Bitcoin Core's RPC.

The node needs `txindex=1`: a transaction is found by its id alone. Headers, blocks and
transactions are read in Bitcoin's own format and verified (`bitcoin_wire`); of the node's JSON
only heights and confirmations are believed.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from wallet.chains import bitcoin_wire as wire
from wallet.chains.bitcoin_block import BitcoinBlock, Mempool, transfers_of, verified
from wallet.chains.bitcoin_broadcast import broadcast_result
from wallet.chains.errors import (
    BlockNotFound,
    BlockOrphaned,
    NodeBehind,
    NodeRefused,
    WrongChain,
)
from wallet.chains.rpc import JsonRpc
from wallet.chains.types import (
    BitcoinNetwork,
    BlockRef,
    Broadcast,
    BroadcastResult,
    Chain,
    Closing,
    IncomingTransfer,
    Outpoint,
    TxState,
    TxStatus,
    UnspentOutput,
)
from wallet.chains.validation import (
    as_hex,
    as_list,
    as_object,
    as_satoshi,
    as_txid,
    as_whole,
    require,
)

# Numbers of Bitcoin Core's rpc/protocol.h.
NOT_FOUND = -5
OUT_OF_RANGE = -8
METHOD_NOT_FOUND = -32601

# The first block of each network (kernel/chainparams.cpp).
GENESIS = {
    BitcoinNetwork.MAIN: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
    BitcoinNetwork.TEST: "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
    BitcoinNetwork.TEST4: "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
    BitcoinNetwork.SIGNET: "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
    BitcoinNetwork.REGTEST: "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
}

MIN_FEE_RATE_SAT_PER_KVB = 1_000
DEFAULT_FEE_RATE_SAT_PER_KVB = 10_000
MAX_FEE_RATE_SAT_PER_KVB = 1_000_000


class BitcoinChain(Closing):
    """One Bitcoin node. Fee rates are in satoshi per 1000 virtual bytes."""

    chain = Chain.BITCOIN

    def __init__(
        self,
        rpc: JsonRpc,
        network: BitcoinNetwork,
        *,
        fallback_fee_rate: int = DEFAULT_FEE_RATE_SAT_PER_KVB,
        max_fee_rate: int = MAX_FEE_RATE_SAT_PER_KVB,
    ) -> None:
        self.network = network
        self._rpc = rpc
        self._fallback_fee_rate = fallback_fee_rate
        self._max_fee_rate = max_fee_rate
        self._network_checked = False

    @classmethod
    def connect(cls, url: str, network: BitcoinNetwork, **options: int) -> "BitcoinChain":
        """A client for `http://user:password@host:port`; nothing is sent yet."""
        return cls(JsonRpc(url), network, **options)

    def close(self) -> None:
        self._rpc.close()

    def check_network(self) -> None:
        """`WrongChain` unless it is our network; `NodeBehind` while it downloads the chain."""
        info = as_object(self._rpc.call("getblockchaininfo"), "getblockchaininfo")
        if info.get("chain") != self.network.value:
            raise WrongChain(f"{str(info.get('chain'))[:40]} instead of {self.network.value}")
        if info.get("initialblockdownload") is True:
            raise NodeBehind("still downloading the chain")
        self._network_checked = True

    def check_genesis(self) -> None:
        """`WrongChain` unless the node's chain begins as our network does."""
        first = self.block_at(0).hash
        if first != GENESIS[self.network]:
            raise WrongChain(f"the chain begins with {first}")

    def tip(self) -> BlockRef:
        """The newest block of the node's best chain."""
        if not self._network_checked:
            self.check_network()
        return self.block_ref(as_txid(self._rpc.call("getbestblockhash"), "getbestblockhash"))

    def block_at(self, height: int) -> BlockRef:
        """The best chain's block at a height; `BlockNotFound` above the tip."""
        return self.blocks_at([height])[0]

    def blocks_at(self, heights: Sequence[int]) -> list[BlockRef]:
        """The same for several, asked for together."""
        hashes = [
            as_txid(answer, "getblockhash")
            for answer in self._each_found(
                "getblockhash", [(each,) for each in heights], OUT_OF_RANGE
            )
        ]
        refs = [ref for ref, _ in self._placed(hashes)]
        for height, ref in zip(heights, refs, strict=True):
            require(ref.height == height, f"block {ref.hash} is not at height {height}")
        return refs

    def block_ref(self, block_hash: str) -> BlockRef:
        """A block by its hash; `BlockNotFound`, or `BlockOrphaned` off the best chain."""
        return self._placed([block_hash])[0][0]

    def block(self, ref: BlockRef) -> BitcoinBlock:
        """A whole block, verified against its header."""
        placed = self.block_ref(ref.hash)
        require(placed == ref, f"block {ref.hash} changed its place")
        (content,) = self._each_found("getblock", [(ref.hash, 0)])
        header, transactions = wire.read_block(content, self.network)
        require(header.hash == ref.hash, f"another block came instead of {ref.hash}")
        return BitcoinBlock(ref, transactions)

    def block_transfers(
        self, block: BlockRef, recipients: Collection[str]
    ) -> tuple[IncomingTransfer, ...]:
        """The outputs of a block that pay one of these scripts (hexadecimal)."""
        return self.block(block).transfers_to(recipients)

    def mempool(self, scripts: Collection[str], *, known: Collection[str] = ()) -> Mempool:
        """Unconfirmed payments to these scripts; transactions of `known` are not read again."""
        answer = as_list(self._rpc.call("getrawmempool"), "getrawmempool")
        txids = frozenset(as_txid(txid, "getrawmempool") for txid in answer)
        unread = sorted(txids.difference(known))
        transfers: list[IncomingTransfer] = []
        for txid, raw in zip(unread, self._raw_transactions(unread), strict=True):
            if raw is not None:
                transfers += transfers_of(verified(raw, txid), scripts, None)
        return Mempool(txids, tuple(transfers))

    def transaction(self, txid: str) -> wire.Transaction | None:
        """A transaction of the mempool or the best chain; None when the node has it not."""
        (raw,) = self._raw_transactions([txid])
        return None if raw is None else verified(raw, txid)

    def transaction_status(self, txid: str, *, spends: Iterable[Outpoint] = ()) -> TxStatus:
        """Where a transaction is. With its inputs in `spends` also whether it was replaced.

        REPLACED can be undone by a reorganisation: settle on it only when the spender is deep.
        """
        status = self._status(txid)
        if status.state is not TxState.UNKNOWN:
            return status
        outpoints = list(spends)
        if any(self._is_spent_in_chain(outpoint) for outpoint in outpoints):
            # Unless it was confirmed between the two questions.
            status = self._status(txid)
            return status if status.block else TxStatus(TxState.REPLACED)
        rivals = (self.mempool_spender(outpoint) for outpoint in outpoints)
        return TxStatus(TxState.UNKNOWN, replaced_by=next((r for r in rivals if r), None))

    def unspent(self, outpoint: Outpoint, *, include_mempool: bool = True) -> UnspentOutput | None:
        """An output, or None when it is spent or does not exist.

        With `include_mempool` outputs and spends of unconfirmed transactions count.
        """
        answer = self._rpc.call("gettxout", outpoint.txid, outpoint.index, include_mempool)
        if answer is None:
            return None
        found = as_object(answer, "gettxout")
        script = as_object(found.get("scriptPubKey"), "gettxout.scriptPubKey")
        return UnspentOutput(
            outpoint,
            script=as_hex(script.get("hex"), "gettxout.scriptPubKey.hex"),
            value_sat=as_satoshi(found.get("value"), "gettxout.value"),
            depth=as_whole(found.get("confirmations"), "gettxout.confirmations"),
            is_coinbase=found.get("coinbase") is True,
        )

    def mempool_spender(self, outpoint: Outpoint) -> str | None:
        """The unconfirmed transaction that spends an output (Bitcoin Core 24 or newer)."""
        asked = {"txid": outpoint.txid, "vout": outpoint.index}
        answer = as_list(self._rpc.call("gettxspendingprevout", [asked]), "gettxspendingprevout")
        require(len(answer) == 1, "gettxspendingprevout: not one answer")
        found = as_object(answer[0], "gettxspendingprevout")
        txid = found.get("spendingtxid")
        return None if txid is None else as_txid(txid, "gettxspendingprevout.spendingtxid")

    def fee_rate(self, target_blocks: int) -> int:
        """Satoshi per 1000 virtual bytes to confirm within `target_blocks`.

        The configured fallback where the node has no estimate; never above the configured limit.
        """
        try:
            answer = as_object(self._rpc.call("estimatesmartfee", target_blocks), "estimate")
        except NodeRefused as refusal:
            if refusal.rpc_code != METHOD_NOT_FOUND:
                raise
            answer = {}
        if answer.get("feerate") is None or answer["feerate"] == -1:
            rate = self._fallback_fee_rate
        else:
            rate = as_satoshi(answer["feerate"], "estimatesmartfee.feerate")
        return min(max(rate, MIN_FEE_RATE_SAT_PER_KVB), self._max_fee_rate)

    def broadcast(self, raw: str) -> Broadcast:
        """Send a signed transaction once; on `NodeUnavailable` it may have arrived."""
        txid = wire.read_transaction(raw).txid
        try:
            answer = as_txid(self._rpc.call_once("sendrawtransaction", raw), "sendrawtransaction")
        except NodeRefused as refusal:
            return Broadcast(broadcast_result(refusal), txid, refusal.detail)
        require(answer == txid, "sendrawtransaction: the id of another transaction")
        return Broadcast(BroadcastResult.ACCEPTED, txid)

    def _status(self, txid: str) -> TxStatus:
        try:
            answer = as_object(self._rpc.call("getrawtransaction", txid, True), "transaction")
        except NodeRefused as refusal:
            if refusal.rpc_code == NOT_FOUND:
                return TxStatus(TxState.UNKNOWN)
            raise
        verified(answer.get("hex"), txid)
        if answer.get("blockhash") is None:
            return TxStatus(TxState.PENDING)
        try:
            placed = self._placed([as_txid(answer["blockhash"], "transaction.blockhash")])
        except BlockOrphaned:
            return TxStatus(TxState.UNKNOWN)
        return TxStatus(TxState.INCLUDED, *placed[0])

    def _is_spent_in_chain(self, outpoint: Outpoint) -> bool:
        """An output of the best chain that is gone; not one whose own block was orphaned."""
        if self.unspent(outpoint, include_mempool=False) is not None:
            return False
        return self._status(outpoint.txid).state is TxState.INCLUDED

    def _raw_transactions(self, txids: Sequence[str]) -> list[Any]:
        """Raw transactions in the order of their ids; None for those the node has not."""
        answers = self._rpc.batch("getrawtransaction", [(txid, False) for txid in txids])
        for place, answer in enumerate(answers):
            if isinstance(answer, NodeRefused):
                if answer.rpc_code != NOT_FOUND:
                    raise answer
                answers[place] = None
        return answers

    def _placed(self, block_hashes: Sequence[str]) -> list[tuple[BlockRef, int]]:
        """Blocks of the best chain, each with its depth (1 for the newest).

        `BlockNotFound`, or `BlockOrphaned` for one that is off the best chain.
        """
        asked = [(each, is_told) for each in block_hashes for is_told in (True, False)]
        answers = iter(self._each_found("getblockheader", asked))
        return [self._place(each, next(answers), next(answers)) for each in block_hashes]

    def _place(self, block_hash: str, told: Any, raw: Any) -> tuple[BlockRef, int]:
        """What the node tells of a block, and its header."""
        found = as_object(told, "getblockheader")
        if found.get("confirmations") == -1:
            raise BlockOrphaned(block_hash)
        depth = as_whole(found.get("confirmations"), "getblockheader.confirmations")
        require(depth > 0, "getblockheader.confirmations is 0")
        content = bytes.fromhex(as_hex(raw, "getblockheader"))
        header = wire.read_header(content, self.network)
        require(header.hash == block_hash, f"another header came instead of {block_hash}")
        height = as_whole(found.get("height"), "getblockheader.height")
        return BlockRef(height, header.hash, header.parent_hash, header.time), depth

    def _each_found(
        self, method: str, asked: Sequence[Sequence[Any]], missing: int = NOT_FOUND
    ) -> list[Any]:
        """What a method tells of blocks; `BlockNotFound` where it says of one, by the number
        `missing`, that it is not there."""
        answers = self._rpc.batch(method, asked)
        for (block, *_), answer in zip(asked, answers, strict=True):
            if isinstance(answer, NodeRefused):
                if answer.rpc_code == missing:
                    raise BlockNotFound(f"{method} {block}")
                raise answer
        return answers
