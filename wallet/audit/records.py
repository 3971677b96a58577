"""What an audit record says, and how it is chained to the one before it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

GENESIS = "0" * 64

_TRANSACTIONS = """
SELECT t.id, t.kind, t.key, t.content_hash, t.reverses_id, t.meta::text, t.created_at,
  (SELECT json_agg(json_build_array(a.code, e.side, e.amount::text, e.ordinal,
                                    e.balance_after::text) ORDER BY e.account_id)::text
   FROM wallet_entry e JOIN wallet_account a ON a.id = e.account_id
   WHERE e.transaction_id = t.id)
FROM wallet_transaction t WHERE t.id = ANY(%s)
"""
_EVENTS = """
SELECT id, kind, subject, payload::text, at FROM wallet_moneyevent WHERE id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A link of the chain: `hash` is SHA-256 over `seq`, `previous_hash` and `body`."""

    seq: int
    previous_hash: str
    body: str
    hash: str

    @classmethod
    def after(cls, previous: "Record | None", body: str) -> "Record":
        """The record that follows `previous` (None: the first one)."""
        seq = previous.seq + 1 if previous else 1
        previous_hash = previous.hash if previous else GENESIS
        return cls(seq, previous_hash, body, link(seq, previous_hash, body))

    @property
    def is_whole(self) -> bool:
        return self.hash == link(self.seq, self.previous_hash, self.body)


def link(seq: int, previous_hash: str, body: str) -> str:
    """The hash of a record."""
    return hashlib.sha256(f"{seq}\n{previous_hash}\n{body}".encode()).hexdigest()


def transaction_bodies(ids: Iterable[int]) -> dict[int, str]:
    """What the records of these ledger transactions say, from the ledger as it is now."""
    return {
        number: _body(
            type="transaction",
            id=number,
            kind=kind,
            key=key,
            content_hash=content_hash,
            reverses=reverses_id,
            meta=json.loads(meta),
            at=_moment(created_at),
            entries=json.loads(entries or "[]"),
        )
        for number, kind, key, content_hash, reverses_id, meta, created_at, entries in _rows(
            _TRANSACTIONS, ids
        )
    }


def event_bodies(ids: Iterable[int]) -> dict[int, str]:
    """The same for money events."""
    return {
        number: _body(
            type="event",
            id=number,
            kind=kind,
            subject=subject,
            payload=json.loads(payload),
            at=_moment(at),
        )
        for number, kind, subject, payload, at in _rows(_EVENTS, ids)
    }


def _body(**content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _rows(sql: str, ids: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(ids)])
        yield from cursor.fetchall()
