"""Hands in the ledger against the hands that were played.

Settlement writes a hand and its ledger transaction together, so one moment of the database has
both: each transaction of a hand moves what the hand's players won and lost, and the rake, at its
table, and each hand in which chips moved has its transaction. A made-up one has no hand.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from wallet.audit.seal import last_sealed_before
from wallet.deposits.alerts import tell_staff
from wallet.invariants import Check, snapshot
from wallet.policies import stop_withdrawals
from wallet.provenance import EVERYTHING
from wallet.services import HAND

NAME = "each hand in the ledger was played, and each hand played is in the ledger"
ALERT = "hands_unproven"
# Looked at every hour, with some room for an hour that was missed.
LATELY = timedelta(hours=3)
MOST_LINES = 20

log = structlog.get_logger(__name__)

_DIFFERENCES = """
WITH posted AS MATERIALIZED (
  SELECT substr(t.key, length(%(prefix)s) + 1) AS hand_id, a.kind, a.user_id, a.table_id,
         CASE e.side WHEN 'C' THEN e.amount ELSE -e.amount END AS krw
  FROM wallet_transaction t
  JOIN wallet_entry e ON e.transaction_id = t.id
  JOIN wallet_account a ON a.id = e.account_id
  WHERE t.kind = %(kind)s AND t.id > %(newer_than)s
), played AS (
  SELECT h.* FROM tables_hand h
  WHERE NOT h.is_void AND h.id IN (SELECT hand_id FROM posted)
), written AS (
  SELECT h.id, 'escrow', p.user_id, h.table_id, p.net_krw::numeric
  FROM played h JOIN tables_handplayer p ON p.hand_id = h.id WHERE p.net_krw <> 0
  UNION ALL
  SELECT id, 'rake', NULL, table_id, rake_krw::numeric FROM played WHERE rake_krw <> 0
)
SELECT DISTINCT hand_id FROM (
  (SELECT * FROM posted EXCEPT ALL SELECT * FROM written)
  UNION ALL
  (SELECT * FROM written EXCEPT ALL SELECT * FROM posted)
) AS apart ORDER BY hand_id LIMIT %(most)s
"""
_NOT_POSTED = """
SELECT h.id FROM tables_hand h
WHERE NOT h.is_void AND (%(since)s::timestamptz IS NULL OR h.finished_at > %(since)s)
  AND NOT EXISTS (SELECT FROM wallet_transaction t WHERE t.key = %(prefix)s || h.id)
  AND (h.rake_krw <> 0
       OR EXISTS (SELECT FROM tables_handplayer p WHERE p.hand_id = h.id AND p.net_krw <> 0))
ORDER BY h.id LIMIT %(most)s
"""


def check_hands(*, newer_than: int = EVERYTHING, since: datetime | None = None) -> Check:
    """Compare the ledger's hands with an id above `newer_than`, and those finished after `since`
    (None: all), with the tables'."""
    values = {
        "kind": HAND,
        "prefix": f"{HAND}:",
        "newer_than": newer_than,
        "since": since,
        "most": MOST_LINES,
    }
    with snapshot():
        apart = [
            f"hand {hand}: the ledger moved what nobody won" for hand in _ids(_DIFFERENCES, values)
        ]
        missing = [f"hand {hand} is not in the ledger" for hand in _ids(_NOT_POSTED, values)]
    return Check(NAME, {}, [*apart, *missing])


def check_recent_hands() -> Check:
    """The same for the last hours; what is wrong stops withdrawals, and staff are told."""
    newer_than, since = last_sealed_before(LATELY), timezone.now() - LATELY
    check = check_hands(newer_than=newer_than, since=since)
    if lines := check.discrepancies:
        with transaction.atomic():
            stop_withdrawals(f"ledger: {lines[0]}")
            tell_staff(ALERT, "ledger", {"lines": lines[:10]})
    return check


def _ids(sql: str, values: dict[str, Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [number for (number,) in cursor.fetchall()]
