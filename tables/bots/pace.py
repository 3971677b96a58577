"""When a bot acts: a table's actions are spread so that their mean rate is the wanted one."""

from time import monotonic

from tables.bots.policies import Chance
from tables.engine.view import TableView

# Time lost in pauses between hands is made up by acting sooner, up to this many actions.
ARREARS = 4.0


class Pace:
    """The rhythm of one table, shared by its bots. `per_second` 0: as fast as allowed."""

    def __init__(self, per_second: float, chance: Chance) -> None:
        self._period_s = 1 / per_second if per_second else 0.0
        self._chance = chance
        self._due: float | None = None

    def think_s(self, view: TableView) -> float:
        """How long the player who is asked now waits."""
        if not self._period_s:
            return 0.0
        now = monotonic()
        if self._due is None:  # the first action: each table begins at another moment
            self._due = now + self._period_s * self._chance()
        self._due = max(self._due, now - ARREARS * self._period_s)
        wait_s = max(self._due - now, self._period_s * 0.1)
        self._due += self._period_s * (0.5 + self._chance())
        return wait_s
