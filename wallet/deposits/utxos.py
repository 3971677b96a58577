"""Our outputs on Bitcoin: deposits and the hot wallet's, change included, and who spent them.

Cold storage's are not among them (`OwnTransfer`): the signer could not spend them.
"""

from wallet.assets import Network
from wallet.deposits.alerts import tell_staff
from wallet.deposits.reading import BlockContent
from wallet.deposits.watch import Watch, outpoint_of
from wallet.models import PaymentAttempt, Utxo
from wallet.policies import stop_withdrawals


def apply(content: BlockContent, watch: Watch) -> None:
    """The outputs that a block makes and spends."""
    if watch.network != Network.BITCOIN:
        return
    _made(content, watch)
    _spent(content)


def roll_back(network: str, height: int) -> None:
    """Forget what was made and spent above a height."""
    if network != Network.BITCOIN:
        return
    Utxo.objects.filter(spent_height__gt=height).update(spent_txid="", spent_height=None)
    Utxo.objects.filter(height__gt=height).update(height=None, block_hash="")


def _made(content: BlockContent, watch: Watch) -> None:
    rows = []
    for transfer in content.transfers:
        owner = watch.owners.get(transfer.recipient)
        if owner is None and transfer.recipient != watch.hot:
            continue
        outpoint = outpoint_of(transfer.txid, transfer.place)
        rows.append(
            Utxo(
                txid=outpoint.txid,
                vout=outpoint.index,
                amount_sat=transfer.amount,
                script=transfer.recipient,
                deposit_address_id=owner.address_id if owner else None,
                height=content.ref.height,
                block_hash=content.ref.hash,
            )
        )
    Utxo.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["txid", "vout"],
        update_fields=["height", "block_hash"],
    )


def _spent(content: BlockContent) -> None:
    spenders = {(each.txid, each.index): txid for each, txid in content.spenders.items()}
    candidates = Utxo.objects.filter(txid__in={txid for txid, _ in spenders})
    rows = [row for row in candidates if (row.txid, row.vout) in spenders]
    for row in rows:
        row.spent_txid = spenders[row.txid, row.vout]
        row.spent_height = content.ref.height
    Utxo.objects.bulk_update(rows, ["spent_txid", "spent_height"])
    _tell_of_strangers(rows)


def _tell_of_strangers(rows: list[Utxo]) -> None:
    """Only our own transactions may spend what is ours: anything else is a key in other hands,
    and nothing is paid out until a person has looked."""
    txids = {row.spent_txid for row in rows}
    ours = PaymentAttempt.objects.filter(network=Network.BITCOIN, txid__in=txids)
    for txid in sorted(txids - set(ours.values_list("txid", flat=True))):
        taken = [row for row in rows if row.spent_txid == txid]
        tell_staff(
            "unknown_spend",
            txid,
            {"outputs": len(taken), "amount_sat": str(sum(row.amount_sat for row in taken))},
        )
        place = "hot wallet" if taken[0].deposit_address_id is None else "deposit addresses"
        stop_withdrawals(f"no payment of ours spent {taken[0]} of the {place}: {txid}")
