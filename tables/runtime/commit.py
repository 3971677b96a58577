"""The only way a table changes: one fenced Lua call.

`ShardStore.commit` is safe to repeat: every commit has a token, and a commit whose answer was lost
is recognised by it. It therefore tries again for as long as Redis does not answer; what it returns
is what happened.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from tables.runtime.errors import DataLost, StaleEpoch
from tables.runtime.keys import ShardKeys
from tables.runtime.messages import JournalEntry

log = structlog.get_logger()

REPLY_TTL_MS = 600_000
KEEP_VERSIONS = 300
RETRY_SECONDS = (0.02, 0.05, 0.1, 0.2)
UNAVAILABLE = (RedisConnectionError, RedisTimeoutError, ReadOnlyError, OSError)
_SCRIPTS = Path(__file__).parent


async def insist(call: Callable[[], Awaitable[Any]]) -> Any:
    """Make a Redis call that may be repeated, for as long as Redis does not do it."""
    attempt = 0
    while True:
        try:
            return await call()
        except UNAVAILABLE as error:
            delay = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
            if attempt % 20 == 0:
                log.warning("waits_for_redis", error=str(error))
            attempt += 1
            await asyncio.sleep(delay)
        except ResponseError as error:
            # Redis starts up again (LOADING), is out of memory or cannot write to its disk.
            if not str(error).startswith(("LOADING", "OOM", "MISCONF", "READONLY", "BUSY")):
                raise
            log.warning("refused_by_redis", error=str(error))
            await asyncio.sleep(0.2)


@dataclass(slots=True)
class StoredReply:
    """The answer to a request, kept so that the same request gets the same answer.

    An empty `body` notes that the request is under way; `finishes` gives the answer to such a one.
    """

    user_id: int
    request_id: str
    digest: str
    body: bytes
    finishes: bool = False

    @property
    def mode(self) -> str:
        return "finish" if self.finishes else "new"


@dataclass(slots=True)
class Commit:
    """What one step of a table writes. Empty parts are left out.

    `entry` None: nothing happened at the table, only a reply is stored (a refusal). Entries of the
    `outbox` get the time of `entry` as `at_ms`. `begin_at`: the table begins (anew) at this version
    instead of the next one, and its stored past is dropped.
    """

    table_id: int
    expected_version: int
    entry: JournalEntry | None = None
    outbox: list[dict[str, Any]] = field(default_factory=list)
    snapshot: dict[str, Any] | None = None
    reply: StoredReply | None = None
    begin_at: int | None = None


@dataclass(slots=True)
class Committed:
    version: int


@dataclass(slots=True)
class Known:
    """The request was answered before: `body` is that answer, `digest` that request's content."""

    digest: str
    body: bytes


@dataclass(slots=True)
class OutOfStep:
    """The table is at another version than the actor believed; the actor must reload."""

    version: int


class ShardStore:
    """Commits of one shard, under one epoch."""

    def __init__(
        self, redis: Redis, number: int, *, epoch: int, generation: str, owner: str
    ) -> None:
        self.redis = redis
        self.keys = ShardKeys(number)
        self.epoch = epoch
        self.generation = generation
        self.owner = owner
        self.position = ""
        self._commit = redis.register_script((_SCRIPTS / "commit.lua").read_text())
        self._fence = redis.register_script((_SCRIPTS / "fence.lua").read_text())
        self._renew = redis.register_script((_SCRIPTS / "renew.lua").read_text())

    async def fence(self, *, may_begin: bool, now_ms: int) -> tuple[str, int | None]:
        """Shut out every older epoch. Returns the stream position and the last owner's last sign
        of life in server ms. Raises `StaleEpoch`, or `DataLost` unless `may_begin`."""
        answer = await self._fence(
            keys=[self.keys.fence],
            args=[self.epoch, self.generation, "1" if may_begin else "", now_ms],
        )
        match answer[0]:
            case b"ok":
                self.position = answer[1].decode()
                return self.position, int(answer[2]) if answer[2] else None
            case b"stale":
                raise StaleEpoch(f"{self.keys.tag}: epoch {self.epoch} is not above {answer[1]!r}")
            case _:
                raise DataLost(self.keys.tag)

    async def renew(self, *, lease_ms: int, now_ms: int) -> None:
        """Keep the lease, and store the position: commands that commit nothing move it only here.

        Raises `StaleEpoch` or `DataLost`.
        """
        answer = await self._renew(
            keys=[self.keys.lease, self.keys.fence],
            args=[self.owner, lease_ms, self.epoch, self.generation, now_ms, self.position],
        )
        if answer == b"stale":
            raise StaleEpoch(self.keys.tag)
        if answer == b"lost":
            raise DataLost(self.keys.tag)

    async def commit(self, commit: Commit) -> Committed | Known | OutOfStep:
        """Write one step, waiting for Redis as long as it takes.

        Raises `StaleEpoch` when another owner was fenced in, `DataLost` when Redis came back
        without this shard; in both cases nothing was written.
        """
        keys, args = self._arguments(commit)
        return self._outcome(await insist(lambda: self._commit(keys=keys, args=args)))

    def _arguments(self, commit: Commit) -> tuple[list[str], list[Any]]:
        table = self.keys.table(commit.table_id)
        reply = commit.reply
        keys = [
            self.keys.fence,
            table.head,
            table.journal,
            table.snapshot,
            table.outbox,
            self.keys.unsettled,
            table.reply(reply.user_id, reply.request_id) if reply else self.keys.fence,
        ]
        entry = commit.entry
        args: list[Any] = [
            self.epoch,
            self.generation,
            os.urandom(9).hex(),
            commit.expected_version,
            commit.table_id,
            self.position,
            reply.digest if reply else "",
            reply.body if reply else "",
            REPLY_TTL_MS,
            orjson.dumps({"at_ms": entry.at_ms, "events": entry.events, "sealed": entry.sealed})
            if entry
            else "",
            orjson.dumps(commit.snapshot) if commit.snapshot else "",
            max(0, commit.expected_version + 1 - KEEP_VERSIONS),
            reply.mode if reply else "",
            commit.begin_at or "",
            *(orjson.dumps({"at_ms": entry.at_ms, **item}) for item in commit.outbox if entry),
        ]
        return keys, args

    def _outcome(self, answer: list[Any]) -> Committed | Known | OutOfStep:
        match answer[0]:
            case b"ok":
                return Committed(int(answer[1]))
            case b"known":
                return Known(answer[1].decode(), answer[2])
            case b"version":
                return OutOfStep(int(answer[1]))
            case b"stale":
                raise StaleEpoch(f"{self.keys.tag}: epoch {self.epoch} < {answer[1]!r}")
            case _:
                raise DataLost(self.keys.tag)

    async def release(self) -> None:
        """Give the lease up, if it is still ours, so that the next owner need not wait."""
        with contextlib.suppress(*UNAVAILABLE):
            if await self.redis.get(self.keys.lease) == self.owner.encode():
                await self.redis.delete(self.keys.lease)
