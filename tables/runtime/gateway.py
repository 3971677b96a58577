"""The web's side of the running game: send commands, read tables. Holds no game state.

Reading takes the stored snapshot and journal, which contain nothing hidden; a player's own cards
come from the runner alone.
"""

import asyncio
import os
import weakref
from typing import Any, ClassVar

import msgspec
import structlog
from django.conf import settings
from redis.exceptions import RedisError

from tables.runtime import keys
from tables.runtime.clock import Clock
from tables.runtime.connections import shared_tables_redis, tables_redis
from tables.runtime.errors import RuntimeUnavailable, TableUnknown
from tables.runtime.journal import parse
from tables.runtime.messages import CommandEnvelope, Frame, Snapshot, TableSummary
from tables.runtime.views import Views

log = structlog.get_logger()

HEARTBEAT_S = 1.5
HEARTBEAT_LIFE_MS = 6_000
# More missed versions than this are answered with a snapshot.
MOST_FRAMES = 200


class Gateway:
    """One for each event loop of a web process; `Gateway.get()` makes or finds it."""

    _by_loop: ClassVar["weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Gateway]"] = (
        weakref.WeakKeyDictionary()
    )

    @classmethod
    def get(cls) -> "Gateway":
        loop = asyncio.get_running_loop()
        if loop not in cls._by_loop:
            cls._by_loop[loop] = cls()
        gateway = cls._by_loop[loop]
        gateway._keep_alive()
        return gateway

    def __init__(self) -> None:
        self.web_id = os.urandom(6).hex()
        self._redis = tables_redis()
        self._shards: int = settings.TABLE_SHARDS
        self._clock = Clock()
        self._views = Views()
        self._heartbeat: asyncio.Task[None] | None = None
        self._attached: dict[str, CommandEnvelope] = {}  # by connection
        self._reports: dict[str, CommandEnvelope] = {}  # not in Redis yet, as far as we know

    def now_ms(self) -> int:
        """The house's time, as deadlines are given in."""
        return self._clock.now_ms()

    def shard(self, table_id: int) -> keys.ShardKeys:
        return keys.ShardKeys(keys.shard_of(table_id, self._shards))

    async def submit(self, envelope: CommandEnvelope) -> None:
        """Hand a command to the table's runner. Raises `RuntimeUnavailable`."""
        try:
            await self._redis.xadd(
                self.shard(envelope.table_id).commands, {"e": msgspec.json.encode(envelope)}
            )
        except (RedisError, OSError) as error:
            raise RuntimeUnavailable(str(error)) from error

    async def attach(self, envelope: CommandEnvelope) -> None:
        """Report an open socket to the table's runner. Raises `RuntimeUnavailable`."""
        envelope.command = {"type": "attach", "conn_id": envelope.reply_to, "web_id": self.web_id}
        self._attached[envelope.reply_to] = envelope
        await self._report(envelope)

    async def detach(self, envelope: CommandEnvelope) -> None:
        """Report that it is closed; a report that fails is sent again with the heartbeat. Raises
        `RuntimeUnavailable`."""
        self._attached.pop(envelope.reply_to, None)
        await self._report(_detached(envelope, self.web_id))

    async def _report(self, envelope: CommandEnvelope) -> None:
        connection = envelope.reply_to
        self._reports[connection] = envelope
        await self.submit(envelope)
        if self._reports.get(connection) is envelope:
            del self._reports[connection]
        if envelope.command["type"] == "attach" and connection not in self._attached:
            # Closed meanwhile, and its detach may have come before this.
            await self.submit(_detached(envelope, self.web_id))

    async def snapshot(self, table_id: int) -> Snapshot:
        """The table as everyone sees it now. Raises `TableUnknown` or `RuntimeUnavailable`."""
        table = self.shard(table_id).table(table_id)
        for _ in range(3):
            try:
                raw: Any = await self._redis.get(table.snapshot)
                if raw is None:
                    raise TableUnknown(table_id)
                version = _version_of(raw)
                entries = parse(await self._redis.xrange(table.journal, min=f"({version}-0"))
            except (RedisError, OSError) as error:
                raise RuntimeUnavailable(str(error)) from error
            if entries and entries[0][0] != version + 1:
                continue  # a newer snapshot was written between the two reads
            return self._views.make(table_id, raw, entries)
        raise RuntimeUnavailable("the table changes faster than it can be read")

    async def version(self, table_id: int) -> int:
        """The table's version now. Raises `TableUnknown` or `RuntimeUnavailable`."""
        head = self.shard(table_id).table(table_id).head
        try:
            version = await self._redis.hget(head, "version")
        except (RedisError, OSError) as error:
            raise RuntimeUnavailable(str(error)) from error
        if version is None:
            raise TableUnknown(table_id)
        return int(version)

    async def frames_since(self, table_id: int, version: int) -> list[Frame] | None:
        """The commits after `version`, oldest first; None when they are no longer (or too many) and
        a snapshot must be taken. Raises `RuntimeUnavailable`."""
        table = self.shard(table_id).table(table_id)
        try:
            entries = parse(
                await self._redis.xrange(table.journal, min=f"({version}-0", count=MOST_FRAMES + 1)
            )
            if not entries:
                current = await self._redis.hget(table.head, "version")
                return [] if current is not None and int(current) == version else None
        except (RedisError, OSError) as error:
            raise RuntimeUnavailable(str(error)) from error
        if len(entries) > MOST_FRAMES or entries[0][0] != version + 1:
            return None
        return [Frame(version=v, at_ms=e.at_ms, events=e.events) for v, e in entries]

    async def lobby(self) -> list[TableSummary]:
        """All running tables. Raises `RuntimeUnavailable`."""
        try:
            rows = await self._redis.hgetall(keys.LOBBY)
        except (RedisError, OSError) as error:
            raise RuntimeUnavailable(str(error)) from error
        return [msgspec.json.decode(row, type=TableSummary) for row in rows.values()]

    def _keep_alive(self) -> None:
        if self._heartbeat is None or self._heartbeat.done():
            self._heartbeat = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        """Say that this web process lives; when it stops, its sockets count as closed."""
        key = keys.WEB_HEARTBEAT.format(self.web_id)
        while True:
            try:
                await self._clock.sync(self._redis)
                before = await self._redis.set(key, "1", px=HEARTBEAT_LIFE_MS, get=True)
                if before is None:
                    # We were silent for too long: the runners have given our sockets up.
                    self._reports = self._attached | self._reports
                for connection in list(self._reports):
                    if connection in self._reports:
                        await self._report(self._reports[connection])
            except (RedisError, OSError, RuntimeUnavailable) as error:
                log.warning("heartbeat_failed", error=str(error))
            except Exception:
                log.exception("heartbeat_failed")
            await asyncio.sleep(HEARTBEAT_S)


