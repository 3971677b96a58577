"""Counting and timing, shared by all bots of a run. Times come from one monotonic clock."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

SILENCE_S = 1.0
# How many of a table's versions are remembered to compare what clients were told.
VERSIONS_COMPARED = 500

# One turn of a table: (hand id, turn number).
TurnKey = tuple[str, int]


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of sorted values; 0 when there are none."""
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]


def summary_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and max of durations, in milliseconds."""
    ordered = sorted(seconds)
    figures = {f"p{percent}": percentile(ordered, percent) for percent in (50, 95, 99)}
    figures["max"] = ordered[-1] if ordered else 0.0
    return {name: round(value * 1000, 2) for name, value in figures.items()}


@dataclass
class _TableLine:
    """A table's history as the first client to see each version saw it."""

    version: int = 0
    at: float = 0.0
    digests: dict[int, int] = field(default_factory=dict)


@dataclass
class Meter:
    """What a run adds up. `recording` is off while players sit down and get up.

    `silences`: when (Unix time) and how long (seconds) a table told nothing for over a second.
    """

    recording: bool = False
    actions: int = 0
    latency_s: list[float] = field(default_factory=list)
    next_turn_s: list[float] = field(default_factory=list)
    refusals: dict[str, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    hands: set[str] = field(default_factory=set)
    voided: set[str] = field(default_factory=set)
    timed_out: int = 0
    silences: list[tuple[float, float]] = field(default_factory=list)
    _lines: dict[int, _TableLine] = field(default_factory=dict)
    # When each turn of a table's running hand was answered.
    _sent: dict[int, dict[TurnKey, float]] = field(default_factory=dict)

    def act_sent(self, table_id: int, key: TurnKey, at: float) -> None:
        sent = self._sent.setdefault(table_id, {})
        if key[1] == 1 or len(sent) > 1000:
            sent.clear()
        sent[key] = at

    def result_seen(self, table_id: int, key: TurnKey, at: float) -> None:
        """The actor's own socket showed what became of the action."""
        sent = self._sent.get(table_id, {}).get(key)
        if sent is not None and self.recording:
            self.actions += 1
            self.latency_s.append(at - sent)

    def turn_seen(self, table_id: int, key: TurnKey, at: float) -> None:
        """The socket of the next player showed that it is asked."""
        sent = self._sent.get(table_id, {}).get((key[0], key[1] - 1))
        if sent is not None and self.recording:
            self.next_turn_s.append(at - sent)

    def frame_seen(self, table_id: int, version: int, digest: int, at: float) -> None:
        """Every client tells every frame: all must have been told the same for one version."""
        line = self._lines.setdefault(table_id, _TableLine())
        if line.digests.setdefault(version, digest) != digest:
            self.failed("two histories")
        if version <= line.version:
            return
        if self.recording and line.at and at - line.at > SILENCE_S:
            self.silences.append((time.time() - (at - line.at), at - line.at))
        line.version, line.at = version, at
        line.digests.pop(version - VERSIONS_COMPARED, None)

    def hand_finished(self, hand_id: str) -> None:
        if self.recording:
            self.hands.add(hand_id)

    def refused(self, code: str) -> None:
        if self.recording:
            self.refusals[code] = self.refusals.get(code, 0) + 1

    def failed(self, what: str) -> None:
        self.failures[what] = self.failures.get(what, 0) + 1


@dataclass
class Ledger:
    """One player's proof that every acknowledged action happened exactly once.

    An action is acknowledged on the socket and shows in the table's events, in either order. It is
    judged two hands later. After a jump (a snapshot in place of events) it counts as unseen.
    """

    lost: int = 0
    doubled: int = 0
    unseen: int = 0
    judged: int = 0
    _acked: dict[TurnKey, int] = field(default_factory=dict)
    _seen: dict[TurnKey, int] = field(default_factory=dict)
    _hands: list[str] = field(default_factory=list)
    _jumped: set[str] = field(default_factory=set)

    def acked(self, key: TurnKey) -> None:
        self._acked[key] = self._acked.get(key, 0) + 1

    def seen(self, key: TurnKey) -> None:
        self._seen[key] = self._seen.get(key, 0) + 1

    def hand_started(self, hand_id: str) -> None:
        if hand_id not in self._hands:
            self._hands.append(hand_id)
        while len(self._hands) > 3:
            self._judge(self._hands.pop(0))

    def jumped(self, hand_id: str | None) -> None:
        if hand_id is not None:
            self._jumped.add(hand_id)

    def void(self, hand_id: str) -> None:
        """The hand does not count, nor do its actions."""
        self._acked = {key: n for key, n in self._acked.items() if key[0] != hand_id}
        self._seen = {key: n for key, n in self._seen.items() if key[0] != hand_id}

    def close(self) -> None:
        """Judge what is left."""
        for hand_id in {key[0] for key in (*self._acked, *self._seen)}:
            self._judge(hand_id)

    def _judge(self, hand_id: str) -> None:
        jumped = hand_id in self._jumped
        self._jumped.discard(hand_id)
        for key in [key for key in self._acked if key[0] == hand_id]:
            del self._acked[key]
            self.judged += 1
            if self._seen.get(key, 0) == 0:
                self.unseen += jumped
                self.lost += not jumped
        for key in [key for key in self._seen if key[0] == hand_id]:
            self.doubled += self._seen.pop(key) > 1
