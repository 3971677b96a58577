"""The first log: every ledger transaction and money event becomes a record of the chain."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from wallet.audit.records import Record, event_bodies, transaction_bodies
from wallet.models import AuditRecord

BATCH = 1_000
# Any number that nothing else in the database locks.
SEAL_LOCK = 0x5EA1

# Ids are given before commits, so a lower one may come later: what lies above the newest id of an
# hour ago is looked through for what has no record. `thorough` looks through everything.
_UNSEALED = """
SELECT t.id FROM {table} t
WHERE t.id > CASE WHEN %(thorough)s THEN 0 ELSE coalesce((
    SELECT r.{column} FROM wallet_auditrecord r
    WHERE r.{column} IS NOT NULL AND r.sealed_at < clock_timestamp() - interval '1 hour'
    ORDER BY r.seq DESC LIMIT 1), 0) END
  AND NOT EXISTS (SELECT FROM wallet_auditrecord r WHERE r.{column} = t.id)
ORDER BY t.id LIMIT %(limit)s
"""
TRANSACTIONS = ("wallet_transaction", "transaction_id")
EVENTS = ("wallet_moneyevent", "event_id")


def seal() -> int:
    """Chain what has no record yet; returns how many that were.

    Commits batch by batch; a killed one leaves a shorter chain. One at a time: where another runs,
    nothing is done.
    """
    sealed = 0
    while count := _seal_batch():
        sealed += count
        if count < BATCH:
            break
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    transactions = unsealed(*TRANSACTIONS, limit=BATCH)
    events = unsealed(*EVENTS, limit=BATCH - len(transactions))
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


def unsealed(table: str, column: str, *, limit: int, thorough: bool = False) -> list[int]:
    """The ids in a table that have no record."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNSEALED.format(table=table, column=column), {"thorough": thorough, "limit": limit}
        )
        return [number for (number,) in cursor.fetchall()]


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
