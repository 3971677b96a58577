"""What time does to withdrawals."""

from celery import shared_task

from wallet import withdrawals


@shared_task(name="wallet.tasks.advance_withdrawals")
def advance_withdrawals() -> None:
    """End waits and reviews whose time has come."""
    withdrawals.advance()
