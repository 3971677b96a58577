"""How many messages a connection may send."""

from collections.abc import Callable

RATE = 10.0
BURST = 30.0
STRIKES = 100.0
STRIKES_FORGIVEN_A_SECOND = 1.0


class Bucket:
    """A token bucket, and a count of what it refused.

    `take` is True while the sender keeps to the rate. Every refusal is a strike, and strikes are
    forgiven slowly; `exhausted` is True once somebody goes on and on.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tokens = BURST
        self._strikes = 0.0
        self._seen_at = clock()

    def take(self) -> bool:
        now = self._clock()
        passed, self._seen_at = now - self._seen_at, now
        self._tokens = min(BURST, self._tokens + passed * RATE)
        self._strikes = max(0.0, self._strikes - passed * STRIKES_FORGIVEN_A_SECOND)
        if self._tokens >= 1:
            self._tokens -= 1
            return True
        self._strikes += 1
        return False

    @property
    def exhausted(self) -> bool:
        return self._strikes >= STRIKES
