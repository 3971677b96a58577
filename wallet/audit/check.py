"""Proves that the three logs agree with each other, and with the ledger they tell of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from django.conf import settings

from wallet.audit.records import GENESIS, Record, event_bodies, transaction_bodies
from wallet.audit.seal import EVENTS, TRANSACTIONS, overdue, unsealed
from wallet.audit.sinks import Sink, sinks
from wallet.invariants import snapshot
from wallet.models import AuditRecord, AuditSink

T = TypeVar("T")

BATCH = 2_000
# So many lines tell enough; the rest is counted.
MOST_LINES = 50


@dataclass
class Findings:
    """What was looked at, and what is wrong, one line each."""

    figures: dict[str, int] = field(default_factory=dict)
    discrepancies: list[str] = field(default_factory=list)
    left_out: int = 0

    def add(self, line: str) -> None:
        if len(self.discrepancies) < MOST_LINES:
            self.discrepancies.append(line)
        else:
            self.left_out += 1


def check_audit(targets: Iterable[Sink] | None = None) -> Findings:
    """Compare the three logs and the ledger, all as of one moment of the database.

    Sinks may lag: records that they do not have *yet* are counted, not wrong; what is missing
    before their newest record is wrong. Call `relay` before for a complete comparison.
    """
    findings = Findings()
    logs = list(targets if targets is not None else sinks())
    # What the logs hold at least; they may grow while they are read.
    newest = {sink.name: sink.last_seq() for sink in logs}
    with snapshot():
        _check_chain(findings)
        _check_everything_sealed(findings)
        for sink in logs:
            _check_sink(sink, newest[sink.name], findings)
    return findings


def _check_chain(findings: Findings) -> None:
    """Numbers without gaps, hashes that follow each other, and what the ledger says."""
    count, previous_hash = 0, GENESIS
    for rows in _batches(AuditRecord.objects.order_by("seq").iterator(BATCH)):
        bodies = transaction_bodies(row.transaction_id for row in rows if row.transaction_id)
        events = event_bodies(row.event_id for row in rows if row.event_id)
        for row in rows:
            count += 1
            record = Record(row.seq, row.previous_hash, row.body, row.hash)
            if row.seq != count:
                findings.add(f"database: record {count} is missing before {row.seq}")
                count = row.seq
            elif row.previous_hash != previous_hash:
                findings.add(f"database: record {row.seq} does not follow the one before it")
            if not record.is_whole:
                findings.add(f"database: record {row.seq} is not what its hash says")
            previous_hash = row.hash
            said = (
                bodies.get(row.transaction_id)
                if row.transaction_id
                else events.get(row.event_id or 0)
            )
            if said is None:
                findings.add(f"record {row.seq} tells of something that is no longer there")
            elif said != row.body:
                findings.add(f"record {row.seq} tells other than the ledger: {row.body[:200]}")
    findings.figures["records"] = count


def _check_everything_sealed(findings: Findings) -> None:
    """Whatever happened has a record; the newest may be on their way."""
    for told in (TRANSACTIONS, EVENTS):
        findings.figures[f"unsealed_{told.name}s"] = len(unsealed(told, limit=100_000))
        for number, at in overdue(told, limit=MOST_LINES):
            findings.add(f"no log tells of {told.name} {number} of {at:%Y-%m-%d %H:%M:%S}")


def _check_sink(sink: Sink, newest: int, findings: Findings) -> None:
    """Every record of a log is the database's, and none is left out up to `newest`."""
    name = sink.name.value
    first, expected, count = 0, 1, 0
    try:
        for records in _batches(sink.read()):
            if not first:
                first = records[0].seq
                if sink.name == AuditSink.STREAM:
                    expected = first  # it keeps the newest ones only
            known = _in_the_database(records)
            for record in records:
                if record.seq != expected:
                    findings.add(f"{name}: record {expected} is missing before {record.seq}")
                expected = record.seq + 1
                count += 1
                # What came while we read may be newer than the database as we see it.
                if record.seq in known or record.seq <= newest:
                    _compare(record, known.get(record.seq), name, findings)
    except ValueError as error:
        findings.add(f"{name}: {error}")
    if expected <= newest:
        findings.add(f"{name}: records from {expected} to {newest} are missing at its end")
    if sink.name == AuditSink.STREAM and first > 1 and count < settings.AUDIT_STREAM_LENGTH:
        findings.add(f"{name}: records before {first} are missing")
    findings.figures[f"{name}_records"] = count
    findings.figures[f"{name}_lag"] = max(0, findings.figures["records"] - newest)


def _in_the_database(records: list[Record]) -> dict[int, Record]:
    rows = AuditRecord.objects.filter(seq__in=[record.seq for record in records])
    return {row.seq: Record(row.seq, row.previous_hash, row.body, row.hash) for row in rows}


def _compare(record: Record, known: Record | None, name: str, findings: Findings) -> None:
    if known is None:
        findings.add(f"{name}: record {record.seq} is not in the database")
    elif record != known or not record.is_whole:
        findings.add(f"{name}: record {record.seq} is not the database's")


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, BATCH)):
        yield batch
