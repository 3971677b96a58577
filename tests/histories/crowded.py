"""Hands of a simulated table, where everything is done that can be, as settlement gets them."""

from collections.abc import Iterator
from typing import Any

from tables.engine.events import Event
from tables.runtime.outbox import HandRecorder
from tests.engine.simulation import Simulation


class _Recorded(Simulation):
    """A simulated table that keeps the entries of its finished hands."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, probes=0, stores=0)
        self.recorder = HandRecorder()
        self.entries: list[dict[str, Any]] = []

    def _watch(self, events: tuple[Event, ...]) -> None:
        config = self.state.config
        self.entries += self.recorder.outbox(events, at_ms=self.now_ms, config=config)
        self.recorder.add(events)
        super()._watch(events)


def crowded_entries(seed: int, hands: int) -> Iterator[dict[str, Any]]:
    """The outbox entries of so many hands at the table of this seed, void ones included."""
    table = _Recorded(seed)
    table.play(hands)
    yield from (entry for entry in table.entries if entry["kind"] == "hand")
