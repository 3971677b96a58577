"""Housekeeping tasks of the site itself."""

from celery import shared_task

from poker_site.signs_of_life import TASK_MARK, leave_mark


@shared_task
def note_beat() -> None:
    """Leave a mark that a task went all the way from beat through a worker."""
    leave_mark(TASK_MARK, seconds=20)
