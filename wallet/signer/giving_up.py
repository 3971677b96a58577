"""Giving up a payment that cannot be signed as it was prepared: its withdrawals wait again."""

from django.db import transaction

from wallet.errors import WalletError
from wallet.keys.errors import SigningRefused
from wallet.models import Payment, PaymentState
from wallet.signer import payments
from wallet.signer.alerts import alert
from wallet.signer.errors import NotPayable, RatesUnheard, SignerLockLost
from wallet.signer.locks import require_signer


def give_up(payment: Payment, error: WalletError | SigningRefused) -> None:
    """Drop a payment that was not signed, and say why; a signer that is none any more raises,
    and so does what passes by itself."""
    if isinstance(error, (SignerLockLost, RatesUnheard)):
        raise error
    reason = error.reason if isinstance(error, NotPayable) else error.code
    with transaction.atomic():
        require_signer(payment.network)
        payment = payments.lock(payment)
        if payment.state == PaymentState.PREPARED:
            payments.drop(payment, reason)
        if reason != "not_approved":  # cancelled in time
            alert(reason, f"payment:{payment.pk}", detail=error.detail)
