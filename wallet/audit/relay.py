"""Brings the chain to the file and to the stream."""

from collections.abc import Iterable

import structlog
from django.db import connection, transaction

from wallet.audit.records import Record
from wallet.audit.seal import seal
from wallet.audit.sinks import Sink, sinks
from wallet.deposits.alerts import tell_staff
from wallet.models import AuditCursor, AuditRecord

log = structlog.get_logger()

RELAY_LOCK = 0x5EA2
BATCH = 500


def relay(targets: Iterable[Sink] | None = None) -> dict[str, int]:
    """Seal what is new and write each log up to the chain's end; how many records each got.

    Records are committed before they leave the database, so no log is ever ahead of it. One log's
    trouble does not keep the other waiting: it is raised when both had their turn.
    """
    seal()
    written, troubles = {}, []
    for sink in targets if targets is not None else sinks():
        try:
            written[sink.name.value] = _catch_up(sink)
        except Exception as error:
            log.exception("audit_relay_failed", sink=sink.name.value)
            troubles.append(error)
    if troubles:
        raise troubles[0]
    return written


def _catch_up(sink: Sink) -> int:
    count = 0
    while batch := _write_batch(sink):
        count += batch
    return count


@transaction.atomic
def _write_batch(sink: Sink) -> int:
    """The lock keeps two relays from writing one log; what they write twice changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [RELAY_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    cursor_row, _ = AuditCursor.objects.get_or_create(sink=sink.name)
    newest = sink.last_seq()
    if newest < cursor_row.seq:
        # The records are still in the database and are written again, but somebody must look.
        facts = {"had": cursor_row.seq, "has": newest}
        tell_staff("audit_log_shrunk", sink.name.value, facts)
    records = [
        Record(row.seq, row.previous_hash, row.body, row.hash)
        for row in AuditRecord.objects.filter(seq__gt=newest).order_by("seq")[:BATCH]
    ]
    if records:
        sink.add(records)
    seq = records[-1].seq if records else newest
    if seq != cursor_row.seq:
        AuditCursor.objects.filter(sink=sink.name).update(seq=seq)
    return len(records)


def lag() -> dict[str, int]:
    """How many records each log is behind the database's, as the relay last saw it."""
    newest = AuditRecord.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    seen = dict(AuditCursor.objects.values_list("sink", "seq"))
    return {sink.name.value: newest - seen.get(sink.name, 0) for sink in sinks()}
