"""Celery tasks of the tables. Doing any of them twice changes nothing."""

import structlog
from celery import shared_task

from tables import hand_proof, openings
from tables.runtime import settlement

log = structlog.get_logger()


@shared_task
def settle_table(table_id: int) -> None:
    """Bring a table's finished hands and cash-outs into the ledger."""
    settlement.settle_table(table_id)


@shared_task
def sweep_settlements() -> None:
    """Settle what a lost nudge left behind; one table's trouble does not stop the others."""
    for table_id in settlement.unsettled_tables():
        try:
            settlement.settle_table(table_id)
        except Exception:
            log.exception("settlement_failed", table=table_id)


@shared_task
def keep_tables() -> None:
    """Open tables where seats run short, and let empty ones rest where there are too many."""
    openings.keep_tables()


@shared_task
def check_hands() -> None:
    """Compare the hands of the last hours with the ledger."""
    hand_proof.check_recent_hands()
