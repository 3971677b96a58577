"""The operator's own coins, which are its capital: what came to the house's addresses.

Each is booked when it is final: capital is nobody's claim, so there is no hurry. Payments of ours
(sweeps, change, to cold storage) are booked with the payment and never here; what a contract that
we pay gives to the hot wallet meanwhile is no part of the payment. What leaves cold storage is
`cold_storage`'s.
"""

from collections.abc import Mapping

from django.db import transaction

from wallet import chart, ledger, movements
from wallet.assets import Network
from wallet.chains.errors import NodeAnswerInvalid
from wallet.chains.types import BlockRef, IncomingTransfer
from wallet.deposits import cold_storage
from wallet.deposits.alerts import tell_staff
from wallet.deposits.depth import FINAL_CONFIRMATIONS
from wallet.deposits.reading import BlockContent, Reached, Reader
from wallet.deposits.watch import Watch
from wallet.events import record
from wallet.models import Custody, OwnTransfer, PaymentAttempt, PaymentKind, Transaction, Utxo
from wallet.policies import stop_withdrawals


def apply(
    network: str,
    content: BlockContent,
    watch: Watch,
    payments: Mapping[str, PaymentAttempt],
) -> None:
    """Note what a block moved to the house, or (Bitcoin) out of cold storage; stop withdrawals
    where somebody else moves what is ours."""
    strangers = {txid: sender for txid, sender in content.sent.items() if txid not in payments}
    for transfer in content.transfers:
        custody = _custody(network, transfer, watch)
        attempt = payments.get(transfer.txid)
        if custody is None:
            continue
        if custody == Custody.HOT and attempt is not None:
            if _is_booked_with(attempt, transfer, watch):
                continue
            attempt = None  # a gift on the way
        if attempt is None and _is_from_us(transfer, watch):
            # Coins of ours in a transaction that is not ours are no capital; `utxos` tells of
            # Bitcoin's.
            if transfer.sender is not None:
                strangers[transfer.txid] = transfer.sender
            continue
        _note(network, content.ref, transfer, custody, attempt)
    if network == Network.BITCOIN:
        cold_storage.left_in(content)
    for txid, sender in strangers.items():
        _tell_of_stranger(network, txid, sender)


def _note(
    network: str,
    block: BlockRef,
    transfer: IncomingTransfer,
    custody: Custody,
    attempt: PaymentAttempt | None,
) -> None:
    """Its row; another one where the transaction paid something else in an earlier block."""
    where = {"height": block.height, "block_hash": block.hash}
    row, _ = OwnTransfer.objects.update_or_create(
        network=network,
        txid=transfer.txid,
        place=transfer.place,
        asset=transfer.asset.value,
        custody=custody,
        amount_units=transfer.amount,
        defaults=where,
        create_defaults={"payment": attempt.payment if attempt else None, **where},
    )
    versions = OwnTransfer.objects.filter(network=network, txid=row.txid, place=row.place)
    if versions.filter(height__isnull=False).exclude(pk=row.pk).exists():
        raise NodeAnswerInvalid(f"{transfer.txid} is in block {block.height} and in another")


def book_final(reader: Reader, reached: Reached) -> None:
    """Book what is final now, and undo what has left the chain; call it at the chain's tip."""
    final = reached.finalized
    if final is None:
        final = reached.tip - FINAL_CONFIRMATIONS + 1
    rows = OwnTransfer.objects.filter(network=reader.network, payment__isnull=True)
    came = rows.filter(is_outgoing=False, transaction__isnull=True, height__lte=final)
    for pk in came.exclude(asset__in=reader.unproven).values_list("id", flat=True):
        _book(pk)
    for pk in rows.filter(transaction__isnull=False, height__isnull=True).values_list(
        "id", flat=True
    ):
        _undo(pk)


def _custody(network: str, transfer: IncomingTransfer, watch: Watch) -> Custody | None:
    if transfer.recipient == watch.hot:
        return Custody.HOT
    if transfer.recipient == watch.cold and network == Network.BITCOIN:
        return Custody.COLD
    return None


def _is_booked_with(attempt: PaymentAttempt, transfer: IncomingTransfer, watch: Watch) -> bool:
    """Whether what reached the hot wallet is the payment's own doing, and so its settlement's.

    On Bitcoin each output of ours is. On Ethereum what we sent is, and all of a sweep's asset: its
    settlement counts every event of the token (`signer.settlement`).
    """
    if transfer.sender is None or _is_from_us(transfer, watch):
        return True
    payment = attempt.payment
    return payment.kind == PaymentKind.SWEEP and transfer.asset.value == payment.asset


def _is_from_us(transfer: IncomingTransfer, watch: Watch) -> bool:
    if transfer.sender is not None:
        return transfer.sender in watch.owners or transfer.sender == watch.hot
    spent = {(each.txid, each.index) for each in transfer.spends}
    ours = Utxo.objects.filter(txid__in={txid for txid, _ in spent}).values_list("txid", "vout")
    return not spent.isdisjoint(ours)


def _tell_of_stranger(network: str, txid: str, sender: str) -> None:
    """Only our own transactions may move what is ours: anything else is a key in other hands."""
    tell_staff("unknown_spend", txid, {"network": network, "from": sender})
    stop_withdrawals(f"no payment of ours was sent from {sender} on {network}: {txid}")


def _book(pk: int) -> None:
    with transaction.atomic():
        row = OwnTransfer.objects.select_for_update().get(pk=pk)
        if row.transaction_id is not None or row.height is None:
            return
        key = f"{row.network}:{row.txid}:{row.pk}:"
        before = Transaction.objects.filter(key__startswith=f"capital:{key}").count()
        row.transaction = movements.capital_moved(
            key=f"{key}{before + 1}",
            asset=row.asset,
            place=chart.custody("hot" if row.custody == Custody.HOT else "cold", row.asset),
            units=row.amount_units,
        )
        row.save(update_fields=["transaction"])
        record("capital.booked", f"own:{row.pk}", {"txid": row.txid, "place": row.place})


def _undo(pk: int) -> None:
    with transaction.atomic():
        row = OwnTransfer.objects.select_for_update().get(pk=pk)
        if row.transaction_id is None or row.height is not None:
            return
        ledger.reverse(transaction_id=row.transaction_id, reason="reorganised")
        row.transaction = None
        row.save(update_fields=["transaction"])
        record("capital.undone", f"own:{row.pk}", {"txid": row.txid, "place": row.place})
        tell_staff("capital_reorganised", row.txid, {"amount_units": str(row.amount_units)})
