"""One shard while this process owns it: its tables' actors, its command stream, its lease."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from redis.exceptions import RedisError

from tables.engine import TableState
from tables.engine.commands import CloseTable, Reconfigure, ResumeClock
from tables.runtime import house, recovery
from tables.runtime.actor import Delivery, TableActor
from tables.runtime.bank import PayIn, Refusal
from tables.runtime.commit import ShardStore
from tables.runtime.committed import CommittedTable
from tables.runtime.errors import DataLost, StaleEpoch, TableUnreadable
from tables.runtime.keys import ShardKeys, shard_of
from tables.runtime.messages import CommandEnvelope
from tables.runtime.opening import Opened, begin_table
from tables.runtime.outbox import HandRecorder
from tables.runtime.presence import Presence
from tables.runtime.stopping import asked_to_stop

if TYPE_CHECKING:
    from tables.runtime.runner import Runner

log = structlog.get_logger()

READ_BLOCK_MS = 1_000
READ_COUNT = 200
TRIM_EVERY_MS = 5_000
READ_AGAIN_S = 0.5
RELOAD_AFTER_S = 0.5
REOPEN_AFTER_MS = 5_000


class Shard:
    """Made by `runner` when the lease is held and the epoch is minted; `open` loads the tables."""

    def __init__(self, runner: "Runner", store: ShardStore, number: int) -> None:
        self.runner = runner
        self.store = store
        self.number = number
        self.keys = ShardKeys(number)
        self.actors: dict[int, TableActor] = {}
        self.broadcast = runner.broadcast
        self.seal = runner.seal
        self.is_lost = False
        self.last_renewal_ms = runner.clock.now_ms()
        self._known: set[int] = set()
        self._shut_out: dict[int, int] = {}  # table that did not open → when to try again, ms
        self._in_work: dict[str, None] = {}  # positions read and not yet done, in their order
        self._read_up_to = store.position
        self._reader: asyncio.Task[None] | None = None

    # What actors need

    def now_ms(self) -> int:
        return self.runner.clock.now_ms()

    def is_well(self) -> bool:
        """Whether the house itself was alive a moment ago, so that players' clocks may run out."""
        return self.now_ms() - self.last_renewal_ms < self.runner.lease_ms

    def nudge(self, table_id: int) -> None:
        self.runner.nudges.put(table_id)

    def lobby_changed(self, table: CommittedTable) -> None:
        self.runner.lobby.changed(table)

    async def pay_in(self, payment: PayIn) -> Refusal | None:
        return await self.runner.bank.pay_in(payment, shard=self.number, epoch=self.store.epoch)

    def done(self, position: str) -> None:
        """A command has had its effect; the position never passes one that has not."""
        self._in_work.pop(position, None)
        first = next(iter(self._in_work), None)
        self.store.position = _before(first) if first else self._read_up_to

    def lost(self, why: Exception) -> None:
        """The shard belongs to somebody else, or its data is gone: stop writing."""
        if not self.is_lost:
            self.is_lost = True
            log.warning("shard_lost", shard=self.number, epoch=self.store.epoch, why=repr(why))
            self.runner.drop(self)

    def failed(self, actor: TableActor) -> None:
        """An actor met what it could not handle: its table is read anew from what was committed."""
        self.runner.spawn(self._reload(actor))

    async def _reload(self, actor: TableActor) -> None:
        await actor.stop()
        keys = self.keys.table(actor.table_id)
        while not self.is_lost and self.actors.get(actor.table_id) is actor:
            await asyncio.sleep(RELOAD_AFTER_S)
            try:
                found = await recovery.read_table(self.store.redis, keys, actor.table_id, self.seal)
                if found is None:
                    raise TableUnreadable(f"table {actor.table_id}: nothing is stored")
                await self._start_actor(*found)
                self.actors[actor.table_id].inherit(actor)
            except (RedisError, OSError) as error:
                log.warning("table_reload_waits", table=actor.table_id, error=str(error))
            except Exception:
                # Payments that this actor began may still happen under our epoch, so the table
                # can begin anew only under the next one.
                log.exception("table_not_reloaded", table=actor.table_id)
                self.runner.give_up(self)
                return

    # Opening

    async def open(self, *, is_new: bool) -> None:
        """Take the tables over. Raises `StaleEpoch` or `DataLost`."""
        _, alive_ms = await self.store.fence(may_begin=is_new, now_ms=self.now_ms())
        self._read_up_to = self.store.position
        for table in self._own(await self.runner.bank.call(house.all_tables)):
            await self._open_or_leave(table)
        if alive_ms is not None:
            self.resume_clocks(self.now_ms() - alive_ms)
        self._reader = asyncio.create_task(self._read(), name=f"shard {self.number}")

    async def _open_or_leave(self, table: house.OpenTable) -> None:
        """One table's trouble is its own: the others open, and it is tried again later."""
        self._shut_out.pop(table.table_id, None)
        try:
            await self._open_table(table)
        except (StaleEpoch, DataLost, RedisError, OSError):
            raise
        except Exception:
            log.exception("table_not_opened", table=table.table_id)
            self._shut_out[table.table_id] = self.now_ms() + REOPEN_AFTER_MS

    async def _open_table(self, table: house.OpenTable) -> None:
        keys = self.keys.table(table.table_id)
        found: Opened | None = None
        try:
            found = await recovery.read_table(self.store.redis, keys, table.table_id, self.seal)
        except TableUnreadable:
            log.exception("table_unreadable", table=table.table_id)
        if found is None:
            found = await begin_table(self, table)
        if found is None:
            return
        await self._start_actor(*found)
        self._apply_options(table)

    async def _start_actor(self, state: TableState, version: int, recorder: HandRecorder) -> None:
        keys = self.keys.table(state.table_id)
        presence = Presence(self.store.redis, keys.presence)
        await presence.load()
        actor = TableActor(self, state, version, recorder, presence)
        self.actors[state.table_id] = actor
        actor.start()
        # Another runner may have told the lobby otherwise since we had the table last.
        self.runner.lobby.forget(state.table_id)
        self.lobby_changed(actor.table)
        self.broadcast.heartbeat(state.table_id, version, self.now_ms())

    # Running

    def _own(self, tables: list[house.OpenTable]) -> list[house.OpenTable]:
        shards = self.runner.shards
        own = [table for table in tables if shard_of(table.table_id, shards) == self.number]
        self._known = {table.table_id for table in own}
        return own

    async def refresh_tables(self, tables: list[house.OpenTable]) -> None:
        """Tables that were added, changed or closed in admin."""
        for table in self._own(tables):
            if table.table_id in self.actors:
                self._apply_options(table)
            elif self._is_due(table):
                await self._open_or_leave(table)

    def _is_due(self, table: house.OpenTable) -> bool:
        """Whether a table without an actor is to be opened (again) now."""
        again_at_ms = self._shut_out.get(table.table_id)
        if again_at_ms is not None:
            return again_at_ms <= self.now_ms()
        return table.is_open and not table.is_resting

    def _apply_options(self, table: house.OpenTable) -> None:
        actor = self.actors[table.table_id]
        state = actor.state
        actor.takes_players = table.is_open and not table.is_resting
        actor.between_hands = None
        wanted: CloseTable | Reconfigure | None = None
        if not table.is_open and not state.closed:
            wanted = CloseTable()
        elif table.is_resting and not state.closed and not (state.seats or state.waiting):
            # The table looks again: somebody may be on the way to it.
            wanted = CloseTable(only_if_empty=True)
        elif actor.takes_players and (state.closed or state.config != table.config):
            wanted = Reconfigure(config=table.config)
        if wanted and state.hand is None:
            actor.put(wanted)
        elif wanted:
            actor.between_hands = wanted

    def resume_clocks(self, paused_ms: int) -> None:
        """The house stood still; every running clock gets that time back."""
        if paused_ms <= 0:
            return
        for actor in self.actors.values():
            if actor.state.hand is not None:
                actor.put(ResumeClock(paused_ms=paused_ms))

    async def renew(self) -> None:
        """Keep the lease; a pause of the house that shows in it is given back to the players."""
        await self.store.renew(lease_ms=self.runner.lease_ms, now_ms=self.now_ms())
        paused = self.now_ms() - self.last_renewal_ms
        self.last_renewal_ms = self.now_ms()
        if paused > self.runner.lease_ms:
            self.resume_clocks(paused)

    async def _read(self) -> None:
        """The shard's stream, from where the last owner's commits left it."""
        trimmed_ms = self.now_ms()
        while not asked_to_stop():
            try:
                answer: Any = await self.runner.reading_redis.xread(
                    {self.keys.commands: self._read_up_to}, count=READ_COUNT, block=READ_BLOCK_MS
                )
                for _, entries in answer or []:
                    for entry_id, fields in entries:
                        self._deliver(entry_id.decode(), fields)
                if self.now_ms() - trimmed_ms > TRIM_EVERY_MS:
                    trimmed_ms = self.now_ms()
                    await self._trim()
            except (RedisError, OSError) as error:
                log.warning("shard_read_failed", shard=self.number, error=str(error))
                await asyncio.sleep(0.1)
            except Exception:
                log.exception("shard_read_failed", shard=self.number)
                await asyncio.sleep(READ_AGAIN_S)

    async def _trim(self) -> None:
        """Drop commands that the stored position has passed; a later owner never needs them."""
        stored: Any = await self.store.redis.hget(self.keys.fence, "position")
        if stored:
            await self.store.redis.xtrim(self.keys.commands, minid=stored.decode())

    def _deliver(self, position: str, fields: dict[bytes, bytes]) -> None:
        self._read_up_to = position
        self._in_work[position] = None
        try:
            envelope = msgspec.json.decode(fields[b"e"], type=CommandEnvelope)
        except Exception:
            log.exception("command_unreadable", shard=self.number, position=position)
            self.done(position)
            return
        actor = self.actors.get(envelope.table_id)
        if actor is None:
            known = envelope.table_id in self._known
            self.runner.refuse(envelope, "unavailable" if known else "table_unknown")
            self.done(position)
            return
        actor.put(Delivery(position, envelope))

    # Closing

    async def close(self, *, release: bool) -> None:
        """Stop between commands; with `release` the next owner may take over at once."""
        if self._reader:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await asyncio.gather(*(actor.stop() for actor in self.actors.values()))
        if release and not self.is_lost:
            with contextlib.suppress(StaleEpoch, DataLost, RedisError, OSError):
                await self.store.renew(lease_ms=self.runner.lease_ms, now_ms=self.now_ms())
                await self.store.release()


def _before(position: str) -> str:
    """The greatest stream id below `position`."""
    milliseconds, _, sequence = position.partition("-")
    if int(sequence):
        return f"{milliseconds}-{int(sequence) - 1}"
    return f"{int(milliseconds) - 1}-{2**64 - 1}"
