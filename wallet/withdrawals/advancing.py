"""What time does: waits end, reviews expire, a freeze sends back."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from wallet.models import Policy, Withdrawal, WithdrawalState
from wallet.policies import policy
from wallet.rates.errors import NoRate
from wallet.withdrawals import risk
from wallet.withdrawals.decisions import is_approved
from wallet.withdrawals.errors import BelowMinimum
from wallet.withdrawals.gates import frozen_reason, is_open
from wallet.withdrawals.progress import keep_waiting, mark

log = structlog.get_logger()


def advance() -> int:
    """Bring every withdrawal as far as it may go by itself; returns how many changed.

    Each in a transaction of its own: the trouble of one does not stop the others.
    """
    now = timezone.now()
    due = Withdrawal.objects.filter(
        Q(state=WithdrawalState.COOLING, cooling_until__lte=now)
        | Q(state__in=(WithdrawalState.APPROVAL, WithdrawalState.APPROVED))
    )
    changed = 0
    for pk in due.order_by("id").values_list("pk", flat=True):
        try:
            changed += _advance_one(pk, now)
        except Exception:
            log.exception("withdrawal_not_advanced", withdrawal=pk)
    return changed


@transaction.atomic
def _advance_one(pk: int, now: datetime) -> bool:
    row = (
        Withdrawal.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("user")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        return False
    house = policy()
    match row.state:
        case WithdrawalState.COOLING if row.cooling_until is not None and row.cooling_until <= now:
            return _after_cooling(row, now, house)
        case WithdrawalState.APPROVAL if row.expires_at is not None and row.expires_at <= now:
            mark(row, WithdrawalState.EXPIRED, reason="review_expired")
            return True
        case WithdrawalState.APPROVAL if is_approved(row) and _may_go_on(row, house):
            return _approve(row, reason="approved")
        case WithdrawalState.APPROVED:
            return _keep_approved(row, now, house)
    return False


def _after_cooling(row: Withdrawal, now: datetime, house: Policy) -> bool:
    flag = risk.credentials_flag(row.user, now=now, house=house)
    if flag is not None and flag.wait_until is not None:
        # Whoever took the account over meanwhile is not paid for having waited.
        keep_waiting(row, until=flag.wait_until, reason=flag.code, flag=flag.stored())
        return True
    reason = frozen_reason(row.user_id)
    if reason or not is_approved(row):
        _to_review(row, now, house, reason=reason or "approvals_needed")
        return True
    return is_open(house) and _approve(row, reason="waited")


def _approve(row: Withdrawal, *, reason: str) -> bool:
    """At the rate of now. Without a rate it waits for one."""
    try:
        mark(row, WithdrawalState.APPROVED, reason=reason)
    except NoRate:
        return False
    except BelowMinimum:
        mark(row, WithdrawalState.EXPIRED, reason=BelowMinimum.code)
    return True


def _keep_approved(row: Withdrawal, now: datetime, house: Policy) -> bool:
    """Until it is signed: what was approved stays within the rules.

    Its rate the signer fixes again when it is about to take it (`wallet.signer.queue`).
    """
    reason = frozen_reason(row.user_id) or ("" if is_approved(row) else "approvals_needed")
    if reason:
        _to_review(row, now, house, reason=reason)
    return bool(reason)


def _to_review(row: Withdrawal, now: datetime, house: Policy, *, reason: str) -> None:
    expires_at = now + timedelta(hours=house.review_expires_hours)
    mark(row, WithdrawalState.APPROVAL, reason=reason, expires_at=expires_at)


def _may_go_on(row: Withdrawal, house: Policy) -> bool:
    return is_open(house) and not frozen_reason(row.user_id)
