"""A block's effects, and their undoing. Effects and cursor commit together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import QuerySet

from wallet.chains.errors import NodeAnswerInvalid
from wallet.chains.types import BlockRef, IncomingTransfer
from wallet.deposits import own_coins, utxos
from wallet.deposits.alerts import tell_staff
from wallet.deposits.reading import BlockContent, Stray
from wallet.deposits.records import (
    BOOKED,
    create,
    give_way,
    is_same,
    move,
    place_in_block,
    subject,
    written_together,
)
from wallet.deposits.watch import Watch
from wallet.events import record
from wallet.ledger import LARGEST_AMOUNT
from wallet.models import (
    ChainBlock,
    ChainCursor,
    Deposit,
    DepositState,
    OwnTransfer,
    PaymentAttempt,
    PaymentKind,
    StrayTransfer,
)

FROM_OWN_ADDRESS = "from_own_address"
REPLACED = "replaced"
REORGANISED = "reorganised"


class CursorMoved(Exception):
    """Another scanner was faster; nothing was written."""


def begin(network: str, block: BlockRef) -> ChainCursor:
    """The first scan: everything up to this block counts as read."""
    with transaction.atomic():
        ChainBlock.objects.create(
            network=network,
            height=block.height,
            block_hash=block.hash,
            parent_hash=block.parent_hash,
        )
        return ChainCursor.objects.create(
            network=network,
            height=block.height,
            block_hash=block.hash,
            scanned_at=datetime.now(UTC),
            tip_height=block.height,
        )


def apply(network: str, content: BlockContent, watch: Watch) -> None:
    """Write what a block did, the next one after the cursor's. Raises CursorMoved."""
    ref = content.ref
    with transaction.atomic(), written_together():
        _advance(network, ref)
        payments = _payments_among(network, content)
        _deposits(network, content.transfers, watch, payments)
        utxos.apply(content, watch)
        _replacements(network, content)
        own_coins.apply(network, content, watch, payments)
        _strays(network, content, watch)


def roll_back(network: str, cursor: ChainCursor, ancestor: ChainBlock) -> None:
    """Undo the blocks above the common ancestor. Raises CursorMoved.

    What is booked for a deposit stays until the new branch is read: its transaction may be there.
    """
    with transaction.atomic(), written_together():
        _lock(network, cursor.block_hash)
        lost = Deposit.objects.filter(network=network, height__gt=ancestor.height)
        for deposit in lost.select_for_update().order_by("id"):
            details = {"height": deposit.height, "block_hash": deposit.block_hash}
            if deposit.state in BOOKED:
                deposit.height, deposit.block_hash = None, ""
                deposit.save(update_fields=["height", "block_hash"])
                record("deposit.unplaced", subject(deposit), details)
            else:
                move(
                    deposit,
                    DepositState.ORPHANED,
                    reason=REORGANISED,
                    details=details,
                    height=None,
                    block_hash="",
                    confirmations=0,
                )
        utxos.roll_back(network, ancestor.height)
        own = OwnTransfer.objects.filter(network=network, height__gt=ancestor.height)
        own.update(height=None, block_hash="")
        ChainBlock.objects.filter(network=network, height__gt=ancestor.height).delete()
        ChainCursor.objects.filter(network=network).update(
            height=ancestor.height, block_hash=ancestor.block_hash
        )
        record(
            "chain.reorganised",
            f"chain:{network}",
            {
                "ancestor": ancestor.height,
                "depth": cursor.height - ancestor.height,
                "block_hash": cursor.block_hash,
            },
        )


def _advance(network: str, ref: BlockRef) -> None:
    cursor = _lock(network, ref.parent_hash)
    ChainBlock.objects.create(
        network=network, height=ref.height, block_hash=ref.hash, parent_hash=ref.parent_hash
    )
    cursor.height, cursor.block_hash = ref.height, ref.hash
    cursor.scanned_at = datetime.now(UTC)
    cursor.save(update_fields=["height", "block_hash", "scanned_at"])


def _lock(network: str, block_hash: str) -> ChainCursor:
    cursor = ChainCursor.objects.select_for_update().get(network=network)
    if cursor.block_hash != block_hash:
        raise CursorMoved(f"{network} is at {cursor.height}")
    return cursor


def _payments_among(network: str, content: BlockContent) -> dict[str, PaymentAttempt]:
    """Which of the transactions are our own, by their id."""
    txids = {*content.sent, *(transfer.txid for transfer in content.transfers)}
    attempts = PaymentAttempt.objects.filter(network=network, txid__in=txids)
    return {attempt.txid: attempt for attempt in attempts.select_related("payment")}


