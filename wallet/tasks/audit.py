"""The audit logs: filled every other second, proved once a day."""

import structlog
from celery import shared_task

from wallet.audit.check import check_audit as check
from wallet.audit.relay import relay

log = structlog.get_logger()


@shared_task(name="wallet.tasks.relay_audit")
def relay_audit() -> None:
    """Bring the chain of records up to date, and the logs to its end."""
    relay()


@shared_task(name="wallet.tasks.check_audit")
def check_audit() -> None:
    """Prove that the logs agree; what does not is an error that staff see."""
    relay()
    findings = check()
    for line in findings.discrepancies:
        log.error("audit_discrepancy", detail=line)
