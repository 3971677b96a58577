"""The tables as everyone sees them, folded from what Redis has of them."""

from collections import OrderedDict
from typing import NamedTuple

import orjson
import structlog

from tables.engine import event_from_data, fold, load, public_view
from tables.runtime.errors import RuntimeUnavailable
from tables.runtime.messages import JournalEntry, Snapshot

log = structlog.get_logger()

# So many tables that were looked at last are kept folded.
KEPT = 500


class _Folded(NamedTuple):
    """A view, and what it was made of."""

    stored: bytes
    last: JournalEntry | None
    found: Snapshot


class Views:
    """Makes views, and goes on from the last one of a table as far as it is of the same journal.

    Who looks at a table mostly comes with others: all of its players when their server was lost,
    all spectators of a big hand.
    """

    def __init__(self) -> None:
        self._folded: OrderedDict[int, _Folded] = OrderedDict()

    def make(
        self, table_id: int, stored: bytes, entries: list[tuple[int, JournalEntry]]
    ) -> Snapshot:
        """The view of a stored snapshot and all of the journal after it. Raises
        `RuntimeUnavailable` where they make none: the table's owner repairs what is damaged, and a
        newer version's data a newer process reads."""
        try:
            found = self._begin(table_id, stored, entries)
            version, view = found.version, found.view
            for entry_version, entry in entries:
                if entry_version <= version:
                    continue
                if entry_version != version + 1:
                    raise ValueError(f"the journal skips from version {version} to {entry_version}")
                for data in entry.events:
                    view = fold(view, event_from_data(data))
                version = entry_version
        except Exception as error:
            log.exception("table_unreadable", table=table_id)
            raise RuntimeUnavailable(f"table {table_id} cannot be read") from error
        found = Snapshot(version=version, view=view)
        self._keep(table_id, _Folded(stored, entries[-1][1] if entries else None, found))
        return found

    def _begin(
        self, table_id: int, stored: bytes, entries: list[tuple[int, JournalEntry]]
    ) -> Snapshot:
        """What was folded before, if these are its snapshot and its journal; else the snapshot."""
        folded = self._folded.get(table_id)
        if folded is not None and folded.stored == stored:
            if folded.last is None:
                return folded.found
            if any(of == folded.found.version and entry == folded.last for of, entry in entries):
                return folded.found
        data = orjson.loads(stored)
        return Snapshot(version=data["version"], view=public_view(load(data["state"])))

    def _keep(self, table_id: int, folded: _Folded) -> None:
        self._folded[table_id] = folded
        self._folded.move_to_end(table_id)
        if len(self._folded) > KEPT:
            self._folded.popitem(last=False)
