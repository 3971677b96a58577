"""What the chain did with what was sent: in a block, out of it again, or never to be.

Nothing is concluded from silence: a node that does not know a transaction may be behind. A payment
is superseded only when every node that is configured names a transaction of somebody else, in a
final block, that has used its nonce, or an input of each of its attempts.
"""

from dataclasses import dataclass

from django.db import transaction

from wallet.chains.bitcoin_wire import read_transaction
from wallet.chains.errors import NodeAnswerInvalid, NodeRefused
from wallet.chains.types import BlockTag, Outpoint, TxState, TxStatus
from wallet.models import Payment, PaymentAttempt, PaymentState, Utxo, WithdrawalState
from wallet.signer import payments
from wallet.signer.alerts import alert
from wallet.signer.locks import require_signer
from wallet.signer.wallets import (
    BITCOIN_FINAL_DEPTH,
    BitcoinWallet,
    EthereumWallet,
    Wallet,
)

IN_A_BLOCK = (TxState.INCLUDED, TxState.FAILED)


@dataclass(frozen=True, slots=True)
class Place:
    """The attempt that is in a block now, and where."""

    attempt: PaymentAttempt
    status: TxStatus


def follow(wallet: Wallet, payment: Payment) -> None:
    """Bring a payment that is out to the state that the chain shows."""
    attempts = payments.attempts_of(payment)
    is_pending = False
    for attempt in attempts:
        status = wallet.chain.transaction_status(attempt.txid)
        if status.state in IN_A_BLOCK:
            _confirmed(payment, Place(attempt, status))
            return
        is_pending = is_pending or status.state is TxState.PENDING
    _in_no_block(payment, is_pending=is_pending)
    if not is_pending and is_used_for_good(wallet, payment, attempts):
        _superseded(payment)


def _confirmed(payment: Payment, place: Place) -> None:
    block = place.status.block
    assert block is not None  # of what is in a block
    with transaction.atomic():
        payment = payments.lock(payment)
        if payment.state not in payments.OUT:
            return
        was = (payment.state, payment.height, payment.block_hash, place.attempt.is_confirmed)
        if was == (PaymentState.CONFIRMED, block.height, block.hash, True):
            return
        _only_confirmed(payment, place.attempt)
        payments.change(payment, PaymentState.CONFIRMED, height=block.height, block_hash=block.hash)
        payments.move_withdrawals(payment, WithdrawalState.CONFIRMED)


def _in_no_block(payment: Payment, *, is_pending: bool) -> None:
    """A reorganisation took it out again, or a node has it although its answer was lost."""
    with transaction.atomic():
        payment = payments.lock(payment)
        is_out_again = payment.state == PaymentState.CONFIRMED
        is_news = payment.state == PaymentState.SIGNED and is_pending
        if not (is_out_again or is_news):
            return
        _only_confirmed(payment, None)
        payments.change(
            payment,
            PaymentState.BROADCAST,
            reason="reorganised" if is_out_again else "",
            height=None,
            block_hash="",
        )
        payments.move_withdrawals(payment, WithdrawalState.BROADCAST)


def _superseded(payment: Payment) -> None:
    reason = "nonce_taken" if payment.nonce is not None else "input_taken"
    with transaction.atomic():
        require_signer(payment.network)
        payment = payments.lock(payment)
        if payment.state not in (PaymentState.SIGNED, PaymentState.BROADCAST):
            return
        payments.supersede(payment, reason)
        # Together with it: a signer that dies now would tell nobody later.
        alert(reason, f"payment:{payment.pk}", nonce=payment.nonce)


def _only_confirmed(payment: Payment, winner: PaymentAttempt | None) -> None:
    payment.attempts.filter(is_confirmed=True).update(is_confirmed=False)
    if winner is not None:
        payment.attempts.filter(id=winner.pk).update(is_confirmed=True)


def is_used_for_good(wallet: Wallet, payment: Payment, attempts: list[PaymentAttempt]) -> bool:
    """None of its attempts can ever confirm: the nodes name what of somebody else is final."""
    if isinstance(wallet, EthereumWallet):
        return _nonce_is_used(wallet, payment, attempts)
    return _inputs_are_used(wallet, attempts)


def _inputs_are_used(wallet: BitcoinWallet, attempts: list[PaymentAttempt]) -> bool:
    """Each attempt has lost an input: an earlier one has fewer than the last, and may be valid.

    What they spend is read from their bytes: the rows of a payment that is over have let go of it.
    """
    ours = [attempt.txid for attempt in attempts]
    spent = [set(read_transaction(attempt.raw).spends) for attempt in attempts]
    wanted = set[Outpoint]().union(*spent)
    rows = Utxo.objects.filter(txid__in={each.txid for each in wanted})
    gone = {
        Outpoint(row.txid, row.vout)
        for row in rows.exclude(spent_txid__in=["", *ours])
        if Outpoint(row.txid, row.vout) in wanted and _input_is_used(wallet, row)
    }
    return bool(gone) and all(gone.intersection(each) for each in spent)


def _nonce_is_used(
    wallet: EthereumWallet, payment: Payment, attempts: list[PaymentAttempt]
) -> bool:
    """No node has any attempt, and all name the same final transaction that has its nonce."""
    nonce = payment.nonce
    assert nonce is not None  # a constraint of the table
    for node in wallet.nodes:
        if node.nonce(payment.from_address, BlockTag.FINALIZED) <= nonce:
            return False
        if any(
            node.transaction_status(attempt.txid).state is not TxState.UNKNOWN
            for attempt in attempts
        ):
            return False
    try:
        spenders = {node.nonce_spender(payment.from_address, nonce) for node in wallet.nodes}
    except (NodeRefused, NodeAnswerInvalid) as error:
        alert("nonce_unproven", f"payment:{payment.pk}", nonce=nonce, detail=error.detail)
        return False
    ours = {None, *(attempt.txid for attempt in attempts)}
    return len(spenders) == 1 and spenders.isdisjoint(ours)


def _input_is_used(wallet: BitcoinWallet, row: Utxo) -> bool:
    """The scanner saw the spender; the nodes say that it does spend this and is deep."""
    spender = wallet.chain.transaction(row.spent_txid)
    if spender is None or Outpoint(row.txid, row.vout) not in spender.spends:
        return False
    status = wallet.chain.transaction_status(row.spent_txid)
    return status.depth >= BITCOIN_FINAL_DEPTH and wallet.is_final(row.spent_txid, status)
