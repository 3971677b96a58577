"""One pass over everything that the signer has to do for a network.

The order matters little, since every step looks at what is there: first what the chain did, then
what is new.
"""

from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec

import structlog
from django.utils import timezone

from wallet.chains.errors import ChainError
from wallet.keys.errors import SigningRefused
from wallet.models import Payment, PaymentState
from wallet.signer import bitcoin, ethereum, payments
from wallet.signer.alerts import alert
from wallet.signer.errors import SignerError, SignerLockLost
from wallet.signer.following import follow
from wallet.signer.judgement import halted
from wallet.signer.locks import only_signer
from wallet.signer.replacing import replace_stuck
from wallet.signer.sending import send
from wallet.signer.settlement import settle
from wallet.signer.sweeping import sweep_bitcoin, sweep_ethereum
from wallet.signer.treasury import keep_bitcoin, keep_ethereum
from wallet.signer.wallets import BitcoinWallet, Wallet

Step = ParamSpec("Step")

log = structlog.get_logger()


def run(wallet: Wallet, *, now: datetime | None = None) -> None:
    """Follow and settle what is out; replace, prepare, sign and send unless that is stopped.

    Raises SignerBusy, ChainError (the node is down).
    """
    with only_signer(wallet.network):
        wallet.chain.check_network()
        follow_and_settle(wallet)
        if reason := halted():
            log.info("signer_halted", network=wallet.network, reason=reason)
            return
        for payment in payments.open_payments(
            wallet.network, PaymentState.SIGNED, PaymentState.BROADCAST
        ):
            _alone(payment, replace_stuck, wallet, payment, now=now or timezone.now())
        if isinstance(wallet, BitcoinWallet):
            bitcoin.prepare(wallet)
        else:
            ethereum.prepare(wallet)
            _alone("nonces", ethereum.fill_gaps, wallet)
        sign_and_send(wallet)


def sweep(wallet: Wallet) -> None:
    """Deposits into the hot wallet, its surplus to the cold one. Raises as `run` does."""
    with only_signer(wallet.network):
        wallet.chain.check_network()
        if halted():
            return
        if isinstance(wallet, BitcoinWallet):
            _alone("sweep", sweep_bitcoin, wallet)
            _alone("float", keep_bitcoin, wallet)
        else:
            _alone("sweep", sweep_ethereum, wallet)
            _alone("float", keep_ethereum, wallet)
        sign_and_send(wallet)


def follow_and_settle(wallet: Wallet) -> None:
    """Every payment that is out, to where the chain has it."""
    for payment in payments.open_payments(wallet.network, *payments.OUT):
        _alone(payment, follow, wallet, payment)
    for payment in payments.open_payments(wallet.network, PaymentState.CONFIRMED):
        _alone(payment, settle, wallet, payment)


def sign_and_send(wallet: Wallet) -> None:
    """Everything that is prepared, signed; everything that is signed, sent."""
    for payment in payments.open_payments(wallet.network, PaymentState.PREPARED):
        if halted():
            return
        if isinstance(wallet, BitcoinWallet):
            _alone(payment, bitcoin.sign, wallet, payment)
        else:
            _alone(payment, ethereum.sign, wallet, payment)
    for payment in payments.open_payments(
        wallet.network, PaymentState.SIGNED, PaymentState.BROADCAST
    ):
        if halted():
            return
        _alone(payment, send, wallet, payment)


def _alone(
    about: Payment | str, step: Callable[Step, object], *args: Step.args, **kwargs: Step.kwargs
) -> None:
    """One payment's trouble does not stop the others: it is told, and tried again later."""
    subject = f"payment:{about.pk}" if isinstance(about, Payment) else about
    try:
        step(*args, **kwargs)
    except SignerLockLost:
        raise
    except ChainError as error:
        log.warning("waits_for_node", subject=subject, error=str(error))
    except (SignerError, SigningRefused) as error:
        alert(error.code, subject, detail=error.detail)
