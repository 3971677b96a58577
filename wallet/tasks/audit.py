"""The audit logs: filled every other second, with what was hidden from that every hour, and proved
once a day."""

from celery import shared_task

from wallet.audit.check import check_audit as check
from wallet.audit.relay import relay
from wallet.audit.seal import EVENTS, TRANSACTIONS, overdue, seal
from wallet.deposits.alerts import tell_staff

MOST_LINES = 10


@shared_task(name="wallet.tasks.relay_audit")
def relay_audit() -> None:
    """Bring the chain of records up to date, and the logs to its end."""
    relay()


@shared_task(name="wallet.tasks.seal_thoroughly")
def seal_thoroughly() -> None:
    """Chain what the relay does not look at, and tell staff when that happened a while ago."""
    late = [
        f"{told.name} {number} of {at.isoformat(timespec='seconds')}"
        for told in (TRANSACTIONS, EVENTS)
        for number, at in overdue(told, limit=MOST_LINES)
    ]
    seal(thoroughly=True)
    if late:
        tell_staff("audit_sealed_late", "audit", {"lines": late[:MOST_LINES]})


@shared_task(name="wallet.tasks.check_audit")
def check_audit() -> None:
    """Prove that the logs agree; what does not is an error that staff see."""
    relay()
    findings = check()
    if found := findings.discrepancies:
        in_all = len(found) + findings.left_out
        tell_staff("audit_discrepancy", "audit", {"lines": found[:MOST_LINES], "in_all": in_all})