def _deposits(
    network: str,
    transfers: Iterable[IncomingTransfer],
    watch: Watch,
    payments: Mapping[str, PaymentAttempt],
) -> None:
    to_players = [transfer for transfer in transfers if transfer.recipient in watch.owners]
    known = known_deposits(network, to_players)
    for transfer in to_players:
        versions = known[transfer.txid, transfer.place]
        deposit = next((each for each in versions if is_same(each, transfer)), None)
        attempt = payments.get(transfer.txid)
        for other in versions:
            if other is not deposit:
                _require_unplaced(other)
                give_way(other, transfer)
        if deposit is not None:
            place_in_block(deposit, transfer)
        elif transfer.amount > LARGEST_AMOUNT:
            _absurd(network, transfer, watch)
        elif attempt is None or attempt.payment.kind != PaymentKind.GAS:
            create(network, transfer, watch.owners[transfer.recipient])


def known_deposits(
    network: str, transfers: Iterable[IncomingTransfer]
) -> defaultdict[tuple[str, str], list[Deposit]]:
    """Those that have a row already, locked, by transaction and place: more than one where the
    transaction paid different things in different blocks."""
    rows = Deposit.objects.filter(network=network, txid__in={each.txid for each in transfers})
    known: defaultdict[tuple[str, str], list[Deposit]] = defaultdict(list)
    for row in rows.select_for_update(of=("self",)).select_related("address").order_by("id"):
        known[row.txid, row.place].append(row)
    return known


def _require_unplaced(deposit: Deposit) -> None:
    if deposit.height is not None:
        raise NodeAnswerInvalid(f"{deposit.txid} is in block {deposit.height} and in another")


def _replacements(network: str, content: BlockContent) -> None:
    """Deposits whose inputs another transaction of this block has spent."""
    if not content.spenders:
        return
    spent = {str(outpoint): txid for outpoint, txid in content.spenders.items()}
    for deposit in absent_spenders(network, spent).select_for_update().order_by("id"):
        by = next((spent[each] for each in deposit.spends if each in spent), None)
        if by is not None and by != deposit.txid:
            replace(deposit, by)


def absent_spenders(network: str, outpoints: Iterable[str]) -> QuerySet[Deposit]:
    """Deposits in no block that spend one of these, and are not replaced already.

    By an index: what is sent and never mined becomes more and more.
    """
    absent = Deposit.objects.filter(network=network, height__isnull=True)
    absent = absent.exclude(state=DepositState.REPLACED)
    return absent.filter(spends__has_any_keys=list(outpoints))


def replace(deposit: Deposit, by: str) -> None:
    """Another transaction has taken its inputs. One that is booked is reversed after the pass."""
    if deposit.state in {DepositState.SEEN, DepositState.ORPHANED}:
        move(deposit, DepositState.REPLACED, reason=REPLACED, details={"by": by})
    elif deposit.state != DepositState.REPLACED and deposit.reason != REPLACED:
        deposit.reason = REPLACED
        deposit.save(update_fields=["reason"])
        record("deposit.replaced_after_booking", subject(deposit), {"by": by})


def _strays(network: str, content: BlockContent, watch: Watch) -> None:
    _keep_strays(network, content.ref, content.strays, watch)


def _absurd(network: str, transfer: IncomingTransfer, watch: Watch) -> None:
    """More than any ledger holds: a listed token's contract has gone mad. Nothing is credited."""
    if transfer.block is None:
        return
    stray = Stray(
        transfer.asset.value, transfer.txid, transfer.place, transfer.recipient, transfer.amount
    )
    _keep_strays(network, transfer.block, [stray], watch)
    tell_staff(
        "absurd_amount", transfer.txid, {"asset": stray.contract, "amount": str(stray.amount)}
    )


def _keep_strays(network: str, ref: BlockRef, strays: Iterable[Stray], watch: Watch) -> None:
    rows = [
        StrayTransfer(
            network=network,
            contract=stray.contract,
            txid=stray.txid,
            place=stray.place,
            address_id=watch.owners[stray.recipient].address_id,
            amount=str(stray.amount),
            height=ref.height,
            block_hash=ref.hash,
        )
        for stray in strays
    ]
    StrayTransfer.objects.bulk_create(rows, ignore_conflicts=True)
