"""The proof that nothing is missing: the chains against the ledger, what we have against what we
owe. `docs/reconciliation.md` tells it in one page."""

from wallet.reconciliation.services import compare, reconcile, reconcile_unless_running
from wallet.reconciliation.solvency import Solvency, solvency

__all__ = ["Solvency", "compare", "reconcile", "reconcile_unless_running", "solvency"]
