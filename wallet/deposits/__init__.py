"""What comes in: from a payment on a chain to won on the ledger. `docs/deposits.md` tells it."""

from wallet.deposits.quarantine import credit_from_quarantine, return_from_quarantine
from wallet.deposits.scanner import Pass, credit_ready, scan

__all__ = [
    "Pass",
    "credit_from_quarantine",
    "credit_ready",
    "return_from_quarantine",
    "scan",
]
