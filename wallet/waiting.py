"""How much waits for staff: what the admin's first page and its sidebar count."""

from accounts.models import User
from wallet.alerts import open_alerts
from wallet.models import (
    Deposit,
    DepositState,
    Proposal,
    ProposalState,
    Withdrawal,
    WithdrawalState,
)
from wallet.proposals import may_decide_on_any


def waiting_for(user: User) -> dict[str, int]:
    """By model: alerts nobody has looked at, withdrawals to approve, deposits in quarantine, and
    colleagues' decisions to confirm.

    Only of what this member of staff may see.
    """
    found = {
        "alert": open_alerts(),
        "withdrawal": Withdrawal.objects.filter(state=WithdrawalState.APPROVAL),
        "deposit": Deposit.objects.filter(state=DepositState.QUARANTINED),
    }
    counts = {
        name: rows.count() for name, rows in found.items() if user.has_perm(f"wallet.view_{name}")
    }
    if may_decide_on_any(user):
        others = Proposal.objects.filter(state=ProposalState.WAITING).exclude(by=user)
        counts["proposal"] = others.count()
    return counts
