"""What leaves cold storage, and what staff says it was.

It moves by keys that the site does not have. What came is the operator's capital; what left is
nobody's word yet: withdrawals stop, the ledger goes on counting the coins, and so chain and ledger
differ until two members of staff say whether the operator took them or they are lost.

On Bitcoin each output is followed. On Ethereum there are none, so the final balance is compared
with the ledger.
"""

from typing import Literal

from django.db import transaction
from django.db.models import QuerySet, Sum

from accounts.models import User
from wallet import chart, ledger, movements
from wallet.addressing import cold_address, token_contracts
from wallet.assets import Asset, Network, coins
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import Asset as ChainAsset
from wallet.chains.types import BlockRef, BlockTag
from wallet.deposits.alerts import may_decide, tell_staff, tell_staff_hourly
from wallet.deposits.errors import MayNotDecide, NothingLeft, VerdictIncomplete
from wallet.deposits.ethereum_reader import EthereumReader
from wallet.deposits.reading import BlockContent
from wallet.deposits.watch import outpoint_of
from wallet.events import record
from wallet.models import (
    Custody,
    OwnTransfer,
    Payment,
    PaymentKind,
    PaymentState,
    Transaction,
)
from wallet.policies import stop_withdrawals

Verdict = Literal["taken", "lost"]
_OPEN = (
    PaymentState.PREPARED,
    PaymentState.SIGNED,
    PaymentState.BROADCAST,
    PaymentState.CONFIRMED,
)


def undecided() -> QuerySet[OwnTransfer]:
    """What left cold storage in a block, and nobody has said what it was."""
    left = OwnTransfer.objects.filter(custody=Custody.COLD, is_outgoing=True)
    return left.filter(height__isnull=False, transaction__isnull=True).order_by("id")


def require_undecided(*, transfer_id: int, note: str) -> OwnTransfer:
    """It, locked until the caller's transaction ends. Raises NothingLeft, VerdictIncomplete."""
    row = undecided().select_for_update(of=("self",)).filter(pk=transfer_id).first()
    if row is None:
        raise NothingLeft(str(transfer_id))
    if not note.strip():
        raise VerdictIncomplete(str(transfer_id))
    return row


def decide(
    *, transfer_id: int, staff: User, second: User, verdict: Verdict, note: str
) -> OwnTransfer:
    """Say what coins were that left: `taken` by the operator (capital), or `lost`.

    Two say it (`wallet.proposals`). Withdrawals stay stopped until they are opened again. Raises
    NothingLeft, MayNotDecide, VerdictIncomplete (no note).
    """
    with transaction.atomic():
        row = require_undecided(transfer_id=transfer_id, note=note)
        if staff.pk == second.pk or not (may_decide(staff) and may_decide(second)):
            raise MayNotDecide(f"users {staff.pk} and {second.pk}, own transfer {transfer_id}")
        row.transaction = _book(row, verdict)
        row.save(update_fields=["transaction"])
        details = {
            "verdict": verdict,
            "by": staff.pk,
            "confirmed_by": second.pk,
            "note": note.strip()[:200],
            "txid": row.txid,
            "transaction": row.transaction.pk,
        }
        record("capital.decided", f"own:{row.pk}", details)
        return row


def left_in(content: BlockContent) -> None:
    """Outputs of cold storage that a block of Bitcoin spends."""
    cold = OwnTransfer.objects.filter(
        network=Network.BITCOIN, custody=Custody.COLD, is_outgoing=False
    )
    for row in cold.filter(txid__in={each.txid for each in content.spenders}):
        outpoint = outpoint_of(row.txid, row.place)
        if outpoint in content.spenders:
            _note_fall(
                network=Network.BITCOIN,
                asset=Asset.BTC,
                block=content.ref,
                txid=content.spenders[outpoint],
                place=f"spends:{outpoint}",
                units=row.amount_units,
            )


