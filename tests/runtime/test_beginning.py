"""One table's trouble is its own: a table whose stored state cannot be read begins anew from the
ledger, and the others of its shard play on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from accounts.models import User
from tables.invariants import check_tables
from tables.models import Table
from tables.runtime import house, settlement
from tables.runtime.errors import RuntimeUnavailable
from tables.runtime.gateway import Gateway
from tables.runtime.keys import ShardKeys, TableKeys, shard_of
from tables.runtime.runner import Runner
from tests.runtime.house import DECK_KEY, Player, in_database, play_turn, running, seated, until
from tests.runtime.test_recovery import pause
from wallet.selectors import escrow_krw

pytestmark = pytest.mark.django_db(transaction=True)


def keys_of(table_id: int) -> TableKeys:
    return ShardKeys(shard_of(table_id, 16)).table(table_id)


async def takeover(deck_key: str = DECK_KEY) -> Runner:
    runner = Runner(deck_key=deck_key, nudge=lambda _: None)
    await runner.start()
    await until(lambda: len(runner.owned) == runner.shards, 15)
    return runner


async def delete_a_journal_entry(redis: Redis, keys: TableKeys) -> None:
    entries: Any = await redis.xrevrange(keys.journal, count=2)
    await redis.xdel(keys.journal, entries[1][0])


async def lose_the_newest_entry(redis: Redis, keys: TableKeys) -> None:
    entries: Any = await redis.xrevrange(keys.journal, count=1)
    await redis.xdel(keys.journal, entries[0][0])


async def write_an_unknown_event(redis: Redis, keys: TableKeys) -> None:
    version = int(await redis.hget(keys.head, "version") or 0) + 1
    entry = orjson.dumps({"at_ms": 1, "events": [{"type": "from_another_game"}], "sealed": None})
    await redis.xadd(keys.journal, {"f": entry}, id=f"{version}-0")
    await redis.hset(keys.head, "version", str(version))


async def write_an_old_schema(redis: Redis, keys: TableKeys) -> None:
    snapshot = orjson.loads(await redis.get(keys.snapshot) or b"")
    snapshot["state"]["schema"] = 0
    await redis.set(keys.snapshot, orjson.dumps(snapshot))


async def lose_the_head(redis: Redis, keys: TableKeys) -> None:
    await redis.delete(keys.head)


async def lose_the_snapshot(redis: Redis, keys: TableKeys) -> None:
    await redis.delete(keys.snapshot)


async def nothing(redis: Redis, keys: TableKeys) -> None:
    """The stored state is whole; the key is another one."""


Damage = Callable[[Redis, TableKeys], Awaitable[None]]
DAMAGES: list[tuple[Damage, str]] = [
    (nothing, "cd" * 32),
    (delete_a_journal_entry, DECK_KEY),
    (lose_the_newest_entry, DECK_KEY),
    (write_an_unknown_event, DECK_KEY),
    (write_an_old_schema, DECK_KEY),
    (lose_the_head, DECK_KEY),
    (lose_the_snapshot, DECK_KEY),
]


@pytest.mark.parametrize(("damage", "deck_key"), DAMAGES)
async def test_an_unreadable_table_begins_anew_and_its_neighbour_plays_on(
    damage: Damage, deck_key: str, table: Table, users: list[User], redis_url: str
) -> None:
    neighbour = await in_database(_neighbour)(table)
    async with running() as (first,), seated(table, users[:2]) as players:
        watcher = players[0]
        while not watcher.happened("hand_finished"):
            await play_turn(players, watcher)
        # Left in the outbox: the ledger has to learn it before it is asked.
        finished = watcher.happened("hand_finished")[0]["results"]
        await until(lambda: len(watcher.happened("hand_started")) == 2)
        await play_turn(players, watcher)
        third = await Player(users[2], table).join()
        assert (await third.sit(4, 3_000))["type"] == "ack"
        await pause(first)
        before = watcher.frames[-1]["version"]
        async with Redis.from_url(redis_url) as redis:
            await damage(redis, keys_of(table.pk))
        if damage is write_an_old_schema:
            assert "cannot be read" in (await in_database(check_tables)()).discrepancies[0]
            with pytest.raises(RuntimeUnavailable):
                await Gateway.get().snapshot(table.pk)
        second = await takeover(deck_key)
        try:
            snapshot = await Gateway.get().snapshot(table.pk)
            stacks = {seat.user_id: seat.stack_krw for seat in snapshot.view.seats}
            expected = {row["user_id"]: row["stack_krw"] for row in finished}
            assert stacks == expected | {users[2].pk: 3_000}
            assert snapshot.view.hand is None
            assert snapshot.version > before + 1, "a gap, by which clients see that all is new"
            assert await Gateway.get().frames_since(table.pk, before) is None
            assert (await in_database(check_tables)()).discrepancies == []
            for player in (*players.values(), third):
                assert (await player.ask({"type": "sit_in"}))["type"] == "ack"
            await until(lambda: len(watcher.happened("hand_started")) == 3)
            assert (await Gateway.get().snapshot(neighbour.pk)).view.seats == ()
        finally:
            await third.leave_groups()
            await second.stop()


def _neighbour(table: Table) -> Table:
    """Another table of the same shard."""
    return Table.objects.create(id=table.pk + 16, stake=table.stake, name="Neighbour", seats=6)


async def test_a_table_that_breaks_under_its_owner_begins_anew(
    table: Table, users: list[User], redis_url: str
) -> None:
    async with running() as (runner,), seated(table, users[:2]) as players:
        watcher = players[0]
        await until(lambda: watcher.turn)
        number = shard_of(table.pk, runner.shards)
        epoch = runner.owned[number].store.epoch
        async with Redis.from_url(redis_url) as redis:
            await delete_a_journal_entry(redis, keys_of(table.pk))
            await redis.hincrby(keys_of(table.pk).head, "version", 1)
        await players[0].send({"type": "sit_out"}, "after-the-damage")
        await until(lambda: number in runner.owned and runner.owned[number].store.epoch > epoch)
        answer = await until(lambda: players[0].replies.get("after-the-damage"))
        assert (answer["type"], answer["code"]) == ("error", "unavailable")
        snapshot = await Gateway.get().snapshot(table.pk)
        assert [seat.stack_krw for seat in snapshot.view.seats] == [10_000, 10_000]
        assert (await in_database(check_tables)()).discrepancies == []


async def test_a_table_that_cannot_begin_waits_and_the_others_open(
    table: Table, users: list[User], redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour = await in_database(_neighbour)(table)
    original = house.open_sittings
    broken = True

    def sittings(*, table_id: int) -> Any:
        if broken and table_id == table.pk:
            raise ValueError("this table's rows make no sense")
        return original(table_id=table_id)

    monkeypatch.setattr(house, "open_sittings", sittings)
    monkeypatch.setattr("tables.runtime.shard.REOPEN_AFTER_MS", 100)
    async with running() as (runner,):
        actors = runner.owned[shard_of(table.pk, 16)].actors
        assert list(actors) == [neighbour.pk]
        player = await Player(users[0], table).join()
        answer = await player.sit(0)
        assert (answer["type"], answer["code"]) == ("error", "unavailable")
        broken = False
        await until(lambda: table.pk in actors)
        assert (await player.sit(0))["type"] == "ack"
        await player.leave_groups()


async def test_an_owner_that_was_paused_while_it_began_a_table_writes_nothing(
    table: Table, users: list[User], redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Runner(deck_key=DECK_KEY, nudge=lambda _: None)
    reached, go_on = asyncio.Event(), asyncio.Event()
    call = first.bank.call

    async def slow(function: Any, **kwargs: Any) -> Any:
        answer = await call(function, **kwargs)
        if function is house.open_sittings:
            reached.set()
            await go_on.wait()
        return answer

    monkeypatch.setattr(first.bank, "call", slow)
    await first.start()
    await asyncio.wait_for(reached.wait(), 10)
    for loop in first._loops:
        loop.cancel()
    second = await takeover()
    try:
        async with seated(table, users[:2]) as players, Redis.from_url(redis_url) as redis:
            watcher = players[0]
            await until(lambda: watcher.turn)
            head = await redis.hgetall(keys_of(table.pk).head)
            go_on.set()
            await until(lambda: not first._background)
            assert await redis.hgetall(keys_of(table.pk).head) == head
            await play_turn(players, watcher)
    finally:
        await second.stop()
        await first.stop()


async def test_a_table_that_begins_anew_is_above_what_was_settled(
    table: Table, users: list[User], redis_url: str
) -> None:
    async with running(), seated(table, users[:2]) as players:
        while not players[0].happened("hand_finished"):
            await play_turn(players, players[0])
        await in_database(settlement.settle_table)(table.pk)
        # As after a very long epoch: more versions than an epoch leaves room for.
        from tables.models import TableSettlement

        far = 10**12
        await TableSettlement.objects.filter(table_id=table.pk).aupdate(last_entry=f"{far}-0")
        async with Redis.from_url(redis_url) as redis:
            await redis.flushall()
        await until(lambda: len(players[0].happened("player_sat_out")) >= 2)
        assert (await Gateway.get().snapshot(table.pk)).version > far
        await players[0].ask({"type": "leave"})
        await in_database(settlement.settle_table)(table.pk)
        assert users[0].pk not in await in_database(escrow_krw)(table_id=table.pk)
