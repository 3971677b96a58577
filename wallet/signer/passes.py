"""One pass over everything that the signer has to do for a network.

The order matters little, since every step looks at what is there: first what the chain did, then
what is new.
"""

from contextlib import AbstractContextManager
from datetime import datetime

import structlog
from django.utils import timezone

from wallet.models import Payment, PaymentKind, PaymentState
from wallet.signer import bitcoin, ethereum, payments
from wallet.signer.alone import alone
from wallet.signer.following import follow
from wallet.signer.judgement import halted, stop_without_origin
from wallet.signer.locks import only_signer
from wallet.signer.market import listen
from wallet.signer.replacing import replace_stuck
from wallet.signer.sending import send
from wallet.signer.settlement import settle
from wallet.signer.sweeping import sweep_bitcoin, sweep_ethereum
from wallet.signer.treasury import keep_bitcoin, keep_ethereum
from wallet.signer.wallets import BitcoinWallet, Wallet

log = structlog.get_logger()


def run(wallet: Wallet, *, now: datetime | None = None) -> None:
    """Follow and settle what is out; replace, prepare, sign and send unless that is stopped.

    Raises SignerBusy, ChainError (the node is down).
    """
    with only_signer(wallet.network):
        check_networks(wallet)
        follow_and_settle(wallet)
        if reason := halted():
            log.info("signer_halted", network=wallet.network, reason=reason)
            return
        for payment in payments.open_payments(
            wallet.network, PaymentState.SIGNED, PaymentState.BROADCAST
        ):
            with _alone(payment):
                replace_stuck(wallet, payment, now=now or timezone.now())
        with alone(f"prepare:{wallet.network}"):
            if isinstance(wallet, BitcoinWallet):
                bitcoin.prepare(wallet)
            else:
                ethereum.prepare(wallet)
        if not isinstance(wallet, BitcoinWallet):
            with alone("nonces"):
                ethereum.fill_gaps(wallet)
        sign_and_send(wallet)


def sweep(wallet: Wallet, *, now: datetime | None = None) -> None:
    """Deposits into the hot wallet, its surplus to the cold one. Raises as `run` does."""
    with only_signer(wallet.network):
        check_networks(wallet)
        if halted():
            return
        with alone(f"sweep:{wallet.network}"):
            if isinstance(wallet, BitcoinWallet):
                sweep_bitcoin(wallet)
            else:
                sweep_ethereum(wallet, now=now or timezone.now())
        with alone(f"float:{wallet.network}"):
            if isinstance(wallet, BitcoinWallet):
                keep_bitcoin(wallet)
            else:
                keep_ethereum(wallet)
        sign_and_send(wallet)


def check_networks(wallet: Wallet) -> None:
    """Every node serves the network and is not loading it: what it said before is of another time.

    Raises ChainError.
    """
    for node in wallet.nodes:
        node.check_network()


def follow_and_settle(wallet: Wallet) -> None:
    """Every payment that is out, to where the chain has it."""
    for payment in payments.open_payments(wallet.network, *payments.OUT):
        with _alone(payment):
            follow(wallet, payment)
    for payment in payments.open_payments(wallet.network, PaymentState.CONFIRMED):
        with _alone(payment):
            settle(wallet, payment)


def sign_and_send(wallet: Wallet) -> None:
    """Everything that is prepared, signed; everything that is signed, sent."""
    prepared = payments.open_payments(wallet.network, PaymentState.PREPARED)
    if any(payment.kind == PaymentKind.WITHDRAWAL for payment in prepared):
        stop_without_origin(payments.players_of(prepared))
    for payment in prepared:
        if halted():
            return
        with _alone(payment):
            if payment.kind == PaymentKind.WITHDRAWAL:
                listen()
            if isinstance(wallet, BitcoinWallet):
                bitcoin.sign(wallet, payment)
            else:
                ethereum.sign(wallet, payment)
    for payment in payments.open_payments(
        wallet.network, PaymentState.SIGNED, PaymentState.BROADCAST
    ):
        if halted():
            return
        with _alone(payment):
            send(wallet, payment)


def _alone(payment: Payment) -> AbstractContextManager[None]:
    return alone(f"payment:{payment.pk}")
