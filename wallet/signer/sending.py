"""Sending what is signed and committed, until a node has it.

An answer that was lost changes nothing: the same bytes are sent again, and "already known",
"already in the chain" or a spent input or nonce with our own transaction in a block is success.
"""

from django.db import transaction
from django.utils import timezone

from wallet.chains.types import Broadcast, BroadcastResult, TxState
from wallet.models import Payment, PaymentAttempt, PaymentState, WithdrawalState
from wallet.signer import payments
from wallet.signer.alerts import alert
from wallet.signer.wallets import Wallet

# The input or nonce is used; perhaps by an attempt of ours.
_USED = {BroadcastResult.NONCE_TOO_LOW, BroadcastResult.INPUTS_SPENT}
# What an attempt is refused for although one before it may be taken: it spends more.
_MORE_THAN_BEFORE = {BroadcastResult.INPUTS_SPENT, BroadcastResult.INSUFFICIENT_FUNDS}
_FOR_STAFF = {BroadcastResult.INSUFFICIENT_FUNDS, BroadcastResult.REJECTED, *_USED}
ANSWER_LENGTH = 200


def send(wallet: Wallet, payment: Payment) -> None:
    """Give the newest attempt to the node, unless the node has it.

    One whose inputs are spent can be an added coin short, and one that its sender's ETH does not
    cover costs more than the one before: the attempts before it are given then.
    """
    attempts = payments.attempts_of(payment)
    if attempts[0].sent_at is not None and not _is_lost(wallet, attempts[0]):
        return
    for attempt in attempts:
        answer = wallet.chain.broadcast(attempt.raw)
        arrived = answer.is_in_network or (
            answer.result in _USED and any(_is_known(wallet, each) for each in attempts)
        )
        _note(payment, attempt, answer, arrived=arrived)
        if arrived:
            return
        if answer.result in _FOR_STAFF:
            detail = answer.detail[:ANSWER_LENGTH]
            alert(answer.result.value, f"payment:{payment.pk}", detail=detail)
        if answer.result not in _MORE_THAN_BEFORE:
            return


def was_underpriced(attempt: PaymentAttempt) -> bool:
    """The node refused it for its fee."""
    return attempt.last_answer.startswith(BroadcastResult.FEE_TOO_LOW.value)


def was_unfunded(attempt: PaymentAttempt) -> bool:
    """The node refused it since its sender has too little ETH."""
    return attempt.last_answer.startswith(BroadcastResult.INSUFFICIENT_FUNDS.value)


def _is_lost(wallet: Wallet, attempt: PaymentAttempt) -> bool:
    return wallet.chain.transaction_status(attempt.txid).state is TxState.UNKNOWN


def _is_known(wallet: Wallet, attempt: PaymentAttempt) -> bool:
    return not _is_lost(wallet, attempt)


def _note(payment: Payment, attempt: PaymentAttempt, answer: Broadcast, *, arrived: bool) -> None:
    with transaction.atomic():
        payment = payments.lock(payment)
        attempt.last_answer = f"{answer.result.value} {answer.detail}".strip()[:ANSWER_LENGTH]
        if arrived:
            attempt.sent_at = timezone.now()
        attempt.save(update_fields=["last_answer", "sent_at"])
        if arrived and payment.state == PaymentState.SIGNED:
            payments.change(payment, PaymentState.BROADCAST)
            payments.move_withdrawals(payment, WithdrawalState.BROADCAST)
