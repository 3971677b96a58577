"""Celery tasks of the wallet, one module for each part. Doing any of them twice changes nothing."""

from wallet.tasks.signing import sign_payments, sign_sweeps

__all__ = ["sign_payments", "sign_sweeps"]
