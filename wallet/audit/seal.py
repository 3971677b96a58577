"""The first log: every ledger transaction and money event becomes a record of the chain."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from wallet.audit.records import Record, event_bodies, transaction_bodies
from wallet.models import AuditRecord

BATCH = 1_000
# Any number that nothing else in the database locks.
SEAL_LOCK = 0x5EA1

# Ids are given before commits, so a lower one may come later: what lies above the newest id of an
# hour ago is looked through for what has no record. A thorough look goes through everything.
LATELY = timedelta(hours=1)
EVERYTHING = -(2**63)
# What happened so long ago has a record, unless its transaction took that long, or it was to stay
# out of the logs.
SEALED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Told:
    """What the logs tell of: a table, the column of its time, and the records' column."""

    name: str
    table: str
    at: str
    column: str


TRANSACTIONS = Told("transaction", "wallet_transaction", "created_at", "transaction_id")
EVENTS = Told("event", "wallet_moneyevent", "at", "event_id")

_UNSEALED = """
SELECT t.id FROM {told.table} t
WHERE t.id > %(newer_than)s AND NOT EXISTS (
  SELECT FROM wallet_auditrecord r WHERE r.{told.column} = t.id)
ORDER BY t.id LIMIT %(limit)s
"""
_OVERDUE = """
SELECT t.id, t.{told.at} FROM {told.table} t
WHERE t.{told.at} NOT BETWEEN statement_timestamp() - %(within)s AND statement_timestamp()
  AND NOT EXISTS (SELECT FROM wallet_auditrecord r WHERE r.{told.column} = t.id)
ORDER BY t.id LIMIT %(limit)s
"""
_LAST_SEALED = """
SELECT coalesce((
  SELECT r.{told.column} FROM wallet_auditrecord r
  WHERE r.{told.column} IS NOT NULL AND r.sealed_at < clock_timestamp() - %(age)s
  ORDER BY r.seq DESC LIMIT 1), 0)
"""


def seal(*, thoroughly: bool = False) -> int:
    """Chain what has no record yet; returns how many that were.

    Commits batch by batch; a killed one leaves a shorter chain. One at a time: where another runs,
    nothing is done. `thoroughly`: whatever its id.
    """
    sealed = 0
    while count := _seal_batch(thoroughly):
        sealed += count
        if count < BATCH:
            break
    return sealed


@transaction.atomic
def _seal_batch(thoroughly: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    since = dict.fromkeys((TRANSACTIONS, EVENTS), EVERYTHING)
    if not thoroughly:
        since = {told: last_sealed_before(LATELY, told) for told in since}
    transactions = unsealed(TRANSACTIONS, limit=BATCH, newer_than=since[TRANSACTIONS])
    left = BATCH - len(transactions)
    events = unsealed(EVENTS, limit=left, newer_than=since[EVENTS])
    newest = last_record()
    rows: list[AuditRecord] = []
    now = timezone.now()
    # The subject's own id is in the body, so the two kinds cannot be mistaken for each other.
    for number, body in sorted(transaction_bodies(transactions).items()):
        newest = Record.after(newest, body)
        rows.append(_row(newest, now, transaction_id=number))
    for number, body in sorted(event_bodies(events).items()):
        newest = Record.after(newest, body)
        rows.append(_row(newest, now, event_id=number))
    AuditRecord.objects.bulk_create(rows)
    return len(rows)


def unsealed(told: Told, *, limit: int, newer_than: int = EVERYTHING) -> list[int]:
    """The ids above `newer_than` that have no record."""
    values = {"newer_than": newer_than, "limit": limit}
    return [number for (number,) in _rows(_UNSEALED, told, values)]


def overdue(told: Told, *, limit: int) -> list[tuple[int, datetime]]:
    """What has no record though it happened a while ago, or says that it is still to happen: the
    ids, and when it says that was."""
    return _rows(_OVERDUE, told, {"within": SEALED_WITHIN, "limit": limit})


def last_sealed_before(age: timedelta, told: Told = TRANSACTIONS) -> int:
    """The id of the newest that got its record longer ago than that; 0 where there is none."""
    ((number,),) = _rows(_LAST_SEALED, told, {"age": age})
    return int(number)


def _rows(sql: str, told: Told, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(told=told), values)
        rows: list[Any] = cursor.fetchall()
        return rows


def last_record() -> Record | None:
    """The newest link of the chain."""
    row = AuditRecord.objects.order_by("-seq").first()
    return Record(row.seq, row.previous_hash, row.body, row.hash) if row else None


def _row(record: Record, now: datetime, **subject: int) -> AuditRecord:
    return AuditRecord(
        seq=record.seq,
        body=record.body,
        previous_hash=record.previous_hash,
        hash=record.hash,
        sealed_at=now,
        **subject,
    )
