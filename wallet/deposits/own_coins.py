"""The operator's own coins, which are its capital: what came to the house's addresses, and what
left cold storage.

Each is booked when it is final: capital is nobody's claim, so there is no hurry. Payments of ours
(sweeps, change, to cold storage) are booked with the payment and never here.

Cold storage on Ethereum has no outputs to follow and moves by keys we do not have, so there the
final balance is compared with the ledger and the difference is booked. On Bitcoin each output is
followed.
"""

from collections.abc import Mapping

from django.db import transaction

from wallet import chart, ledger, movements
from wallet.addressing import cold_address, token_contracts
from wallet.assets import Asset, Network
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import Asset as ChainAsset
from wallet.chains.types import BlockRef, BlockTag, IncomingTransfer
from wallet.deposits.alerts import tell_staff
from wallet.deposits.depth import FINAL_CONFIRMATIONS
from wallet.deposits.reading import BlockContent, Reached
from wallet.deposits.watch import Watch, outpoint_of
from wallet.events import record
from wallet.models import (
    Custody,
    OwnTransfer,
    Payment,
    PaymentAttempt,
    PaymentKind,
    PaymentState,
    Transaction,
    Utxo,
)

_OPEN = (
    PaymentState.PREPARED,
    PaymentState.SIGNED,
    PaymentState.BROADCAST,
    PaymentState.CONFIRMED,
)


def apply(
    network: str,
    content: BlockContent,
    watch: Watch,
    payments: Mapping[str, PaymentAttempt],
) -> None:
    """Note what a block moved to the house, or (Bitcoin) out of cold storage."""
    for transfer in content.transfers:
        custody = _custody(network, transfer, watch)
        attempt = payments.get(transfer.txid)
        if custody is None or (custody == Custody.HOT and attempt is not None):
            continue
        if attempt is None and _is_from_us(transfer, watch):
            # Coins of ours in a transaction that is not ours are no capital; `utxos` tells of
            # Bitcoin's.
            if network == Network.ETHEREUM:
                tell_staff("unknown_spend", transfer.txid, {"from": transfer.sender})
            continue
        OwnTransfer.objects.update_or_create(
            network=network,
            txid=transfer.txid,
            place=transfer.place,
            defaults={"height": content.ref.height, "block_hash": content.ref.hash},
            create_defaults={
                "asset": transfer.asset.value,
                "custody": custody,
                "amount_units": transfer.amount,
                "payment": attempt.payment if attempt else None,
                "height": content.ref.height,
                "block_hash": content.ref.hash,
            },
        )
    if network == Network.BITCOIN:
        _left_cold_storage(content)


def book_final(network: str, reached: Reached) -> None:
    """Book what is final now, and undo what has left the chain; call it at the chain's tip."""
    final = reached.finalized
    if final is None:
        final = reached.tip - FINAL_CONFIRMATIONS + 1
    rows = OwnTransfer.objects.filter(network=network, payment__isnull=True)
    for pk in rows.filter(transaction__isnull=True, height__lte=final).values_list("id", flat=True):
        _book(pk)
    for pk in rows.filter(transaction__isnull=False, height__isnull=True).values_list(
        "id", flat=True
    ):
        _undo(pk)


def book_ethereum_cold_storage(client: EthereumChain, second: EthereumChain | None) -> None:
    """Book the difference of cold storage's final balance and the ledger's, for each asset."""
    address = cold_address(Network.ETHEREUM)
    if not address:
        return
    block = client.block_by_tag(BlockTag.FINALIZED)
    if _own_payment_is_on_its_way(block):
        return
    assets = [Asset.ETH, *token_contracts()]
    balances = {asset: _final_balance(client, asset, address) for asset in assets}
    nodes = [client, *([second] if second else [])]
    if any(node.block_by_tag(BlockTag.FINALIZED) != block for node in nodes):
        return
    if second and balances != {asset: _final_balance(second, asset, address) for asset in assets}:
        tell_staff("cold_balance_disagrees", f"block:{block.height}", {"address": address})
        return
    for asset, units in balances.items():
        _book_difference(asset, units, block)


def _book_difference(asset: Asset, units: int, block: BlockRef) -> None:
    place = chart.custody("cold", asset)
    with transaction.atomic():
        ledger.lock([place, chart.capital(asset)])
        difference = units - movements.balance(place)
        if not difference or _own_payment_is_on_its_way(block):
            return
        key = f"{Network.ETHEREUM}:cold:{asset}:{block.hash}"
        movements.capital_moved(key=key, asset=asset, place=place, units=difference)
        details = {"asset": asset, "units": str(difference), "height": block.height}
        record("capital.moved", "cold", details)
        if difference < 0:
            tell_staff("left_cold_storage", f"{asset}", details)


def _own_payment_is_on_its_way(block: BlockRef) -> bool:
    """A payment to cold storage that chain and ledger do not both have as of this block."""
    cold = Payment.objects.filter(network=Network.ETHEREUM, kind=PaymentKind.COLD)
    return cold.filter(state__in=_OPEN).exists() or cold.filter(height__gt=block.height).exists()


def _final_balance(client: EthereumChain, asset: Asset, address: str) -> int:
    if asset == Asset.ETH:
        return client.balance_wei(address, BlockTag.FINALIZED)
    return client.token_balance(ChainAsset(asset.value), address, BlockTag.FINALIZED)


def _custody(network: str, transfer: IncomingTransfer, watch: Watch) -> Custody | None:
    if transfer.recipient == watch.hot:
        return Custody.HOT
    if transfer.recipient == watch.cold and network == Network.BITCOIN:
        return Custody.COLD
    return None


def _is_from_us(transfer: IncomingTransfer, watch: Watch) -> bool:
    if transfer.sender is not None:
        return transfer.sender in watch.owners or transfer.sender == watch.hot
    spent = {(each.txid, each.index) for each in transfer.spends}
    ours = Utxo.objects.filter(txid__in={txid for txid, _ in spent}).values_list("txid", "vout")
    return not spent.isdisjoint(ours)


def _left_cold_storage(content: BlockContent) -> None:
    cold = OwnTransfer.objects.filter(
        network=Network.BITCOIN, custody=Custody.COLD, is_outgoing=False
    )
    for row in cold.filter(txid__in={each.txid for each in content.spenders}):
        outpoint = outpoint_of(row.txid, row.place)
        if outpoint not in content.spenders:
            continue
        OwnTransfer.objects.update_or_create(
            network=Network.BITCOIN,
            txid=content.spenders[outpoint],
            place=f"spends:{outpoint}",
            defaults={"height": content.ref.height, "block_hash": content.ref.hash},
            create_defaults={
                "asset": Asset.BTC,
                "custody": Custody.COLD,
                "is_outgoing": True,
                "amount_units": row.amount_units,
                "height": content.ref.height,
                "block_hash": content.ref.hash,
            },
        )
        details = {"outpoint": str(outpoint), "amount_sat": str(row.amount_units)}
        tell_staff("left_cold_storage", content.spenders[outpoint], details)


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
            units=-row.amount_units if row.is_outgoing else row.amount_units,
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
