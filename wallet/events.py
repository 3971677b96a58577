"""Events of money that are no ledger transaction: the outbox of the audit logs.

`record` is called in the database transaction that changes something, so event and change commit
together; the relay (`wallet.audit`) takes it from there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from wallet.models import MoneyEvent


def record(kind: str, subject: str, payload: Mapping[str, Any] | None = None) -> MoneyEvent:
    """Write an event, in the caller's transaction. `payload` holds JSON without floats.

    Amounts beyond 2⁵³ go in as strings. Raises RuntimeError outside of a transaction.
    """
    (written,) = record_all([event(kind, subject, payload)])
    return written


def event(kind: str, subject: str, payload: Mapping[str, Any] | None = None) -> MoneyEvent:
    """An event that `record_all` is to write."""
    return MoneyEvent(kind=kind, subject=subject, payload=dict(payload or {}))


def record_all(events: Sequence[MoneyEvent]) -> Sequence[MoneyEvent]:
    """The same as `record` for several, in their order, at once."""
    if not connection.in_atomic_block:
        raise RuntimeError("an event belongs to the transaction of what it tells")
    return MoneyEvent.objects.bulk_create(events)
