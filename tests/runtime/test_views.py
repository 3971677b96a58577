"""A view that is carried on is the view that would be made anew."""

import orjson
import pytest

from tables.engine import Event, TableView, dump, public_view, to_data
from tables.engine import fold as engine_fold
from tables.runtime import views
from tables.runtime.errors import RuntimeUnavailable
from tables.runtime.messages import JournalEntry
from tables.runtime.views import Views
from tests.engine.room import Room


class Journal:
    """A room, its snapshot as it is stored, and the journal since; a commit for each command."""

    def __init__(self, *stacks_krw: int, version: int = 0) -> None:
        self.room = Room(*stacks_krw)
        self.version = version
        self.stored = self._stored()
        self.entries: list[tuple[int, JournalEntry]] = []
        self._told = len(self.room.events)

    def commit(self, at_ms: int = 0) -> None:
        """Write down what happened since the last commit."""
        new, self._told = self.room.events[self._told :], len(self.room.events)
        data = [to_data(event) for event in new if event.audience == "public"]
        self.version += 1
        self.entries.append((self.version, JournalEntry(at_ms=at_ms, events=data)))

    def compact(self) -> None:
        """A new snapshot; the journal before it may be gone."""
        self.stored, self.entries = self._stored(), []

    def _stored(self) -> bytes:
        return orjson.dumps({"version": self.version, "state": dump(self.room.state)})

    def is_seen_by(self, views: Views, table_id: int = 1) -> None:
        found = views.make(table_id, self.stored, list(self.entries))
        assert (found.version, found.view) == (self.version, public_view(self.room.state))


def dealt() -> Journal:
    journal = Journal(1_000, 1_000, 1_000)
    journal.room.deal(button=0)
    journal.commit()
    return journal


def test_each_look_goes_on_from_the_last() -> None:
    views, journal = Views(), Journal(1_000, 1_000, 1_000)
    journal.is_seen_by(views)
    journal.is_seen_by(views)
    journal.room.deal(button=0)
    journal.commit()
    journal.is_seen_by(views)
    for script in ("0 raise 300", "1 call", "2 fold"):
        journal.room.play(script)
        journal.commit()
        journal.is_seen_by(views)
    journal.compact()
    journal.is_seen_by(views)
    journal.room.play("1 check")
    journal.commit()
    journal.is_seen_by(views)


def test_what_was_folded_is_not_folded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    carried_on, journal = Views(), dealt()
    journal.is_seen_by(carried_on)
    folded: list[object] = []
    fold = engine_fold

    def counted(view: TableView, event: Event) -> TableView:
        folded.append(event)
        return fold(view, event)

    monkeypatch.setattr(views, "fold", counted)
    journal.is_seen_by(carried_on)
    assert folded == []
    journal.room.play("0 fold")
    journal.commit()
    journal.is_seen_by(carried_on)
    assert len(folded) == len(journal.entries[-1][1].events)


def test_a_journal_that_lost_its_end_and_was_written_anew() -> None:
    """Redis lost its last second with its machine; the same versions are something else now."""
    views, lost, kept = Views(), dealt(), dealt()
    lost.room.play("0 fold")
    lost.commit(at_ms=5)
    lost.is_seen_by(views)
    kept.is_seen_by(views)  # shorter than what was seen
    lost.is_seen_by(views)
    kept.room.play("0 raise 400")
    kept.commit(at_ms=6)
    kept.room.play("1 call")
    kept.commit(at_ms=7)
    kept.is_seen_by(views)


def test_another_table_or_another_snapshot_is_begun_anew() -> None:
    views, one, other = Views(), dealt(), Journal(500, 700)
    one.is_seen_by(views)
    other.is_seen_by(views, table_id=2)
    one.is_seen_by(views)
    other.is_seen_by(views)


def test_a_journal_with_a_hole_is_not_shown() -> None:
    views, journal = Views(), dealt()
    journal.is_seen_by(views)
    journal.room.play("0 call")
    journal.commit()
    version, entry = journal.entries.pop()
    journal.entries.append((version + 1, entry))
    with pytest.raises(RuntimeUnavailable):
        views.make(1, journal.stored, journal.entries)


def test_only_so_many_tables_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "KEPT", 3)
    few, journal = Views(), dealt()
    for table_id in (1, 2, 3, 1, 4):
        journal.is_seen_by(few, table_id)
    assert list(few._folded) == [3, 1, 4]
