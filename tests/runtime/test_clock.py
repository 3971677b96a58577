"""The house's clock follows Redis once, and no jump of a wall clock afterwards."""

import time
from typing import Any

from tables.runtime.clock import Clock


class Redis:
    """A server whose clock is `ahead_ms` ahead of this machine's."""

    def __init__(self, ahead_ms: int) -> None:
        self.ahead_ms = ahead_ms

    async def time(self) -> tuple[int, int]:
        now = time.time_ns() // 1_000 + self.ahead_ms * 1_000
        return now // 1_000_000, now % 1_000_000


async def offset_after(*ahead_ms: int) -> float:
    """How far the clock is ahead of this machine's after a synchronisation with each server."""
    clock = Clock()
    for ahead in ahead_ms:
        redis: Any = Redis(ahead)
        await clock.sync(redis)
    return clock.now_ms() - time.time_ns() / 1_000_000


async def test_at_the_start_the_clock_takes_over_what_redis_says() -> None:
    assert abs(await offset_after(-90_000) + 90_000) < 100


async def test_a_jump_of_two_minutes_moves_no_deadline() -> None:
    assert abs(await offset_after(0, 120_000)) < 100
    assert abs(await offset_after(0, -120_000)) < 100


async def test_a_slow_drift_is_followed() -> None:
    assert abs(await offset_after(0, 300) - 300) < 100
