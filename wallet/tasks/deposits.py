"""Scans of the chains, on beat."""

from celery import shared_task

from wallet import deposits


@shared_task(name="wallet.tasks.scan_chain", ignore_result=True)
def scan_chain(network: str) -> None:
    """One pass; nothing where the network is not offered, or another worker is at it."""
    deposits.scan(network)
