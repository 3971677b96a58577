"""Celery tasks of the wallet, by area. Doing any of them twice changes nothing."""

from wallet.tasks.audit import check_audit, relay_audit

__all__ = ["check_audit", "relay_audit"]
