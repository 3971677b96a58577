"""The one place that changes a withdrawal's state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from wallet import events, letters, movements
from wallet.models import Transaction, Withdrawal, WithdrawalEvent, WithdrawalState
from wallet.withdrawals.content import content_hash, follows_from_quote
from wallet.withdrawals.errors import ContentChanged, StateRefused
from wallet.withdrawals.gates import refuse_while_closed, refuse_while_frozen
from wallet.withdrawals.quotes import fix_rate_again
from wallet.withdrawals.states import BEFORE_SIGNING, GIVEN_BACK, WAYS


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


def keep_rate_fresh(row: Withdrawal) -> bool:
    """Fix the rate of an approved withdrawal, which is locked, again; whether it was over.

    Raises as `fix_rate_again`.
    """
    details = fix_rate_again(row)
    if details:
        tell(row, reason="rate_fixed", details=details)
    return bool(details)


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
