"""What time does to withdrawals."""

from celery import shared_task
from django.utils import timezone

from wallet import withdrawals
from wallet.withdrawals.watch import tell_of_waiting


@shared_task(name="wallet.tasks.advance_withdrawals")
def advance_withdrawals() -> None:
    """End waits and reviews whose time has come; tell of what should have left and did not."""
    withdrawals.advance()
    tell_of_waiting(now=timezone.now())
