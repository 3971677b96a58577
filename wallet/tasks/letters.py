"""Mail to players."""

from celery import shared_task

from wallet import letters


@shared_task(name="wallet.tasks.send_letters", ignore_result=True)
def send_letters() -> None:
    """Send what is due, or try again."""
    letters.send_due()
