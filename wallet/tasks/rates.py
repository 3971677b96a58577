"""Rates, on beat: new ones, and old ones."""

from celery import shared_task

from wallet import rates


@shared_task(name="wallet.tasks.fetch_rates", ignore_result=True, expires=10)
def fetch_rates() -> None:
    """Ask the exchanges. One that waited for longer than the next beat is not worth running."""
    rates.fetch()


@shared_task(name="wallet.tasks.prune_rates", ignore_result=True)
def prune_rates() -> None:
    """Delete old rates that nothing needs."""
    rates.prune()
