"""What time does to answers that are kept under idempotency keys."""

from celery import shared_task

from wallet import idempotency


@shared_task(name="wallet.tasks.forget_answers")
def forget_answers() -> None:
    """Delete those that are too old to be asked for again."""
    idempotency.forget()
