"""What time does to the decisions of staff."""

from celery import shared_task

from wallet import proposals, staff


@shared_task(name="wallet.tasks.look_after_staff")
def look_after_staff() -> None:
    """Tell of who is new among staff, and end proposals that nobody confirmed in time."""
    staff.tell_of_changes()
    proposals.end_expired()
