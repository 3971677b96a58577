"""Money in the admin: everything can be looked at, nothing that is an amount can be changed.

Staff decide here (withdrawals in review, deposits in quarantine, halted rates) and set the house's
rules; each decision is a service of the wallet with its own permission, and is told in the audit
log.
"""

from wallet.admin import (
    alerts,
    audit,
    chain,
    deposits,
    ledger,
    letters,
    limits,
    payments,
    policy,
    proposals,
    rates,
    reconciliation,
    withdrawals,
)

__all__ = [
    "alerts",
    "audit",
    "chain",
    "deposits",
    "ledger",
    "letters",
    "limits",
    "payments",
    "policy",
    "proposals",
    "rates",
    "reconciliation",
    "withdrawals",
]
