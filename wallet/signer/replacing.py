"""Payments that wait too long: the same inputs or nonce again, at higher fees.

Every attempt is kept, and whichever of them comes into a block settles the payment.
"""

from datetime import datetime, timedelta

from wallet.assets import Network
from wallet.chains.types import TxState
from wallet.models import Payment, PaymentAttempt
from wallet.signer import bitcoin, ethereum, payments
from wallet.signer.alerts import alert
from wallet.signer.errors import OutputsChanged, SignerError
from wallet.signer.sending import was_underpriced
from wallet.signer.wallets import BitcoinWallet, Wallet

# How long an attempt may wait: three blocks and some, of 10 min and 12 s on the average.
PATIENCE = {Network.BITCOIN: timedelta(minutes=40), Network.ETHEREUM: timedelta(minutes=2)}


def replace_stuck(wallet: Wallet, payment: Payment, *, now: datetime) -> None:
    """Sign a new attempt where the newest one is underpriced or has waited too long."""
    newest = payments.attempts_of(payment)[0]
    if not is_stuck(newest, wallet.network, now=now) or _waits_for_another(payment, newest):
        return
    if wallet.chain.transaction_status(newest.txid).state not in (
        TxState.PENDING,
        TxState.UNKNOWN,
    ):
        return
    try:
        if isinstance(wallet, BitcoinWallet):
            bitcoin.replace(wallet, payment)
        else:
            ethereum.replace(wallet, payment)
    except OutputsChanged as error:
        alert(error.code, f"payment:{payment.pk}", detail=error.detail)
    except SignerError as error:
        alert("stuck", f"payment:{payment.pk}", why=error.code, detail=error.detail)


def is_stuck(attempt: PaymentAttempt, network: Network, *, now: datetime) -> bool:
    """Refused for its fee, or sent so long ago that it should be in a block.

    Each attempt is waited for twice as long as the one before, so that what is held up by something
    else than its fee does not climb to the cap.
    """
    if was_underpriced(attempt):
        return True
    patience: timedelta = PATIENCE[network] * 2 ** (attempt.number - 1)
    return attempt.sent_at is not None and now - attempt.signed_at > patience


def _waits_for_another(payment: Payment, newest: PaymentAttempt) -> bool:
    """On Ethereum the lowest nonce holds up the others: higher fees of theirs change nothing."""
    if payment.nonce is None or was_underpriced(newest):
        return False
    earlier = Payment.objects.filter(
        payments.spends_from(payment.from_address, Network(payment.network)),
        state__in=payments.OPEN,
        nonce__lt=payment.nonce,
    )
    return earlier.exists()
