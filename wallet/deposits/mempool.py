"""Bitcoin deposits before their block, and those that lost it: SEEN, REPLACED, ORPHANED.

Ethereum's are seen with their block.
"""

from collections.abc import Sequence, Set
from itertools import islice

from django.db import transaction

from wallet.assets import Network
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.types import IncomingTransfer, TxState
from wallet.deposits.blocks import known_deposits, replace
from wallet.deposits.records import create, move
from wallet.deposits.watch import Watch, load_watch, parse_outpoint
from wallet.models import Deposit, DepositState, PaymentAttempt

LEFT_MEMPOOL = "left_mempool"
# Longer than a mempool keeps anything; older ones are found when a block has them.
ASKED_FOR = 200

# The transactions of the last look; they are not read again. It is this process' memory only:
# without it the whole mempool is read once more.
_read: set[str] = set()


def look(client: BitcoinChain) -> None:
    """Note what is new in the mempool, and what became of what is in no block."""
    watch = load_watch(Network.BITCOIN)
    seen = client.mempool(set(watch.owners), known=_read)
    if seen.transfers:
        _note(seen.transfers, watch)
    _read.clear()
    _read.update(seen.txids)
    _follow_absent(client, seen.txids)


def forget() -> None:
    """Read the whole mempool at the next look."""
    _read.clear()


def _note(arrived: Sequence[IncomingTransfer], watch: Watch) -> None:
    with transaction.atomic():
        txids = {each.txid for each in arrived}
        own = PaymentAttempt.objects.filter(network=Network.BITCOIN, txid__in=txids)
        ours = set(own.values_list("txid", flat=True))
        known = known_deposits(Network.BITCOIN, arrived)
        for transfer in arrived:
            # A transaction of Bitcoin always pays the same, wherever it is.
            deposit = next(iter(known[transfer.txid, transfer.place]), None)
            if deposit is None:
                if transfer.txid not in ours:
                    create(Network.BITCOIN, transfer, watch.owners[transfer.recipient])
            elif deposit.state in {DepositState.ORPHANED, DepositState.REPLACED}:
                move(deposit, DepositState.SEEN)


def _follow_absent(client: BitcoinChain, in_mempool: Set[str]) -> None:
    in_no_block = Deposit.objects.filter(
        network=Network.BITCOIN,
        height__isnull=True,
        state__in=(DepositState.SEEN, DepositState.ORPHANED),
    ).order_by("-id")
    # Compared here: a mempool is too long for a query.
    absent = (deposit for deposit in in_no_block.iterator() if deposit.txid not in in_mempool)
    for deposit in list(islice(absent, ASKED_FOR)):
        spends = [parse_outpoint(text) for text in deposit.spends]
        status = client.transaction_status(deposit.txid, spends=spends)
        if status.state in {TxState.PENDING, TxState.INCLUDED}:
            continue
        _missed(deposit.pk, status.state is TxState.REPLACED, status.replaced_by)


def _missed(deposit_id: int, is_replaced: bool, by: str | None) -> None:
    with transaction.atomic():
        deposit = Deposit.objects.select_for_update().get(pk=deposit_id)
        if deposit.height is not None:
            return
        if is_replaced or by:
            replace(deposit, by or "")
        elif deposit.state == DepositState.SEEN:
            move(deposit, DepositState.ORPHANED, reason=LEFT_MEMPOOL)
