"""What happened, told to whoever watches: each audience's frame is encoded once, as JSON and as
MessagePack, and sent to the audience's group as bytes.

Messages of one table keep their order. The channel layer may lose any of them; versions and
heartbeats make that visible to clients.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import msgpack
import orjson
import structlog
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from tables.engine import to_data
from tables.engine.events import Event
from tables.runtime.connections import channels_redis
from tables.runtime.stopping import asked_to_stop

log = structlog.get_logger()

LANES = 4
LANE_CAPACITY = 10_000


def table_group(table_id: int) -> str:
    """Everyone who watches the table."""
    return f"table.{table_id}"


def owner_group(table_id: int, user_id: int) -> str:
    """One player's own sockets at the table."""
    return f"table.{table_id}.user.{user_id}"


def encoded(message_type: str, body: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """A channel-layer message with `body` in both encodings."""
    return {
        "type": message_type,
        "json": orjson.dumps(body),
        "msgpack": msgpack.packb(body),
        **extra,
    }


class Broadcaster:
    """Sends in the background, one lane for each remainder of the table id."""

    def __init__(self) -> None:
        self._layer = get_channel_layer()
        self._redis = channels_redis()
        self._lanes: list[asyncio.Queue[tuple[bool, str, dict[str, Any]]]] = [
            asyncio.Queue(LANE_CAPACITY) for _ in range(LANES)
        ]
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._drain(lane)) for lane in self._lanes]

    async def stop(self) -> None:
        """Send what is queued, for at most a second, then stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                for lane in self._lanes:
                    await lane.join()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    def reply(self, table_id: int, channel: str, body: bytes) -> None:
        """Answer the socket that asked."""
        if channel:
            self._put(table_id, False, channel, {"type": "table.reply", "body": body})

    def events(self, table_id: int, version: int, at_ms: int, public: list[dict[str, Any]]) -> None:
        """One commit to everyone at the table."""
        body = {
            "type": "events",
            "table_id": table_id,
            "version": version,
            "at_ms": at_ms,
            "events": public,
        }
        self._put(
            table_id, True, table_group(table_id), encoded("table.frame", body, version=version)
        )

    def private(self, table_id: int, version: int, user_id: int, events: Sequence[Event]) -> None:
        """A player's own cards, to that player alone."""
        body = private_body(table_id, version, events)
        group = owner_group(table_id, user_id)
        self._put(table_id, True, group, encoded("table.frame", body, version=version))

    def private_to(
        self, table_id: int, version: int, channel: str, events: Sequence[Event]
    ) -> None:
        """The same, to one socket that asked again."""
        body = private_body(table_id, version, events)
        self._put(table_id, False, channel, encoded("table.frame", body, version=version))

    def heartbeat(self, table_id: int, version: int, now_ms: int) -> None:
        body = {
            "type": "heartbeat",
            "table_id": table_id,
            "version": version,
            "server_time_ms": now_ms,
        }
        self._put(
            table_id, True, table_group(table_id), encoded("table.frame", body, version=version)
        )

    def lobby(self, summaries: list[dict[str, Any]]) -> None:
        body = {"type": "lobby_update", "tables": summaries}
        self._put(0, True, "lobby", encoded("lobby.update", body))

    def group_channel(self, group: str) -> str:
        """The Redis channel behind a group of the channel layer."""
        return f"{self._layer.prefix}__group__{group}"

    async def subscribers(self, channels: list[str]) -> dict[str, int]:
        """How many web processes listen to each Redis channel."""
        rows: Any = await self._redis.pubsub_numsub(*channels)
        return {name.decode(): int(count) for name, count in rows}

    def _put(self, lane: int, to_group: bool, name: str, message: dict[str, Any]) -> None:
        try:
            self._lanes[lane % LANES].put_nowait((to_group, name, message))
        except asyncio.QueueFull:
            log.warning("broadcast_dropped", name=name)

    async def _drain(self, lane: asyncio.Queue[tuple[bool, str, dict[str, Any]]]) -> None:
        while not asked_to_stop():
            to_group, name, message = await lane.get()
            try:
                if to_group:
                    await self._layer.group_send(name, message)
                else:
                    await self._layer.send(name, message)
            except (RedisError, OSError) as error:
                log.warning("broadcast_failed", name=name, error=str(error))
            except Exception:
                # One message that cannot be sent; the lane goes on with the next.
                log.exception("broadcast_failed", name=name)
            finally:
                lane.task_done()


def private_body(table_id: int, version: int, events: Sequence[Event]) -> dict[str, Any]:
    return {
        "type": "private",
        "table_id": table_id,
        "version": version,
        "events": [to_data(event) for event in events],
    }
