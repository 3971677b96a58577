"""The wallet's tasks: thin ways into its services, one module for each area.

Doing any of them twice changes nothing.
"""

from wallet.tasks.deposits import scan_chain
from wallet.tasks.limits import bar_overtime
from wallet.tasks.rates import fetch_rates
from wallet.tasks.reconciliation import reconcile_coins
from wallet.tasks.signing import sign_payments, sign_sweeps
from wallet.tasks.withdrawals import advance_withdrawals

__all__ = [
    "advance_withdrawals",
    "bar_overtime",
    "fetch_rates",
    "reconcile_coins",
    "scan_chain",
    "sign_payments",
    "sign_sweeps",
]