def _detached(envelope: CommandEnvelope, web_id: str) -> CommandEnvelope:
    command = {"type": "detach", "conn_id": envelope.reply_to, "web_id": web_id}
    return msgspec.structs.replace(envelope, command=command)


class _Stored(msgspec.Struct):
    """What is read of a stored snapshot before its view is made."""

    version: int


def _version_of(raw: bytes) -> int:
    return msgspec.json.decode(raw, type=_Stored).version


def lobby_now() -> dict[int, TableSummary]:
    """The lobby for code that is not asyncio. Raises `RuntimeUnavailable`."""
    try:
        rows: Any = shared_tables_redis().hgetall(keys.LOBBY)
    except (RedisError, OSError) as error:
        raise RuntimeUnavailable(str(error)) from error
    return {int(key): msgspec.json.decode(row, type=TableSummary) for key, row in rows.items()}


def submit_now(envelope: CommandEnvelope) -> None:
    """Hand a command to the table's runner, from code that is not asyncio; nobody waits for an
    answer. Raises `RuntimeUnavailable`."""
    shard = keys.ShardKeys(keys.shard_of(envelope.table_id, settings.TABLE_SHARDS))
    try:
        shared_tables_redis().xadd(shard.commands, {"e": msgspec.json.encode(envelope)})
    except (RedisError, OSError) as error:
        raise RuntimeUnavailable(str(error)) from error
