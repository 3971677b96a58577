"""A table that is played at random from a seed and checked at every step."""

import json
from collections import deque
from random import Random  # noqa: TID251  (a simulated table may be dealt from a seed)
from typing import Any

from tables.engine import (
    Refused,
    TableConfig,
    TableState,
    command_from_data,
    decide,
    dump,
    event_from_data,
    load,
    new_table,
    to_data,
)
from tables.engine import commands as c
from tables.engine.events import Event
from tests.engine.simulation.crowd import Crowd, random_config
from tests.engine.simulation.probe import probe
from tests.engine.simulation.watch import Watch

REMEMBERED = 15
START_MS = 1_700_000_000_000


class Broken(AssertionError):
    """Something that must always hold does not; says from which seed, and what was done last."""


class Simulation:
    """A table and its crowd. Cheap checks after every event; the dear ones (probing what is
    legal, JSON and back, events against state in mid-hand) on a share of the commands. A hand has
    about nine commands: with a share of 0.13 it is probed once or more on average."""

    def __init__(
        self,
        seed: int,
        *,
        config: TableConfig | None = None,
        mischief: float = 0.15,
        probes: float = 0.13,
        stores: float = 0.01,
        mid_hand: float = 0.05,
    ) -> None:
        self.seed = seed
        random = Random(seed)
        self.crowd = Crowd(random, mischief=mischief)
        # Sampling must not change what is played.
        self.sampler = Random(~seed)
        self.probes, self.stores, self.mid_hand = probes, stores, mid_hand
        self.state: TableState = new_table(1, config or random_config(random))
        self.watch = Watch(self.state)
        self.now_ms = START_MS
        self.done: deque[str] = deque(maxlen=REMEMBERED)

    @property
    def hands(self) -> int:
        """Hands that are over, the void ones included."""
        counts = self.watch.counts
        return counts["HandFinished"] + counts["HandVoided"]

    def play(self, hands: int) -> None:
        """Until so many hands are over. Raises `Broken`."""
        try:
            while self.hands < hands:
                self.step()
        except Exception as error:
            last = "\n  ".join(self.done)
            raise Broken(
                f"seed {self.seed}, hand {self.hands + 1}: {type(error).__name__} {error}\n"
                f"{self.state.config}\nlast commands:\n  {last}"
            ) from error

    def step(self) -> None:
        """The next command; a refused one changes nothing."""
        self.now_ms, command = self.crowd.next(self.state, self.now_ms)
        self.done.append(f"at {self.now_ms - START_MS}: {command}")
        sample = self.sampler.random()
        if sample < self.stores:
            self._store_and_restore(command)
        try:
            decision = decide(self.state, command, self.now_ms)
        except Refused:
            self.watch.counts["refused"] += 1
            return
        self.watch.counts["commands"] += 1
        self.state = decision.state
        self._watch(decision.events)
        if sample > 1 - self.probes:
            accepted, refused = probe(self.state, self.watch.view, self.now_ms, self.sampler)
            in_hand = self.watch.view.hand is not None
            self.watch.counts.update(probes=in_hand, probed_legal=accepted, probed_illegal=refused)

    def _watch(self, events: tuple[Event, ...]) -> None:
        for event in events:
            self.watch.see(event)
        self.watch.settle()
        if not events:
            return
        running = self.state.hand is not None
        if not running or self.sampler.random() < self.mid_hand:
            self.watch.counts["compared_in_hand"] += running
            assert dump(self.watch.state) == dump(self.state), "the events tell another story"

    def _store_and_restore(self, command: c.Command) -> None:
        """Go on with what a restarted process reads from the store, and let it decide the same."""
        written = dump(self.state)
        restored = load(_through_json(written))
        assert dump(restored) == written
        ours, theirs = (
            _outcome(self.state, command, self.now_ms),
            _outcome(restored, command_from_data(_through_json(to_data(command))), self.now_ms),
        )
        assert ours == theirs, "a restored table decides otherwise"
        assert dump(self.state) == written, "deciding changed its input"
        self.state = restored


def _outcome(state: TableState, command: c.Command, now_ms: int) -> Any:
    """The refusal's code, or the events (read back from JSON) and the state after them."""
    try:
        decision = decide(state, command, now_ms)
    except Refused as refused:
        return refused.code, refused.params
    events = [event_from_data(_through_json(to_data(event))) for event in decision.events]
    assert events == list(decision.events)
    return events, dump(decision.state)


def _through_json(data: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(json.dumps(data))
    return result
