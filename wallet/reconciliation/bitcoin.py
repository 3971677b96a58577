"""Bitcoin: every output that the ledger counts is there, unspent, on every node.

Looked at output by output, so that the answer says which one is missing. A payment of ours that is
not in the ledger yet is taken as not made: an input that it spent still counts, what it paid to us
does not yet. That it spent it is the nodes' word, not ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from wallet.addressing import bitcoin_script_of, cold_address
from wallet.assets import Asset, Network
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.compare import require_same_block
from wallet.chains.types import Outpoint, TxState
from wallet.deposits.bitcoin_reader import BitcoinReader
from wallet.deposits.records import BOOKED
from wallet.deposits.watch import outpoint_of
from wallet.models import Custody, Deposit, OwnTransfer, PaymentAttempt, PaymentState, Utxo
from wallet.reconciliation.books import Books
from wallet.reconciliation.findings import PLACES, Difference, Findings, Holding, Place
from wallet.reconciliation.lasting import booked_differences

# What a payment moved is in the ledger.
_SETTLED = {PaymentState.SETTLED, PaymentState.FAILED}
# A thousand blocks after a payment was final nobody asks for its inputs any more: a run costs as
# much as we have, not as much as we ever had.
ASKED_FOR = timedelta(days=7)
_OF_AN_OUTPUT = (
    *("txid", "vout", "script", "amount_sat", "height", "deposit_address_id"),
    *("spent_by", "spent_txid"),
)


@dataclass(frozen=True, slots=True)
class Output:
    """An output of ours. `is_booked`: the ledger counts it as ours, unspent.

    `is_new`: it is on the chain, and will be booked later. `open_spenders` are the transactions of
    ours that may have spent it, and are not in the ledger yet.
    """

    place: Place
    outpoint: Outpoint
    script: str
    amount_sat: int
    is_booked: bool
    is_new: bool
    open_spenders: tuple[str, ...] = ()


def look_at_bitcoin(
    reader: BitcoinReader, findings: Findings, books: Books, outputs: list[Output]
) -> None:
    """Compare the outputs, as the database had them in one moment. Raises ChainError.

    Also where the second node lacks the first one's newest block: what came with it would look as
    if it were missing there.
    """
    tip, second = reader.first.tip(), reader.second
    if second is not None:
        require_same_block(second, tip)
    findings.heights[Network.BITCOIN] = tip.height
    there = {output.outpoint: _is_there(reader.first, output) for output in outputs}
    for place in PLACES:
        here = [output for output in outputs if output.place == place]
        differences = []
        chain_sat = pending_sat = 0
        nodes_agree = True
        for output in here:
            is_there = there[output.outpoint]
            chain_sat += output.amount_sat * is_there
            pending_sat += output.amount_sat * (is_there and output.is_new)
            is_wrong = is_there != output.is_booked and not output.is_new
            if second is not None and is_there != _is_there(second, output):
                is_wrong, nodes_agree = True, False
            if is_wrong:
                differences.append(_difference(output, is_there))
        ledger_sat = books.get((Asset.BTC, place), 0)
        holding = Holding(Asset.BTC, place, ledger_sat, chain_sat, pending_sat, nodes_agree)
        findings.add(holding, differences)


def bitcoin_outputs() -> list[Output]:
    """What the database says about our outputs.

    Of those of a difference that was booked, the ledger counts what was there then.
    """
    payments = _payments_by_txid()
    as_found = _booked_as_found()
    deposits = _booked_deposits()
    capital = _booked_capital()
    outputs = []
    gone = {"spent_by__state__in": _SETTLED, "spent_by__changed_at__lt": timezone.now() - ASKED_FOR}
    rows = Utxo.objects.exclude(**gone).select_related("spent_by").order_by("id")
    for row in rows.only(*_OF_AN_OUTPUT, "spent_by__state").iterator():
        outpoint = Outpoint(row.txid, row.vout)
        state = payments.get(row.txid)
        if state is not None and state not in _SETTLED:
            continue
        if state is not None:
            is_in, is_new = True, False
        elif row.deposit_address_id is not None:
            is_in = outpoint in deposits
            is_new = not is_in
        else:
            is_in = outpoint in capital
            is_new = not is_in
        spender = row.spent_by
        is_gone = (spender is not None and spender.state in _SETTLED) or (
            payments.get(row.spent_txid) in _SETTLED
        )
        if row.height is None and not is_in:
            continue
        outputs.append(
            Output(
                place="hot" if row.deposit_address_id is None else "deposits",
                outpoint=outpoint,
                script=row.script,
                amount_sat=row.amount_sat,
                is_booked=as_found.get(str(outpoint), is_in and not is_gone),
                is_new=is_new,
                open_spenders=_open_attempts(spender.pk) if spender and not is_gone else (),
            )
        )
    return outputs + list(_cold_outputs(payments))


def _is_there(node: BitcoinChain, output: Output) -> bool:
    """Unspent in the best chain with what we know of it, or spent by a payment still open."""
    found = node.unspent(output.outpoint, include_mempool=False)
    if found is not None:
        return found.script == output.script and found.value_sat == output.amount_sat
    # A stranger's transaction is in no payment, so what it took is missing.
    return any(
        node.transaction_status(txid).state is TxState.INCLUDED for txid in output.open_spenders
    )


def _difference(output: Output, is_there: bool) -> Difference:
    return Difference(
        Asset.BTC,
        output.place,
        str(output.outpoint),
        output.amount_sat * output.is_booked,
        output.amount_sat * is_there,
    )


def _payments_by_txid() -> dict[str, str]:
    rows = PaymentAttempt.objects.filter(network=Network.BITCOIN)
    return dict(rows.values_list("txid", "payment__state").iterator())


def _open_attempts(payment_id: int) -> tuple[str, ...]:
    rows = PaymentAttempt.objects.filter(payment_id=payment_id)
    return tuple(rows.order_by("number").values_list("txid", flat=True))


def _booked_as_found() -> dict[str, bool]:
    return {
        at: units > 0
        for each in booked_differences(Network.BITCOIN)
        for at, units in each.where.items()
    }


def _booked_deposits() -> set[Outpoint]:
    rows = Deposit.objects.filter(network=Network.BITCOIN, state__in=BOOKED)
    return {outpoint_of(*row) for row in rows.values_list("txid", "place").iterator()}


def _booked_capital() -> set[Outpoint]:
    rows = _own(is_outgoing=False).filter(transaction__isnull=False)
    return {outpoint_of(*row) for row in rows.values_list("txid", "place").iterator()}


def _cold_outputs(payments: dict[str, str]) -> Iterable[Output]:
    """Cold storage's. One that was spent is booked until staff has said what that was."""
    address = cold_address(Network.BITCOIN)
    if not address:
        return
    script = bitcoin_script_of(address)
    spent_by = {
        row.place.removeprefix("spends:"): row
        for row in _own(is_outgoing=True).filter(custody=Custody.COLD)
    }
    for row in _own(is_outgoing=False).filter(custody=Custody.COLD).order_by("id"):
        outpoint = outpoint_of(row.txid, row.place)
        state = payments.get(row.txid)
        if state is not None and state not in _SETTLED:
            continue
        is_in = state is not None or row.transaction_id is not None
        leaving = spent_by.get(str(outpoint))
        is_gone = leaving is not None and leaving.transaction_id is not None
        if row.height is None and not is_in:
            continue
        yield Output(
            place="cold",
            outpoint=outpoint,
            script=script,
            amount_sat=row.amount_units,
            is_booked=is_in and not is_gone,
            is_new=not is_in,
        )


def _own(*, is_outgoing: bool) -> QuerySet[OwnTransfer]:
    return OwnTransfer.objects.filter(network=Network.BITCOIN, is_outgoing=is_outgoing)
