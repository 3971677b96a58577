"""The audit logs: filled every other second, proved once a day."""

from celery import shared_task

from wallet.audit.check import check_audit as check
from wallet.audit.relay import relay
from wallet.deposits.alerts import tell_staff

MOST_LINES = 10


@shared_task(name="wallet.tasks.relay_audit")
def relay_audit() -> None:
    """Bring the chain of records up to date, and the logs to its end."""
    relay()


@shared_task(name="wallet.tasks.check_audit")
def check_audit() -> None:
    """Prove that the logs agree; what does not is an error that staff see."""
    relay()
    findings = check()
    if found := findings.discrepancies:
        in_all = len(found) + findings.left_out
        tell_staff("audit_discrepancy", "audit", {"lines": found[:MOST_LINES], "in_all": in_all})
