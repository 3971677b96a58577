"""What stops withdrawals: the kill switch for everybody, a freeze for one player."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from wallet import chart, movements, play_money
from wallet.models import Deposit, DepositState, Policy
from wallet.policies import policy
from wallet.withdrawals.errors import PlayMoneyGranted, WithdrawalsClosed, WithdrawalsFrozen

# A deposit that went away after it was credited often comes again; until then nothing leaves.
REVERSAL_FREEZE = timedelta(hours=72)


def closed(house: Policy) -> WithdrawalsClosed | None:
    """Why nothing may be asked for, approved, signed and sent; None where withdrawals are open."""
    if not house.withdrawals_open or house.stopped_reason:
        return WithdrawalsClosed(house.stopped_reason or "kill switch")
    return PlayMoneyGranted() if play_money.bars_coins() else None


def is_open(house: Policy) -> bool:
    """Whether withdrawals may be asked for, approved, signed and sent."""
    return closed(house) is None


def refuse_while_closed(house: Policy | None = None) -> None:
    """Raises WithdrawalsClosed, or PlayMoneyGranted, which is one."""
    if refusal := closed(house or policy()):
        raise refusal


def frozen_reason(user_id: int) -> str:
    """Why nothing is paid out to a player: a stable code, or empty where nothing is frozen.

    `account_closed`, `receivable` (the player owes the house won) or `deposit_reversed` (a credited
    deposit went away within `REVERSAL_FREEZE` and has not come again), or `deposit_unplaced` (the
    block of a credited deposit is gone, and where it is now is not read yet).
    """
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        return "account_closed"
    if movements.balance(chart.receivable(user_id)) > 0:
        return "receivable"
    unplaced = Deposit.objects.filter(
        user_id=user_id, state=DepositState.CREDITED, height__isnull=True
    )
    if unplaced.exists():
        return "deposit_unplaced"
    reversed_lately = Deposit.objects.filter(
        user_id=user_id,
        state=DepositState.REVERSED,
        events__state=DepositState.REVERSED,
        events__at__gt=timezone.now() - REVERSAL_FREEZE,
    )
    return "deposit_reversed" if reversed_lately.exists() else ""


def refuse_while_frozen(user_id: int) -> None:
    """Raises WithdrawalsFrozen."""
    if reason := frozen_reason(user_id):
        raise WithdrawalsFrozen(reason)
