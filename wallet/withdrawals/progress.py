"""The one place that changes a withdrawal's state."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from wallet import events, letters, movements
from wallet.models import Transaction, Withdrawal, WithdrawalEvent, WithdrawalState
from wallet.withdrawals.content import content_hash, follows_from_quote
from wallet.withdrawals.errors import BelowMinimum, ContentChanged, StateRefused
from wallet.withdrawals.gates import refuse_while_closed, refuse_while_frozen
from wallet.withdrawals.quotes import fix_rate_again
from wallet.withdrawals.states import BEFORE_SIGNING, GIVEN_BACK, WAYS

# The rate of what the signer could not take then (the hot wallet was too low) is not fixed again
# before this: each one is kept for good, with its event in every log.
RATE_FIXED_EVERY = timedelta(minutes=5)
RATE_FIXED = "rate_fixed"


def mark(
    withdrawal: Withdrawal,
    state: str,
    *,
    reason: str = "",
    actor: User | None = None,
    details: Mapping[str, Any] | None = None,
    closing: Transaction | None = None,
    expires_at: datetime | None = None,
) -> Withdrawal:
    """Bring a withdrawal into a state, with its event; returns it as it is now.

    In the state already: nothing happens. `closing` is the ledger transaction that paid it, for
    SETTLED; what is rejected, cancelled, expired or failed gives its hold back here. What becomes
    APPROVED gets the rate of now where its quote is over. `details` is JSON without floats. Raises
    StateRefused where there is no such way, and, on the way to be approved and signed,
    ContentChanged where the row is not what its hash and quote say, WithdrawalsClosed,
    WithdrawalsFrozen, and what `fix_rate_again` raises.
    """
    target = WithdrawalState(state)
    with transaction.atomic():
        row = locked(withdrawal.pk)
        if row.state == target:
            return row
        if target not in WAYS[WithdrawalState(row.state)]:
            raise StateRefused(f"{row.public_id} is {row.state}, not to be {target}")
        if row.state in BEFORE_SIGNING and target in (
            WithdrawalState.APPROVED,
            WithdrawalState.SIGNED,
        ):
            _refuse_to_go_on(row)
        if target == WithdrawalState.APPROVED and row.state in BEFORE_SIGNING:
            details = {**(details or {}), **fix_rate_again(row)}
        if target in GIVEN_BACK:
            closing = movements.release(row)
        if (target == WithdrawalState.SETTLED or target in GIVEN_BACK) != (closing is not None):
            raise ValueError("a withdrawal is settled with the transaction that paid it")
        row.state, row.reason, row.closing = target, reason[:200], closing
        row.changed_at, row.expires_at = timezone.now(), expires_at
        row.save(update_fields=["state", "reason", "closing", "changed_at", "expires_at"])
        tell(row, reason=reason, actor=actor, details=details)
        letters.withdrawal_moved(row)
    return row


def fix_rate_to_pay(withdrawal: Withdrawal) -> Withdrawal | None:
    """Bring an approved withdrawal whose quote is over to the rate of now; the row as it is then.

    None where it cannot be paid at one: it is in a payment or not approved any more, it got a rate
    within `RATE_FIXED_EVERY`, or its won would buy dust by now, with which it expires. Raises why
    there is no rate (`wallet.rates.errors.NoRate`).
    """
    with transaction.atomic():
        row = locked(withdrawal.pk)
        lately = row.events.filter(reason=RATE_FIXED, at__gt=timezone.now() - RATE_FIXED_EVERY)
        if row.state != WithdrawalState.APPROVED or row.is_rate_fixed or lately.exists():
            return None
        try:
            details = fix_rate_again(row)
        except BelowMinimum:
            mark(row, WithdrawalState.EXPIRED, reason=BelowMinimum.code)
            return None
        if details:
            tell(row, reason=RATE_FIXED, details=details)
        return row


def keep_waiting(
    row: Withdrawal, *, until: datetime, reason: str, flag: dict[str, Any] | None = None
) -> None:
    """Make a cooling withdrawal, which is locked, wait longer."""
    row.cooling_until, row.changed_at = until, timezone.now()
    if flag is not None:
        row.flags = [*row.flags, flag]
    row.save(update_fields=["cooling_until", "changed_at", "flags"])
    tell(row, reason=reason)


def locked(pk: int) -> Withdrawal:
    """The row as it is now; nobody else changes it until the end of the transaction."""
    return Withdrawal.objects.select_for_update(no_key=True).get(pk=pk)


def tell(
    row: Withdrawal,
    *,
    reason: str = "",
    actor: User | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write the event of a withdrawal's state, in the transaction that changed it."""
    WithdrawalEvent.objects.create(
        withdrawal=row,
        state=row.state,
        reason=reason[:200],
        actor=actor,
        details=dict(details or {}),
    )
    events.record(
        f"withdrawal_{row.state}",
        str(row.public_id),
        {
            "user_id": row.user_id,
            "asset": row.asset,
            "amount_units": str(row.amount_units),
            "amount_krw": str(row.amount_krw),
            "content_hash": row.content_hash,
            "reason": reason[:200],
            "actor_id": actor.pk if actor else None,
        },
    )


def _refuse_to_go_on(row: Withdrawal) -> None:
    refuse_while_closed()
    refuse_while_frozen(row.user_id)
    if content_hash(row) != row.content_hash or not follows_from_quote(row):
        raise ContentChanged(str(row.public_id))
