"""The wallet's tasks: thin ways into its services, one module for each area."""

from wallet.tasks.deposits import scan_chain
from wallet.tasks.rates import fetch_rates
from wallet.tasks.signing import sign_payments, sign_sweeps

__all__ = ["fetch_rates", "scan_chain", "sign_payments", "sign_sweeps"]
