"""How long the ledger lags behind the tables: what waits in their outboxes.

A moment is normal. Minutes mean that no worker settles, or that the ledger refuses an entry: then
that table's later hands and cash-outs wait behind it.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from redis import Redis

from tables.runtime.keys import ShardKeys


@dataclass(frozen=True, slots=True)
class Backlog:
    """Outbox entries of all tables, and of those tables whose oldest entry waits longest first:
    (age in ms, table id)."""

    entries: int
    ages_ms: list[tuple[int, int]]

    @property
    def oldest_ms(self) -> int:
        return self.ages_ms[0][0] if self.ages_ms else 0


def backlog(redis: Redis, shards: int) -> Backlog:
    """What waits now, by Redis' clock. Raises `redis.RedisError`."""
    now: Any = redis.time()
    now_ms = now[0] * 1000 + now[1] // 1000
    pipe = redis.pipeline(transaction=False)
    for number in range(shards):
        pipe.smembers(ShardKeys(number).unsettled)
    tables = [
        (int(member), ShardKeys(number).table(int(member)).outbox)
        for number, members in enumerate(pipe.execute())
        for member in members
    ]
    for _, outbox in tables:
        pipe.xlen(outbox)
        pipe.xrange(outbox, count=1)
    answers = pipe.execute()
    ages = [
        (now_ms - _since_ms(first[0][1]), table_id)
        for (table_id, _), first in zip(tables, answers[1::2], strict=True)
        if first
    ]
    return Backlog(sum(answers[::2]), sorted(ages, reverse=True))


def _since_ms(fields: dict[bytes, bytes]) -> int:
    since_ms: int = orjson.loads(fields[b"e"])["at_ms"]
    return since_ms
