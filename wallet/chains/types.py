"""What the chains tell us, as frozen values. Amounts are integers in the asset's smallest unit.

Hashes of Bitcoin are 64 hexadecimal digits as explorers print them; hashes of Ethereum begin with
`0x`. Addresses of Ethereum carry the checksum of EIP-55; scripts of Bitcoin are hexadecimal.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self


class Chain(StrEnum):
    """The two chains; a transaction's identity is unique within one."""

    BITCOIN = "bitcoin"
    ETHEREUM = "ethereum"


class BitcoinNetwork(StrEnum):
    """Bitcoin's networks, by the name that `getblockchaininfo` gives them."""

    MAIN = "main"
    TEST = "test"
    TEST4 = "testnet4"
    SIGNET = "signet"
    REGTEST = "regtest"


class BlockTag(StrEnum):
    """Ethereum's names for a place in the chain; `SAFE` and `FINALIZED` are its consensus'."""

    LATEST = "latest"
    PENDING = "pending"
    SAFE = "safe"
    FINALIZED = "finalized"


class Asset(StrEnum):
    """What is paid in and out."""

    BTC = "BTC"
    ETH = "ETH"
    USDT = "USDT"
    USDC = "USDC"

    @property
    def chain(self) -> Chain:
        return Chain.BITCOIN if self is Asset.BTC else Chain.ETHEREUM

    @property
    def decimals(self) -> int:
        """Digits behind the point: a whole BTC is 10**8 satoshi."""
        return _DECIMALS[self]

    @property
    def is_token(self) -> bool:
        return self in {Asset.USDT, Asset.USDC}


_DECIMALS = {Asset.BTC: 8, Asset.ETH: 18, Asset.USDT: 6, Asset.USDC: 6}


@dataclass(frozen=True, slots=True)
class BlockRef:
    """A block's place in its chain. `time` is the header's, in seconds since 1970."""

    height: int
    hash: str
    parent_hash: str
    time: int


@dataclass(frozen=True, slots=True, order=True)
class Outpoint:
    """An output of a Bitcoin transaction, as its spender names it."""

    txid: str
    index: int

    def __str__(self) -> str:
        return f"{self.txid}:{self.index}"


@dataclass(frozen=True, slots=True)
class UnspentOutput:
    """An unspent output and its depth: 0 in the mempool, 1 in the newest block."""

    outpoint: Outpoint
    script: str
    value_sat: int
    depth: int
    is_coinbase: bool = False


@dataclass(frozen=True, slots=True)
class IncomingTransfer:
    """One payment to a recipient that was asked for.

    `txid` and `place` are its identity, which stays when the transaction comes into another
    block: `place` is `vout:<n>` for BTC, `trace:<path>` for ETH (`trace:` for the transaction's
    own value, `trace:0.2` for the third call of its first call) and `log:<n>` for tokens, where
    n is the log's ordinal within its transaction.

    `recipient` is a script (BTC) or an address (Ethereum), `block` is None while unconfirmed.
    `spends` are the outpoints that a BTC transaction consumes: another transaction that spends
    one of them replaces this one.
    """

    asset: Asset
    txid: str
    place: str
    recipient: str
    amount: int
    block: BlockRef | None
    sender: str | None = None
    spends: tuple[Outpoint, ...] = ()

    @property
    def chain(self) -> Chain:
        return self.asset.chain

    @property
    def identity(self) -> tuple[str, str, str]:
        """(chain, txid, place): unique among all transfers."""
        return (self.chain.value, self.txid, self.place)


class TxState(StrEnum):
    """Where a transaction is.

    UNKNOWN: this node does not have it; that alone never means it will not confirm.
    REPLACED: its nonce, or one of its inputs, was used by another transaction of the best chain.
    FAILED: it is in a block and paid its fee, but its call was reverted (Ethereum).
    """

    UNKNOWN = "unknown"
    PENDING = "pending"
    INCLUDED = "included"
    FAILED = "failed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class TxStatus:
    """`depth` is 1 in the newest block and 0 outside of blocks; `fee` is in satoshi or wei.

    `fee` is None where it is not known (yet). `replaced_by` is known for BTC's mempool only.
    """

    state: TxState
    block: BlockRef | None = None
    depth: int = 0
    fee: int | None = None
    replaced_by: str | None = None


class BroadcastResult(StrEnum):
    """What a node made of a transaction that was sent to it."""

    ACCEPTED = "accepted"
    ALREADY_KNOWN = "already_known"
    ALREADY_MINED = "already_mined"
    NONCE_TOO_LOW = "nonce_too_low"
    INPUTS_SPENT = "inputs_spent"
    FEE_TOO_LOW = "fee_too_low"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Broadcast:
    """The outcome of sending. `detail` is the node's own text, for staff.

    NONCE_TOO_LOW and INPUTS_SPENT mean success when the chain has our own transaction, so look
    with `transaction_status` before concluding anything. FEE_TOO_LOW is worth a higher fee.
    """

    result: BroadcastResult
    txid: str
    detail: str = ""

    @property
    def is_in_network(self) -> bool:
        """The node has the transaction, in its mempool or in a block."""
        return self.result in _IN_NETWORK


_IN_NETWORK = frozenset(
    {BroadcastResult.ACCEPTED, BroadcastResult.ALREADY_KNOWN, BroadcastResult.ALREADY_MINED}
)


class ChainClient(Protocol):
    """What both chains' clients can do; all of it raises `ChainError`."""

    @property
    def chain(self) -> Chain: ...

    def check_network(self) -> None:
        """`WrongChain` unless the node serves the network of the settings."""

    def check_genesis(self) -> None:
        """`WrongChain` unless the node's chain begins as the network of the settings does."""

    def tip(self) -> BlockRef:
        """The newest block of the node's best chain."""

    def block_at(self, height: int) -> BlockRef:
        """The best chain's block at a height; `BlockNotFound` above the tip."""

    def blocks_at(self, heights: Sequence[int]) -> list[BlockRef]:
        """The same for several, asked for together."""

    def block_ref(self, block_hash: str) -> BlockRef:
        """A block by its hash; `BlockOrphaned` when it is not in the best chain."""

    def block_transfers(
        self, block: BlockRef, recipients: Collection[str]
    ) -> tuple[IncomingTransfer, ...]:
        """All payments of a block to these scripts (BTC) or addresses (Ethereum)."""

    def transaction_status(self, txid: str) -> TxStatus:
        """Where a transaction is."""

    def broadcast(self, raw: str) -> Broadcast:
        """Send a signed transaction once; `NodeUnavailable`: it may have arrived."""

    def close(self) -> None:
        """Give the connections back."""


class Closing:
    """`with` for what has a `close`."""

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
