"""Old rates and samples go, but those that something needs.

What may go the database decides (`migrations/0026_prune_rates.py`): the site's role deletes none by
itself.
"""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection

from wallet.advisory import LockClass, held

# Samples of a batch, which is a database transaction; and rows of a pass. The next one is an hour
# away, in which the sources fill some four thousand.
BATCH = 2_000
MOST = 200_000

log = structlog.get_logger(__name__)


def prune() -> int:
    """Delete what is older than `RATES_KEPT_DAYS` and not needed; how many rows.

    Nothing while another one is at it: it does the same.
    """
    gone = 0
    with held(LockClass.OLD_RATES) as is_mine:
        reached: datetime | None = None
        while is_mine and gone < MOST:
            count, reached = _batch(reached)
            gone += count
            if reached is None:
                break
    if gone:
        log.info("rates_pruned", rows=gone)
    return gone


def _batch(past: datetime | None) -> tuple[int, datetime | None]:
    """How many rows are gone, and the moment up to which all were looked at; None: there are no
    more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gone, reached FROM wallet_prune_rates(%s, %s, %s)",
            [settings.RATES_KEPT_DAYS, past, BATCH],
        )
        count, reached = cursor.fetchone()
    return count, reached
