"""The wallet's tasks: thin ways into its services, one module for each area."""

from wallet.tasks.rates import fetch_rates
from wallet.tasks.reconciliation import reconcile_coins

__all__ = ["fetch_rates", "reconcile_coins"]
