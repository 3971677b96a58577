"""What staff do: approve or reject exactly the content that they looked at."""

import uuid
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from wallet import events
from wallet.models import Approval, Withdrawal, WithdrawalState
from wallet.policies import policy
from wallet.rates.errors import NoRate
from wallet.staff import APPROVING as PERMISSION
from wallet.staff import is_new, require_known
from wallet.withdrawals.content import content_hash as hash_of
from wallet.withdrawals.errors import (
    AlreadyDecided,
    BelowMinimum,
    ContentChanged,
    NotApprover,
    OwnWithdrawal,
    StateRefused,
    WithdrawalUnknown,
)
from wallet.withdrawals.gates import refuse_while_closed, refuse_while_frozen
from wallet.withdrawals.progress import mark
from wallet.withdrawals.risk import approvals_for
from wallet.withdrawals.states import BEFORE_SIGNING


def approve(
    *, staff: User, public_id: uuid.UUID | str, content_hash: str, note: str = ""
) -> Withdrawal:
    """Approve a withdrawal that cools or is in review; the last one needed lets it go on.

    `content_hash` is that of what the member of staff saw. Where there is no rate to send it at,
    it goes on by itself when there is one. Raises NotApprover, StaffTooNew, WithdrawalUnknown,
    OwnWithdrawal, ContentChanged, StateRefused, AlreadyDecided, WithdrawalsClosed,
    WithdrawalsFrozen.
    """
    with transaction.atomic():
        row = _to_decide_on(staff, public_id, content_hash)
        require_known(staff)
        refuse_while_closed()
        refuse_while_frozen(row.user_id)
        if row.state not in (WithdrawalState.COOLING, WithdrawalState.APPROVAL):
            raise StateRefused(f"{row.public_id} is {row.state}")
        if row.approvals.filter(staff=staff).exists():
            raise AlreadyDecided(str(row.public_id))
        _write(row, staff, approved=True, note=note)
        if row.state == WithdrawalState.APPROVAL and is_approved(row):
            with suppress(NoRate, BelowMinimum):
                return mark(row, WithdrawalState.APPROVED, reason="approved", actor=staff)
        return row


def reject(
    *, staff: User, public_id: uuid.UUID | str, content_hash: str, note: str = ""
) -> Withdrawal:
    """Reject a withdrawal that is not signed yet; the hold goes back to the player.

    Also by one who approved it before. Raises as `approve` does, but works while withdrawals are
    closed or frozen, and for staff who are new.
    """
    with transaction.atomic():
        row = _to_decide_on(staff, public_id, content_hash)
        if row.state not in BEFORE_SIGNING:
            raise StateRefused(f"{row.public_id} is {row.state}")
        if not row.approvals.filter(staff=staff).exists():
            _write(row, staff, approved=False, note=note)
        return mark(row, WithdrawalState.REJECTED, reason=note or "staff", actor=staff)


def is_approved(row: Withdrawal) -> bool:
    """As many different members of staff as it needs have approved exactly this content."""
    return approvals_given(row) >= approvals_needed(row)


def approvals_given(row: Withdrawal) -> int:
    """How many approvals count; not those of who was new at that moment."""
    approvals = row.approvals.filter(approved=True, content_hash=row.content_hash)
    given = approvals.exclude(staff_id=row.user_id).values_list("staff_id", "at")
    return len({staff_id for staff_id, at in given if not is_new(staff_id, at)})


def approvals_needed(row: Withdrawal) -> int:
    """As many as it was given, and at least those that the rules of now ask for its amount."""
    return max(row.approvals_needed, approvals_for(row.amount_krw, policy()))


def _to_decide_on(staff: User, public_id: uuid.UUID | str, content_hash: str) -> Withdrawal:
    """The withdrawal, locked, if this member of staff may decide on it."""
    # What a session remembers of its user's rights may be old.
    staff = User.objects.get(pk=staff.pk)
    if not (staff.is_active and staff.is_staff and staff.has_perm(PERMISSION)):
        raise NotApprover(str(staff.pk))
    try:
        number = uuid.UUID(str(public_id))
    except ValueError:
        raise WithdrawalUnknown(str(public_id)) from None
    rows = Withdrawal.objects.select_for_update(no_key=True)
    row = rows.filter(public_id=number).first()
    if row is None:
        raise WithdrawalUnknown(str(public_id))
    if row.user_id == staff.pk:
        raise OwnWithdrawal(str(public_id))
    if not content_hash == row.content_hash == hash_of(row):
        raise ContentChanged(str(public_id))
    return row


def _write(row: Withdrawal, staff: User, *, approved: bool, note: str) -> None:
    Approval.objects.create(
        withdrawal=row,
        staff=staff,
        content_hash=row.content_hash,
        approved=approved,
        note=note[:200],
        at=timezone.now(),
    )
    events.record(
        "withdrawal_decision",
        str(row.public_id),
        {
            "staff_id": staff.pk,
            "approved": approved,
            "content_hash": row.content_hash,
            "note": note[:200],
        },
    )
