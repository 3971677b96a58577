"""The server's clock: Redis' time, carried on by this machine's monotonic clock.

All runners and the players' deadlines share one clock this way. A wall clock that jumps, of this
host or of Redis', moves nothing: after the start only a slow drift is followed.
"""

import time

import structlog
from redis.asyncio import Redis

log = structlog.get_logger()

MOST_DRIFT_MS = 500


class Clock:
    """Milliseconds since 1970. `await sync(redis)` once at the start, and again now and then."""

    def __init__(self) -> None:
        self._offset_ms = time.time_ns() // 1_000_000 - time.monotonic_ns() // 1_000_000
        self._synced = False

    def now_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000 + self._offset_ms

    async def sync(self, redis: Redis) -> None:
        """Read Redis' time; half of the round trip is taken for the way back."""
        before = time.monotonic_ns() // 1_000_000
        seconds, micros = await redis.time()
        after = time.monotonic_ns() // 1_000_000
        offset = seconds * 1000 + micros // 1000 - (before + after) // 2
        drift = abs(offset - self._offset_ms)
        if not self._synced or after - before < drift <= MOST_DRIFT_MS:
            self._offset_ms = offset
        elif drift > MOST_DRIFT_MS:
            log.warning("clock_jump_ignored", milliseconds=offset - self._offset_ms)
        self._synced = True
