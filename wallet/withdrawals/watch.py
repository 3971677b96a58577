"""What does not leave although nobody was told that something is wrong with it.

The signer tells what it refuses. It cannot tell that it is down itself, that it has no wallet for a
network, or that a node or an exchange keeps it waiting; this looks from outside at what is there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from wallet.assets import Network
from wallet.deposits.alerts import REPEAT, tell_staff_hourly
from wallet.models import Alert, Payment, PaymentState, Withdrawal, WithdrawalState
from wallet.policies import policy
from wallet.withdrawals.gates import is_open

# The signer looks every five seconds, and rates are seldom missing for minutes.
SIGNED_WITHIN = timedelta(hours=1)
# As `wallet_status` has it: six hours of blocks, and of fees that are raised.
SETTLED_WITHIN = timedelta(hours=6)
_OUT = (PaymentState.BROADCAST, PaymentState.CONFIRMED)
_HELD_BACK = (PaymentState.PREPARED, PaymentState.SIGNED)
# So many of them the details name.
_NAMED = 5


def tell_of_waiting(*, now: datetime) -> None:
    """Tell of withdrawals that nobody signs and of payments that do not end, by network, hourly."""
    house = policy()
    # What a stop held back begins to wait when withdrawals go on.
    may_leave = is_open(house) and house.changed_at <= now - SIGNED_WITHIN
    for network in Network:
        if may_leave:
            _tell("withdrawals_unsigned", network, _unsigned(network, now))
        _tell("payments_unsettled", network, _unsettled(network, now, may_leave=may_leave))


def _unsigned(network: Network, now: datetime) -> list[str]:
    """Withdrawals that are approved for so long, and nobody was told why they wait."""
    waiting = Withdrawal.objects.filter(
        state=WithdrawalState.APPROVED, network=network, changed_at__lte=now - SIGNED_WITHIN
    )
    subjects = {
        f"withdrawal:{public_id}": str(public_id)
        for public_id in waiting.order_by("id").values_list("public_id", flat=True)
    }
    alerts = Alert.objects.filter(subject__in=subjects, at__gt=now - 2 * REPEAT)
    told = set(alerts.values_list("subject", flat=True))
    return [number for subject, number in subjects.items() if subject not in told]


def _unsettled(network: Network, now: datetime, *, may_leave: bool) -> list[str]:
    states = Q(state__in=(*_HELD_BACK, *_OUT) if may_leave else _OUT)
    late = Payment.objects.filter(states, network=network, created_at__lt=now - SETTLED_WITHIN)
    return [str(pk) for pk in late.order_by("id").values_list("pk", flat=True)]


def _tell(code: str, network: Network, found: Sequence[str]) -> None:
    if found:
        details = {"count": len(found), "oldest": list(found[:_NAMED])}
        tell_staff_hourly(code, f"chain:{network}", details)
