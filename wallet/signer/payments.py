"""The rows of payments: the one place that changes a payment's state, and its withdrawals' with it.

Each function works inside of the caller's transaction, on rows that it locks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from wallet.assets import Network
from wallet.chains.bitcoin_wire import read_transaction
from wallet.chains.types import Outpoint
from wallet.events import record
from wallet.models import (
    DepositAddress,
    Payment,
    PaymentAttempt,
    PaymentKind,
    PaymentOutput,
    PaymentState,
    Utxo,
    Withdrawal,
    WithdrawalState,
)
from wallet.signer.errors import WithdrawalChanged
from wallet.withdrawals import mark

OPEN = (
    PaymentState.PREPARED,
    PaymentState.SIGNED,
    PaymentState.BROADCAST,
    PaymentState.CONFIRMED,
)
# Signed, so perhaps in the network, and not over.
OUT = OPEN[1:]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where an amount of a payment goes, and for which withdrawal."""

    address: str
    amount_units: int
    withdrawal: Withdrawal | None = None


def create(
    *,
    network: Network,
    asset: str,
    kind: PaymentKind,
    from_address: str,
    recipients: Sequence[Recipient],
    fee_cap_units: int,
    nonce: int | None = None,
    from_deposit_address: DepositAddress | None = None,
) -> Payment:
    """A prepared payment. A withdrawal that another one pays already is an IntegrityError.

    WithdrawalChanged where one is not any more as the recipient has it.
    """
    _hold_still([each.withdrawal for each in recipients if each.withdrawal is not None])
    payment = Payment.objects.create(
        network=network,
        asset=asset,
        kind=kind,
        from_address=from_address,
        from_deposit_address=from_deposit_address,
        nonce=nonce,
        amount_units=sum(recipient.amount_units for recipient in recipients),
        fee_cap_units=fee_cap_units,
        state=PaymentState.PREPARED,
    )
    PaymentOutput.objects.bulk_create(
        PaymentOutput(
            payment=payment,
            withdrawal=recipient.withdrawal,
            address=recipient.address,
            amount_units=recipient.amount_units,
        )
        for recipient in recipients
    )
    _tell(payment)
    return payment


def lock(payment: Payment) -> Payment:
    """The row as it is, locked until the end of the transaction."""
    return Payment.objects.select_for_update(no_key=True).get(id=payment.pk)


def lock_withdrawals(payment: Payment) -> list[Withdrawal]:
    """The withdrawals that it pays, locked, in the order of their ids."""
    paid = PaymentOutput.objects.filter(payment=payment, is_void=False)
    return list(
        Withdrawal.objects.filter(id__in=paid.values("withdrawal_id"))
        .order_by("id")
        .select_for_update(no_key=True)
    )


def signed_for(withdrawals: Sequence[Withdrawal]) -> list[Payment]:
    """Every payment that was ever signed for any of these, whatever its state and outputs say."""
    return list(
        Payment.objects.filter(outputs__withdrawal__in=withdrawals, attempts__isnull=False)
        .order_by("id")
        .distinct()
    )


def players_of(payments: Sequence[Payment]) -> set[int]:
    """The users whose withdrawals these payments pay."""
    outputs = PaymentOutput.objects.filter(payment__in=payments, withdrawal__isnull=False)
    return set(outputs.values_list("withdrawal__user_id", flat=True))


def outputs_of(payment: Payment) -> list[PaymentOutput]:
    """Its recipients, in the order in which the transaction pays them."""
    return list(payment.outputs.order_by("id"))


def attempts_of(payment: Payment) -> list[PaymentAttempt]:
    """Its signed transactions, the newest first."""
    return list(payment.attempts.order_by("-number"))


def open_payments(network: Network, *states: PaymentState) -> list[Payment]:
    """The payments of a network in these states (all open ones), the oldest first."""
    return list(Payment.objects.filter(network=network, state__in=states or OPEN).order_by("id"))


def change(payment: Payment, state: PaymentState, *, reason: str = "", **columns: Any) -> None:
    """Bring a locked payment into a state, and tell it."""
    payment.state = state
    payment.reason = reason
    payment.changed_at = timezone.now()
    for name, value in columns.items():
        setattr(payment, name, value)
    payment.save(update_fields=["state", "reason", "changed_at", *columns])
    _tell(payment)


def add_attempt(payment: Payment, **columns: Any) -> PaymentAttempt:
    """Keep a signed transaction; it may be sent when this is committed."""
    number = payment.attempts.count() + 1
    attempt = PaymentAttempt.objects.create(
        payment=payment, network=payment.network, number=number, **columns
    )
    record(
        "payment_signed",
        f"payment:{payment.pk}",
        {"txid": attempt.txid, "number": number, "fee_units": str(attempt.fee_units)},
    )
    return attempt


def move_withdrawals(payment: Payment, state: WithdrawalState, *, reason: str = "") -> None:
    """Bring the payment's withdrawals along; one that is there already stays."""
    for withdrawal in lock_withdrawals(payment):
        if withdrawal.state != state:
            mark(withdrawal, state, reason=reason, details={"payment": payment.pk})


def drop(payment: Payment, reason: str) -> None:
    """Give up a payment that was never signed: its withdrawals wait for another one."""
    change(payment, PaymentState.DROPPED, reason=reason)
    _let_go(payment)


def supersede(payment: Payment, reason: str) -> None:
    """Another transaction has spent its input or nonce for good, so it can never confirm.

    Its withdrawals are to be paid again, by a new payment.
    """
    if payment.state == PaymentState.CONFIRMED:
        raise ValueError("a payment that is in a block is not superseded")
    move_withdrawals(payment, WithdrawalState.APPROVED, reason=reason)
    change(payment, PaymentState.SUPERSEDED, reason=reason)
    _let_go(payment)


def free_unspent(payment: Payment, winner: PaymentAttempt) -> None:
    """Let go of the outputs that only other attempts than the one that is final spend."""
    spent = set(read_transaction(winner.raw).spends)
    left = [row.pk for row in payment.inputs.all() if Outpoint(row.txid, row.vout) not in spent]
    Utxo.objects.filter(id__in=left).update(spent_by=None)


def _hold_still(withdrawals: Sequence[Withdrawal]) -> None:
    """Lock them: since they were read nodes were asked, and their rates may be others now."""
    rows = Withdrawal.objects.filter(id__in=[each.pk for each in withdrawals]).order_by("id")
    now = {row.pk: row for row in rows.select_for_update(no_key=True)}
    for read in withdrawals:
        row = now[read.pk]
        is_same = (row.quote_id, row.amount_units, row.address) == (
            read.quote_id,
            read.amount_units,
            read.address,
        )
        if row.state != WithdrawalState.APPROVED or not is_same:
            raise WithdrawalChanged(str(row.public_id))


def _let_go(payment: Payment) -> None:
    payment.outputs.update(is_void=True)
    # What another transaction spent stays spent: `spent_txid` says so.
    Utxo.objects.filter(spent_by=payment).update(spent_by=None)


def spends_from(wallet_address: str, network: Network) -> Q:
    """Payments out of one address."""
    return Q(network=network, from_address=wallet_address)


def _tell(payment: Payment) -> None:
    record(
        "payment",
        f"payment:{payment.pk}",
        {
            "state": payment.state,
            "kind": payment.kind,
            "network": payment.network,
            "asset": payment.asset,
            "amount_units": str(payment.amount_units),
            "reason": payment.reason,
        },
    )
