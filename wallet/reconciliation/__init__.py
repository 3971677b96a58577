"""The proof that nothing is missing: the chains against the ledger, what we have against what we
owe. `docs/reconciliation.md` tells it in one page."""

from wallet.reconciliation.services import compare, reconcile
from wallet.reconciliation.solvency import Solvency, solvency

__all__ = ["Solvency", "compare", "reconcile", "solvency"]
