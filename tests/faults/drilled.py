"""What a drill found, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PLAYERS, TABLES, PACE = 24, 4, 4
WARM_UP_S = 5.0
BETWEEN_S = 8.0
# A dead owner is noticed when its lease (settings.SHARD_LEASE_MS) has run out.
LEASE_S = 1.5
# From the moment at which something can go on to the moment at which every table does.
TAKEOVER_S = 2.0
# How far the ledger may lag. A dead worker cannot make a table silent, but hands wait for it: for
# its restart with everything it imports (about 4 s), for the next sweep of beat (every 5 s), which
# finds what the dead one had in hand, and for what has gathered meanwhile.
LEDGER_S = 10.0


@dataclass
class Drilled:
    """What a drill found: the bots' figures, and how long the tables stood still at each kill.

    `begins`: when what replaces the killed process could begin, for each kill. `unsettled_s`: the
    longest that the ledger lagged behind. `scale`: by how much more than is promised a takeover
    and the ledger may need here.
    """

    program: str
    kills: list[float]
    begins: list[float]
    unsettled_s: float
    figures: dict[str, Any]
    output: str
    scale: float = 1.0

    @property
    def pauses_s(self) -> list[float]:
        """For each kill, the longest time in which some table told nothing."""
        return [max(self._silences_near(at), default=0.0) for at in self.kills]

    @property
    def takeovers_s(self) -> list[float]:
        """The same, from the moment at which the replacement could begin."""
        return [max(self._silences_near(at), default=0.0) for at in self.begins]

    def _silences_near(self, kill: float) -> Iterator[float]:
        for began, seconds in self.figures["detail"]["silences"]:
            if began - 1 <= kill + 1 and kill <= began + seconds:
                yield began + seconds - max(began, kill)

    @property
    def wrong(self) -> dict[str, object]:
        """What must not be, and is."""
        detail = self.figures["detail"]
        takeover_s, ledger_s = TAKEOVER_S * self.scale, LEDGER_S * self.scale
        found: dict[str, object] = {
            "acknowledged actions lost": detail["acknowledged"]["lost"],
            "actions twice": detail["acknowledged"]["doubled"],
            "views unlike the snapshot": detail["mismatches"],
            "versions that went back": detail["rewinds"],
            "void hands": detail["voided_hands"],
            "failures": detail["failures"],
            "money": not self.figures["money_ok"],
            "no hands": not self.figures["hands"],
            "slow takeovers": [s for s in self.takeovers_s if s > takeover_s],
            "seconds the ledger lagged": self.unsettled_s if self.unsettled_s > ledger_s else 0,
        }
        return {what: value for what, value in found.items() if value}
