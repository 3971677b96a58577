"""Deposits whose block went away after something was booked for them.

It happens once the scanner has read the whole new branch: most transactions are in it again, and
stay as they are booked. What the first node did not tell may be there all the same, so every node
is asked where the transaction is before anything is taken back.
"""

from django.db import transaction

from wallet import chart, movements
from wallet.assets import Network
from wallet.chains.compare import is_absent, require_same_block
from wallet.chains.errors import BlockOrphaned, ReadWithout
from wallet.chains.types import ChainClient
from wallet.chart import AccountSpec
from wallet.deposits.alerts import tell_staff
from wallet.deposits.blocks import REORGANISED, REPLACED
from wallet.deposits.crediting import UNCREDITED
from wallet.deposits.reading import Reader
from wallet.deposits.records import BOOKED, CHANGED, is_same, move, subject
from wallet.models import ChainCursor, Deposit, DepositState


def undo_absent(reader: Reader) -> int:
    """Take back what is booked for deposits that are in no block; how many.

    Raises ReadWithout, after the others are taken back, where a node has some of them in blocks
    that were read, with the lowest of these; another ChainError where a node is not there or not
    as far as we are.
    """
    lost = Deposit.objects.filter(network=reader.network, state__in=BOOKED, height__isnull=True)
    deposits = list(lost.select_related("address").order_by("id"))
    if not deposits:
        return 0
    cursor = ChainCursor.objects.get(network=reader.network)
    nodes = _nodes_at(reader, cursor)
    misread: list[ReadWithout] = []
    undone = 0
    for deposit in deposits:
        try:
            if all(_is_absent(node, deposit, cursor.height) for node in nodes):
                undone += _undo(deposit.pk)
        except ReadWithout as error:
            misread.append(error)
    if misread:
        raise min(misread, key=lambda error: error.height)
    return undone


def _nodes_at(reader: Reader, cursor: ChainCursor) -> list[ChainClient]:
    """All nodes, which have the block that we have come to."""
    block = reader.first.block_at(cursor.height)
    if block.hash != cursor.block_hash:
        raise BlockOrphaned(cursor.block_hash)
    if reader.second is None:
        return [reader.first]
    require_same_block(reader.second, block)
    return [reader.first, reader.second]


def _is_absent(node: ChainClient, deposit: Deposit, height: int) -> bool:
    is_bitcoin = deposit.network == Network.BITCOIN
    return is_absent(
        node,
        txid=deposit.txid,
        recipient=deposit.address.script if is_bitcoin else deposit.address.address,
        up_to=height,
        is_it=lambda transfer: is_same(deposit, transfer),
    )


def _undo(deposit_id: int) -> bool:
    with transaction.atomic():
        deposit = Deposit.objects.select_for_update().get(pk=deposit_id)
        if deposit.state not in BOOKED or deposit.height is not None:
            return False
        if deposit.state == DepositState.CREDITED:
            _reverse(deposit)
        else:
            _unbook(deposit)
        return True


def _reverse(deposit: Deposit) -> None:
    if deposit.amount_krw is None:
        raise AssertionError("a credited deposit has its won")
    owed = chart.receivable(deposit.user_id)
    before_krw = movements.balance(owed)
    booked = movements.reverse_deposit(
        deposit_id=deposit.pk,
        nth=deposit.events.filter(state=DepositState.CREDITED).count(),
        user_id=deposit.user_id,
        asset=deposit.asset,
        amount_units=deposit.amount_units,
        amount_krw=deposit.amount_krw,
    )
    details = {
        "transaction": booked.pk,
        "amount_krw": deposit.amount_krw,
        "owed_krw": movements.balance(owed) - before_krw,
    }
    move(
        deposit,
        DepositState.REVERSED,
        reason=deposit.reason or REORGANISED,
        details=details,
        confirmations=0,
    )
    tell_staff(
        "deposit_reversed",
        subject(deposit),
        {"user": deposit.user_id, "reason": deposit.reason, **details},
    )


def _unbook(deposit: Deposit) -> None:
    booked = movements.unbook(
        deposit_id=deposit.pk,
        nth=deposit.events.filter(state__in=UNCREDITED).count(),
        held_by=_holder(deposit),
        asset=deposit.asset,
        amount_units=deposit.amount_units,
    )
    # A replaced one cannot come again unless the chain turns once more.
    is_replaced = deposit.reason in {REPLACED, CHANGED}
    move(
        deposit,
        DepositState.REPLACED if is_replaced else DepositState.ORPHANED,
        reason=deposit.reason if is_replaced else REORGANISED,
        details={"transaction": booked.pk},
        confirmations=0,
    )


def _holder(deposit: Deposit) -> AccountSpec:
    match deposit.state:
        case DepositState.DUST:
            return chart.dust(deposit.asset)
        case DepositState.RETURNED:
            return chart.capital(deposit.asset)
        case _:
            return chart.quarantine(deposit.asset)
