"""How events are stored and read back: public ones readable, hidden ones sealed."""

from collections.abc import Sequence
from typing import Any

import orjson

from tables.engine import event_from_data, to_data
from tables.engine.events import Event
from tables.runtime.messages import JournalEntry
from tables.runtime.sealing import Seal


def place(table_id: int, version: int) -> str:
    """Where a sealed text belongs; see `sealing`."""
    return f"table {table_id} version {version}"


def entry_of(
    events: Sequence[Event], *, table_id: int, version: int, at_ms: int, seal: Seal
) -> JournalEntry:
    """The journal's form of one commit's events."""
    public: list[dict[str, Any]] = []
    hidden: list[tuple[int, dict[str, Any]]] = []
    for index, event in enumerate(events):
        if event.audience == "public":
            public.append(to_data(event))
        else:
            hidden.append((index, to_data(event)))
    sealed = seal.seal(orjson.dumps(hidden), place(table_id, version)) if hidden else None
    return JournalEntry(at_ms=at_ms, events=public, sealed=sealed)


def events_of(entry: JournalEntry, *, table_id: int, version: int, seal: Seal) -> list[Event]:
    """All events of a commit in their order. Raises `SealBroken`."""
    events = [event_from_data(data) for data in entry.events]
    if entry.sealed is not None:
        for index, data in orjson.loads(seal.open(entry.sealed, place(table_id, version))):
            events.insert(index, event_from_data(data))
    return events


def parse(raw: Any) -> list[tuple[int, JournalEntry]]:
    """Redis' stream entries as (version, entry)."""
    return [
        (int(entry_id.split(b"-")[0]), JournalEntry(**orjson.loads(fields[b"f"])))
        for entry_id, fields in raw
    ]
