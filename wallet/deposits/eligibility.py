"""Why a deposit waits for staff instead of being credited."""

from datetime import UTC, datetime, timedelta

from django.db.models import Q, Sum

from wallet.addressing import is_ours
from wallet.assets import Network
from wallet.deposits.watch import parse_outpoint
from wallet.models import (
    Deposit,
    DepositState,
    Exclusion,
    Identity,
    LimitKind,
    LimitPeriod,
    PaymentAttempt,
    PlayerLimit,
    Utxo,
)
from wallet.policies import policy

ACCOUNT_CLOSED = "account_closed"
EXCLUDED = "excluded"
DEPOSIT_LIMIT = "deposit_limit"
IDENTITY_NEEDED = "identity_needed"
FROM_OWN_ADDRESS = "from_own_address"
RETURNED_BEFORE = "returned_before"

WINDOWS = {
    LimitPeriod.DAY: timedelta(days=1),
    LimitPeriod.WEEK: timedelta(days=7),
    LimitPeriod.MONTH: timedelta(days=30),
}


def quarantine_reason(deposit: Deposit, amount_krw: int | None) -> str:
    """A stable code, or empty. Without `amount_krw` the deposit limit is not looked at.

    What staff has credited before needs no second decision when its block comes again.
    """
    if _was_decided(deposit, DepositState.CREDITED):
        return ""
    if _was_decided(deposit, DepositState.RETURNED):
        return RETURNED_BEFORE
    if _is_from_us(deposit):
        return FROM_OWN_ADDRESS
    if not deposit.user.is_active:
        return ACCOUNT_CLOSED
    now = datetime.now(UTC)
    if is_excluded(deposit.user_id, now):
        return EXCLUDED
    if _identity_level(deposit.user_id) < policy().deposit_identity_level:
        return IDENTITY_NEEDED
    if amount_krw is not None and exceeds_limit(deposit.user_id, amount_krw, now):
        return DEPOSIT_LIMIT
    return ""


def is_excluded(user_id: int, now: datetime) -> bool:
    """The player is kept out, by their own decision or the house's."""
    lasting = Q(until__isnull=True) | Q(until__gt=now)
    return Exclusion.objects.filter(lasting, user_id=user_id, since__lte=now).exists()


def exceeds_limit(user_id: int, amount_krw: int, now: datetime) -> bool:
    """With this amount the player would be above a limit of theirs, over a rolling window."""
    return any(
        limit is not None and _credited_krw(user_id, now - window) + amount_krw > limit
        for period, window in WINDOWS.items()
        if (limit := _limit_krw(user_id, period, now)) is not None
    )


def _limit_krw(user_id: int, period: LimitPeriod, now: datetime) -> int | None:
    limits = PlayerLimit.objects.filter(
        user_id=user_id, kind=LimitKind.DEPOSIT, period=period, effective_at__lte=now
    )
    newest = limits.order_by("-id").first()
    return newest.value if newest else None


def _credited_krw(user_id: int, since: datetime) -> int:
    credited = Deposit.objects.filter(
        user_id=user_id, state=DepositState.CREDITED, credited_at__gt=since
    )
    return int(credited.aggregate(total=Sum("amount_krw"))["total"] or 0)


def _identity_level(user_id: int) -> int:
    identity = Identity.objects.filter(user_id=user_id).first()
    return identity.level if identity else 0


def _was_decided(deposit: Deposit, state: DepositState) -> bool:
    return deposit.events.filter(state=state, actor__isnull=False).exists()


def _is_from_us(deposit: Deposit) -> bool:
    """Our own coins on a way they should not go: no player paid them."""
    if deposit.network == Network.ETHEREUM:
        return bool(deposit.sender) and is_ours(network=deposit.network, address=deposit.sender)
    if PaymentAttempt.objects.filter(network=deposit.network, txid=deposit.txid).exists():
        return True
    spends = [parse_outpoint(text) for text in deposit.spends]
    ours = Utxo.objects.filter(txid__in={each.txid for each in spends})
    return not {(each.txid, each.index) for each in spends}.isdisjoint(
        ours.values_list("txid", "vout")
    )
