"""A `run_tables` process: takes shards, keeps them, gives them up.

Any number of runners may run. Each takes its share of the shards, and takes over those whose
owner is silent. The lease in Redis only says who probably owns a shard; the epoch from PostgreSQL
decides whose commits count.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Coroutine
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from redis.exceptions import RedisError

from tables import services
from tables.runtime import house, keys, replies
from tables.runtime.bank import Bank
from tables.runtime.broadcast import Broadcaster, table_group
from tables.runtime.clock import Clock
from tables.runtime.commit import ShardStore
from tables.runtime.connections import tables_redis
from tables.runtime.errors import DataLost, StaleEpoch
from tables.runtime.lobby import LobbyBoard
from tables.runtime.messages import CommandEnvelope
from tables.runtime.nudges import Nudges
from tables.runtime.sealing import Seal
from tables.runtime.shard import READ_BLOCK_MS, Shard
from tables.runtime.stopping import asked_to_stop

log = structlog.get_logger()

FORGOTTEN_RUNNER_MS = 60_000
HEARTBEAT_AFTER_MS = 1_000
REFRESH_S = 1.0
CLOCK_SYNC_S = 60.0


class Runner:
    """Owns shards until `stop`."""

    def __init__(self, *, deck_key: str, nudge: Any = None) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(3).hex()}"
        self.shards: int = settings.TABLE_SHARDS
        self.lease_ms: int = settings.SHARD_LEASE_MS
        self.seal = Seal(deck_key)
        self.clock = Clock()
        self.redis = tables_redis()
        self.reading_redis = tables_redis(read_timeout_s=READ_BLOCK_MS / 1000 + 4)
        self.bank = Bank()
        self.broadcast = Broadcaster()
        self.lobby = LobbyBoard(self.redis, self.broadcast)
        self.nudges = Nudges(nudge or _nudge_settlement)
        self.owned: dict[int, Shard] = {}
        self._taking: set[int] = set()
        self._seen_free: dict[int, int] = {}
        self._background: set[asyncio.Task[Any]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._stopped = False

    # Life

    async def start(self) -> None:
        await self._until_redis_answers()
        self.broadcast.start()
        self.nudges.start()
        self._loops = [
            asyncio.create_task(self._every(self.lease_ms / 5_000, self._keep_shards)),
            asyncio.create_task(self._every(0.5, self._heartbeats)),
            asyncio.create_task(self._every(1.0, self._notice_dead_webs)),
            asyncio.create_task(self._every(REFRESH_S, self._refresh_tables)),
            asyncio.create_task(self._every(CLOCK_SYNC_S, lambda: self.clock.sync(self.redis))),
            asyncio.create_task(self.lobby.run()),
        ]
        log.info("runner_started", runner=self.name, shards=self.shards)

    async def stop(self) -> None:
        """Drain: give every shard up between two commands; a hand goes on at the next owner."""
        if self._stopped:
            return
        self._stopped = True
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        with contextlib.suppress(RedisError, OSError):
            await self.redis.zrem(keys.RUNNERS, self.name)
        await asyncio.gather(
            *(shard.close(release=True) for shard in self.owned.values()), return_exceptions=True
        )
        self.owned.clear()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.broadcast.stop()
        await asyncio.to_thread(self.nudges.stop)
        await asyncio.to_thread(self.bank.close)
        await self.redis.aclose()
        await self.reading_redis.aclose()
        log.info("runner_stopped", runner=self.name)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background; its failure is logged."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background_done)

    def _background_done(self, task: "asyncio.Task[Any]") -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background_failed", exc_info=error)

    async def _until_redis_answers(self) -> None:
        while True:
            try:
                await self.clock.sync(self.redis)
            except (RedisError, OSError) as error:
                log.warning("runner_waits_for_redis", error=str(error))
                await asyncio.sleep(0.5)
            else:
                return

    async def _every(self, seconds: float, work: Any) -> None:
        while not asked_to_stop():
            try:
                await work()
            except (RedisError, OSError, DatabaseError) as error:
                log.warning("runner_loop_failed", loop=work.__name__, error=repr(error))
            except Exception:
                log.exception("runner_loop_failed", loop=work.__name__)
            if not asked_to_stop():
                await asyncio.sleep(seconds)

    # Shards

    async def _keep_shards(self) -> None:
        """Renew what is ours, take what is free and due to us, give up what is too much."""
        await asyncio.gather(*(self._renew(shard) for shard in list(self.owned.values())))
        now = self.clock.now_ms()
        await self.redis.zadd(keys.RUNNERS, {self.name: now})
        await self.redis.zremrangebyscore(keys.RUNNERS, 0, now - FORGOTTEN_RUNNER_MS)
        # As with a lease: who was silent for that long does not count.
        alive = await self.redis.zcount(keys.RUNNERS, now - self.lease_ms, "+inf")
        fair_share = -(-self.shards // max(1, alive))
        await self._take_free_shards(fair_share)
        if len(self.owned) > fair_share and alive > 1:
            shard = self.owned.pop(next(reversed(self.owned)))
            log.info("shard_released", shard=shard.number, runner=self.name)
            await shard.close(release=True)

    async def _renew(self, shard: Shard) -> None:
        try:
            await shard.renew()
        except (StaleEpoch, DataLost) as error:
            shard.lost(error)

    async def _take_free_shards(self, fair_share: int) -> None:
        numbers = [n for n in range(self.shards) if n not in self.owned and n not in self._taking]
        if not numbers:
            return
        pipe = self.redis.pipeline(transaction=False)
        for number in numbers:
            pipe.get(keys.ShardKeys(number).lease)
        for number, owner in zip(numbers, await pipe.execute(), strict=True):
            seen = self._seen_free.pop(number, 0) + 1 if owner is None else 0
            if seen:
                self._seen_free[number] = seen
            # Beyond our share only what nobody else takes.
            if seen and (len(self.owned) + len(self._taking) < fair_share or seen > 2):
                self._taking.add(number)
                self.spawn(self._take(number))

    async def _take(self, number: int) -> None:
        """Lease, then epoch, then the tables."""
        shard_keys = keys.ShardKeys(number)
        shard: Shard | None = None
        try:
            if not await self.redis.set(shard_keys.lease, self.name, px=self.lease_ms * 2, nx=True):
                return
            epoch, generation, is_new = await self.bank.call(
                services.take_shard,
                number=number,
                owner=self.name,
                new_generation=os.urandom(8).hex(),
            )
            shard = self._shard(number, epoch, generation)
            try:
                await shard.open(is_new=is_new)
            except DataLost:
                await shard.close(release=False)
                shard = await self._begin_again(number, epoch)
            self.owned[number] = shard
            self._seen_free.pop(number, None)
            log.info("shard_taken", shard=number, epoch=epoch, tables=len(shard.actors))
        except (StaleEpoch, services.NotTheOwner) as error:
            log.warning("shard_not_taken", shard=number, why=repr(error))
            if shard:
                await shard.close(release=False)
        except Exception:
            log.exception("shard_not_taken", shard=number)
            if shard:
                await shard.close(release=True)
        finally:
            self._taking.discard(number)

    def _shard(self, number: int, epoch: int, generation: str) -> Shard:
        store = ShardStore(self.redis, number, epoch=epoch, generation=generation, owner=self.name)
        return Shard(self, store, number)

    async def _begin_again(self, number: int, epoch: int) -> Shard:
        """Redis lost the shard's data: what is left of it is removed, and every table starts from
        the ledger. Hands in play are void."""
        log.error("shard_data_lost", shard=number, epoch=epoch)
        generation = os.urandom(8).hex()
        await self.bank.call(
            services.replace_generation, number=number, epoch=epoch, generation=generation
        )
        shard_keys = keys.ShardKeys(number)
        async for key in self.redis.scan_iter(match=f"{shard_keys.tag}:*", count=500):
            if key.decode() != shard_keys.lease:
                await self.redis.delete(key)
        shard = self._shard(number, epoch, generation)
        await shard.open(is_new=True)
        return shard

    def drop(self, shard: Shard) -> None:
        """The shard is not ours any more."""
        if self.owned.get(shard.number) is shard:
            del self.owned[shard.number]
        self.spawn(shard.close(release=False))

    def give_up(self, shard: Shard) -> None:
        """Let somebody take the shard anew, under the next epoch; it may be us."""
        if self.owned.get(shard.number) is shard:
            del self.owned[shard.number]
            log.warning("shard_given_up", shard=shard.number, runner=self.name)
            self.spawn(shard.close(release=True))

    def refuse(self, envelope: CommandEnvelope, code: str) -> None:
        """Answer a command whose table has no actor."""
        if envelope.request_id:
            body = replies.error(envelope.request_id, code, 0)
            self.broadcast.reply(envelope.table_id, envelope.reply_to, body)

    # Housekeeping

    async def _heartbeats(self) -> None:
        """Repeat the version of quiet tables that somebody watches, so that a lost last frame
        shows within two seconds."""
        now = self.clock.now_ms()
        quiet = [
            actor
            for shard in self.owned.values()
            for actor in shard.actors.values()
            if now - actor.table.last_frame_ms >= HEARTBEAT_AFTER_MS
        ]
        if not quiet:
            return
        channels = [self.broadcast.group_channel(table_group(a.table_id)) for a in quiet]
        counts = await self.broadcast.subscribers(channels)
        for actor, channel in zip(quiet, channels, strict=True):
            if counts.get(channel):
                actor.table.last_frame_ms = now
                self.broadcast.heartbeat(actor.table_id, actor.version, now)

    async def _notice_dead_webs(self) -> None:
        actors = [a for shard in self.owned.values() for a in shard.actors.values()]
        webs = sorted({web for actor in actors for web in actor.presence.webs()})
        if not webs:
            return
        known = [actor.presence.attaches for actor in actors]
        alive = await self.redis.mget([keys.WEB_HEARTBEAT.format(web) for web in webs])
        dead = {web for web, beat in zip(webs, alive, strict=True) if beat is None}
        for actor, attaches in zip(actors, known, strict=True):
            if dead & actor.presence.webs():
                for command in await actor.presence.drop_webs(dead, actor.state, known=attaches):
                    actor.put(command)

    async def _refresh_tables(self) -> None:
        tables = await self.bank.call(house.all_tables)
        for shard in list(self.owned.values()):
            await shard.refresh_tables(tables)


def _nudge_settlement(table_id: int) -> None:
    from tables.tasks import settle_table

    settle_table.delay(table_id)
