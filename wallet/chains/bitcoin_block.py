"""What is read from Bitcoin's blocks and its mempool: who is paid, what is spent."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from wallet.chains import bitcoin_wire as wire
from wallet.chains.errors import NodeAnswerInvalid
from wallet.chains.types import Asset, BlockRef, IncomingTransfer, Outpoint
from wallet.chains.validation import as_hex


@dataclass(frozen=True, slots=True)
class BitcoinBlock:
    """A verified block: which transactions are in it, what they spend and pay."""

    ref: BlockRef
    transactions: tuple[wire.Transaction, ...]

    def transfers_to(self, scripts: Collection[str]) -> tuple[IncomingTransfer, ...]:
        """The outputs that pay one of these scripts; a coinbase is not counted as a deposit."""
        return tuple(
            transfer
            for transaction in self.transactions[1:]
            for transfer in transfers_of(transaction, scripts, self.ref)
        )

    def spenders(self, outpoints: Collection[Outpoint]) -> dict[Outpoint, str]:
        """Which of these outpoints the block spends, and the transaction that does it."""
        return {
            outpoint: transaction.txid
            for transaction in self.transactions
            for outpoint in transaction.spends
            if outpoint in outpoints
        }


@dataclass(frozen=True, slots=True)
class Mempool:
    """The mempool's transactions, and the transfers of those that were not known before."""

    txids: frozenset[str]
    transfers: tuple[IncomingTransfer, ...]


def verified(raw: Any, txid: str) -> wire.Transaction:
    """A raw transaction, if it is the one that was asked for."""
    transaction = wire.read_transaction(as_hex(raw, f"transaction {txid}"))
    if transaction.txid != txid:
        raise NodeAnswerInvalid(f"another transaction came instead of {txid}")
    return transaction


def transfers_of(
    transaction: wire.Transaction, scripts: Collection[str], block: BlockRef | None
) -> list[IncomingTransfer]:
    """A transaction's outputs that pay one of these scripts."""
    return [
        IncomingTransfer(
            Asset.BTC,
            transaction.txid,
            f"vout:{output.index}",
            output.script,
            output.value_sat,
            block,
            spends=transaction.spends,
        )
        for output in transaction.outputs
        if output.script in scripts
    ]
