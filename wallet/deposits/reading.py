"""What is read of a chain for one network, from the first node and a second one.

A `Reader` only reads: nothing here writes to the database, and no database transaction is open
while it asks.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from wallet.chains.types import BlockRef, ChainClient, IncomingTransfer, Outpoint
from wallet.deposits.watch import Watch


@dataclass(frozen=True, slots=True)
class Stray:
    """A Transfer event of a contract that is not on our list."""

    contract: str
    txid: str
    place: str
    recipient: str
    amount: int


@dataclass(frozen=True, slots=True)
class BlockContent:
    """What concerns us in a block.

    `spenders` says who spends which watched output (Bitcoin), `sent` which transactions come from
    which of our own addresses (Ethereum).
    """

    ref: BlockRef
    transfers: tuple[IncomingTransfer, ...]
    spenders: Mapping[Outpoint, str] = field(default_factory=dict)
    strays: tuple[Stray, ...] = ()
    sent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the chain is: heights. Both providers have come as far.

    Bitcoin knows no `safe` and `finalized`; both are None.
    """

    tip: int
    safe: int | None = None
    finalized: int | None = None


class Reader(Protocol):
    """One network's nodes."""

    @property
    def network(self) -> str: ...

    @property
    def first(self) -> ChainClient: ...

    @property
    def second(self) -> ChainClient | None: ...

    @property
    def unproven(self) -> frozenset[str]:
        """Assets of which nothing is booked: no node has shown yet that they are what we think."""

    def prove_assets(self) -> None:
        """Ask for what is unproven; once shown it is not asked for again. Raises ChainError."""

    def start(self) -> BlockRef:
        """The block after which the very first scan begins: too old to be reorganised away."""

    def reached(self) -> Reached:
        """Asked of both nodes; the lower heights."""

    def read_block(
        self, ref: BlockRef, watch: Watch, outpoints: Collection[Outpoint]
    ) -> BlockContent:
        """Raises BlockOrphaned where the block has left the best chain."""

    def close(self) -> None: ...
