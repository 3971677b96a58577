"""What the lobby sees: a summary of each table, at most twice a second."""

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from tables.runtime.broadcast import Broadcaster
from tables.runtime.keys import LOBBY
from tables.runtime.messages import TableSummary
from tables.runtime.stopping import asked_to_stop

if TYPE_CHECKING:
    from tables.runtime.committed import CommittedTable

log = structlog.get_logger()

PERIOD_S = 0.5
HOUR_MS = 3_600_000
# A rate over less than this says nothing.
SHORTEST_MS = 60_000


def summary_of(table: "CommittedTable") -> TableSummary:
    """The table as the lobby shows it."""
    now = table.shard.now_ms()
    hands = [(at, pot) for at, pot in table.hands if now - at < HOUR_MS]
    span = max(SHORTEST_MS, now - hands[0][0]) if hands else SHORTEST_MS
    return TableSummary(
        table_id=table.table_id,
        players=len(table.state.seats) + len(table.state.offered_seats()),
        seats=table.state.config.seats,
        in_hand=table.state.hand is not None,
        hands_per_hour=len(hands) * HOUR_MS // span if hands else 0,
        average_pot_krw=sum(pot for _, pot in hands) // len(hands) if hands else 0,
    )


class LobbyBoard:
    """Gathers what changed and publishes it."""

    def __init__(self, redis: Redis, broadcast: Broadcaster) -> None:
        self._redis = redis
        self._broadcast = broadcast
        self._changed: dict[int, CommittedTable] = {}
        self._last: dict[int, TableSummary] = {}

    def changed(self, table: "CommittedTable") -> None:
        self._changed[table.table_id] = table

    def forget(self, table_id: int) -> None:
        """What was told of the table last may not be what Redis says now."""
        self._last.pop(table_id, None)

    async def run(self) -> None:
        while not asked_to_stop():
            await asyncio.sleep(PERIOD_S)
            try:
                await self._publish()
            except (RedisError, OSError) as error:
                log.warning("lobby_failed", error=str(error))
            except Exception:
                log.exception("lobby_failed")

    async def _publish(self) -> None:
        tables, self._changed = self._changed, {}
        try:
            await self._publish_these(tables)
        except Exception:
            self._changed = tables | self._changed
            raise

    async def _publish_these(self, tables: "dict[int, CommittedTable]") -> None:
        news: dict[int, TableSummary] = {}
        gone: list[int] = []
        for table_id, table in tables.items():
            if table.state.closed:
                gone.append(table_id)
                self.forget(table_id)
                continue
            summary = summary_of(table)
            if self._last.get(table_id) != summary:
                news[table_id] = summary
        if gone:
            await self._redis.hdel(LOBBY, *(str(table_id) for table_id in gone))
        if news:
            rows: Any = {str(key): orjson.dumps(msgspec.to_builtins(s)) for key, s in news.items()}
            await self._redis.hset(LOBBY, mapping=rows)
            self._broadcast.lobby([msgspec.to_builtins(summary) for summary in news.values()])
            self._last.update(news)
