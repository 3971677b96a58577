"""What time does to the decisions of staff."""

from celery import shared_task

from wallet import proposals, staff_changes


@shared_task(name="wallet.tasks.look_after_staff")
def look_after_staff() -> None:
    """Tell of who is new among staff, and end proposals that nobody confirmed in time."""
    staff_changes.tell_of_changes()
    proposals.end_expired()