def compare(reader: EthereumReader) -> None:
    """Ethereum: book what came since the last look, note what left. Raises ChainError."""
    address = cold_address(Network.ETHEREUM)
    if not address:
        return
    block = reader.first.block_by_tag(BlockTag.FINALIZED)
    assets = [
        each
        for each in (Asset.ETH, *token_contracts())
        if each not in reader.unproven and not _own_payment_is_on_its_way(each, block)
    ]
    balances = [
        {asset: _final_balance(node, asset, address) for asset in assets} for node in reader.nodes
    ]
    if any(node.block_by_tag(BlockTag.FINALIZED) != block for node in reader.nodes):
        return
    if any(other != balances[0] for other in balances):
        tell_staff_hourly(
            "cold_balance_disagrees", address, {"block": block.height, "block_hash": block.hash}
        )
        return
    for asset, units in balances[0].items():
        _compare_one(asset, units, block)


def _compare_one(asset: Asset, units: int, block: BlockRef) -> None:
    place = chart.custody("cold", asset)
    with transaction.atomic():
        ledger.lock([place, chart.capital(asset)])
        noted = undecided().filter(network=Network.ETHEREUM, asset=asset)
        left = int(noted.aggregate(total=Sum("amount_units"))["total"] or 0)
        difference = units - (movements.balance(place) - left)
        if not difference or _own_payment_is_on_its_way(asset, block):
            return
        if difference > 0:
            key = f"{Network.ETHEREUM}:cold:{asset}:{block.hash}"
            movements.capital_moved(key=key, asset=asset, place=place, units=difference)
            details = {"asset": asset, "units": str(difference), "height": block.height}
            record("capital.moved", "cold", details)
            return
        _note_fall(
            network=Network.ETHEREUM,
            asset=asset,
            block=block,
            txid=block.hash,
            place=f"balance:{asset}",
            units=-difference,
        )


def _note_fall(
    *, network: Network, asset: Asset, block: BlockRef, txid: str, place: str, units: int
) -> None:
    where = {"height": block.height, "block_hash": block.hash}
    OwnTransfer.objects.update_or_create(
        network=network,
        txid=txid,
        place=place,
        asset=asset,
        custody=Custody.COLD,
        amount_units=units,
        defaults=where,
        create_defaults={"is_outgoing": True, **where},
    )
    amount = coins(asset, units)
    tell_staff("left_cold_storage", f"{network}:{txid}", {"place": place, "amount": amount})
    stop_withdrawals(f"{amount} left cold storage on {network}, block {block.height}: {txid}")


def _book(row: OwnTransfer, verdict: Verdict) -> Transaction:
    key = f"{row.network}:{row.txid}:{row.pk}:"
    place = chart.custody("cold", row.asset)
    kind = movements.CAPITAL if verdict == "taken" else movements.LOSS
    nth = Transaction.objects.filter(key__startswith=f"{kind}:{key}").count() + 1
    if verdict == "taken":
        return movements.capital_moved(
            key=f"{key}{nth}", asset=row.asset, place=place, units=-row.amount_units
        )
    return movements.lost(key=f"{key}{nth}", asset=row.asset, place=place, units=row.amount_units)


def _own_payment_is_on_its_way(asset: Asset, block: BlockRef) -> bool:
    """A payment of this asset to cold storage that chain and ledger do not both have as of this
    block. One of another asset changes nothing here: the hot wallet pays its gas."""
    cold = Payment.objects.filter(network=Network.ETHEREUM, kind=PaymentKind.COLD, asset=asset)
    return cold.filter(state__in=_OPEN).exists() or cold.filter(height__gt=block.height).exists()


def _final_balance(node: EthereumChain, asset: Asset, address: str) -> int:
    if asset == Asset.ETH:
        return node.balance_wei(address, BlockTag.FINALIZED)
    return node.token_balance(ChainAsset(asset.value), address, BlockTag.FINALIZED)
