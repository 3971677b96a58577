"""What time does to players."""

from celery import shared_task

from wallet import limits
from wallet.models import PlayerLimit
from wallet.signals import play_barred


@shared_task(name="wallet.tasks.bar_overtime")
def bar_overtime() -> None:
    """Ask who has no time left at the tables to leave them."""
    for user_id in limits.players_over_time():
        play_barred.send(sender=PlayerLimit, user_id=user_id, reason="limit_time")
