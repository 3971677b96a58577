"""What is left when an owner dies, is paused, or loses its data."""

import asyncio
from typing import Any

import pytest
import redis.asyncio

from accounts.models import User
from tables.models import Shard, Table
from tables.runtime import settlement
from tables.runtime.gateway import Gateway
from tables.runtime.keys import WEB_HEARTBEAT, ShardKeys, shard_of
from tables.runtime.runner import Runner
from tests.runtime.house import DECK_KEY, Player, in_database, play_turn, running, seated, until
from wallet.selectors import balance_krw, escrow_krw

pytestmark = pytest.mark.django_db(transaction=True)

GRANT = 10_000_000


async def pause(runner: Runner) -> None:
    """As SIGSTOP would: the lease is no longer renewed, nothing is read; what it holds stays."""
    for loop in runner._loops:
        loop.cancel()
    for shard in runner.owned.values():
        if shard._reader:
            shard._reader.cancel()
    await asyncio.sleep(0)


async def second_runner(runner: Runner) -> Runner:
    """Another runner that has taken everything over."""
    other = Runner(deck_key=DECK_KEY, nudge=lambda _: None)
    await other.start()
    await until(lambda: len(other.owned) == other.shards, 15)
    return other


async def test_a_hand_goes_on_exactly_where_it_was(table: Table, users: list[User]) -> None:
    async with running() as (first,), seated(table, users[:2]) as players:
        watcher = players[0]
        await play_turn(players, watcher)
        cards = {seat: player.cards for seat, player in players.items()}
        hand_id = watcher.happened("hand_started")[0]["hand_id"]
        await pause(first)
        second = await second_runner(first)
        try:
            for player in players.values():
                player.cards = None
                await player.send({"type": "resync"})
            await until(lambda: players[0].cards and players[1].cards)
            assert {seat: player.cards for seat, player in players.items()} == cards
            while not watcher.happened("hand_finished"):
                await play_turn(players, watcher)
            assert watcher.happened("hand_finished")[0]["hand_id"] == hand_id
            versions = [frame["version"] for frame in watcher.frames]
            assert versions == list(range(versions[0], versions[0] + len(versions)))
        finally:
            await second.stop()


async def test_the_clock_stands_still_while_nobody_owns_the_table(
    table: Table, users: list[User]
) -> None:
    async with running() as (first,), seated(table, users[:2]) as players:
        watcher = players[0]
        turn = await until(lambda: watcher.turn)
        await pause(first)
        second = await second_runner(first)
        try:
            moved = (await until(lambda: watcher.happened("clocks_moved")))[0]
            assert moved["by_ms"] >= first.lease_ms - 500
            assert watcher.turn is not None
            assert watcher.turn["turn"] == turn["turn"]
        finally:
            await second.stop()


async def test_a_paused_owner_that_wakes_up_writes_nothing(table: Table, users: list[User]) -> None:
    async with running() as (first,), seated(table, users[:2]) as players:
        turn = await until(lambda: players[0].turn)
        await pause(first)
        old_shard = first.owned[shard_of(table.pk, first.shards)]
        second = await second_runner(first)
        try:
            before = (await Gateway.get().snapshot(table.pk)).version
            old_actor = old_shard.actors[table.pk]
            from tables.engine.commands import Act

            old_actor.put(
                Act(
                    user_id=players[turn["seat"]].user.pk,
                    hand_id=turn["hand_id"],
                    turn=turn["turn"],
                    action="fold",
                )
            )
            await until(lambda: old_shard.is_lost)
            assert (await Gateway.get().snapshot(table.pk)).version == before
            assert not players[0].happened("player_folded")
        finally:
            await second.stop()


async def test_a_drained_runner_hands_over_in_the_middle_of_a_hand(
    table: Table, users: list[User]
) -> None:
    async with running(2) as (first, second), seated(table, users[:2]) as players:
        watcher = players[0]
        await play_turn(players, watcher)
        number = shard_of(table.pk, first.shards)
        owner, other = (first, second) if number in first.owned else (second, first)
        await owner.stop()
        await until(lambda: number in other.owned, 5)
        while not watcher.happened("hand_finished"):
            await play_turn(players, watcher)
        assert not watcher.happened("hand_voided")


async def test_a_death_between_reservation_and_payment_is_finished_by_the_next_owner(
    table: Table, users: list[User]
) -> None:
    async with running() as (first,):

        async def never(*_: Any, **__: Any) -> None:
            await asyncio.sleep(3600)

        first.bank.pay_in = never  # type: ignore[method-assign]
        player = await Player(users[0], table).join()
        sit = {"type": "sit", "seat": 1, "buy_in_krw": 5_000}
        await player.send(sit, "sit-1")
        await until(lambda: player.happened("seat_reserved"))
        await pause(first)
        second = await second_runner(first)
        try:
            await until(lambda: player.happened("seat_taken"))
            answer = await player.ask(sit, "sit-1")
            assert answer["type"] == "ack"
            assert await in_database(balance_krw)(user_id=users[0].pk) == GRANT - 5_000
        finally:
            await player.leave_groups()
            await second.stop()


async def test_lost_data_voids_the_hand_and_gives_everybody_what_the_ledger_says(
    table: Table, users: list[User], redis_url: str
) -> None:
    async with running(), seated(table, users[:2]) as players:
        watcher = players[0]
        while not watcher.happened("hand_finished"):
            await play_turn(players, watcher)
        await in_database(settlement.settle_table)(table.pk)
        settled = await in_database(escrow_krw)(table_id=table.pk)
        await until(lambda: len(watcher.happened("hand_started")) == 2)
        await play_turn(players, watcher)
        last_version = watcher.frames[-1]["version"]
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            await client.flushall()
        rebuilt = await until(
            lambda: [e for e in watcher.happened("player_sat_out") if e["reason"] == "voided"],
        )
        assert len(rebuilt) == 2
        snapshot = await Gateway.get().snapshot(table.pk)
        assert {seat.user_id: seat.stack_krw for seat in snapshot.view.seats} == settled
        assert snapshot.view.hand is None
        assert snapshot.version > last_version
        shard = await Shard.objects.aget(number=shard_of(table.pk, 16))
        assert shard.generation


async def test_players_of_a_dead_web_process_count_as_disconnected(
    table: Table, users: list[User], redis_url: str
) -> None:
    async with running(), seated(table, users[:1]) as players:
        player = players[0]
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            await client.set(WEB_HEARTBEAT.format("web-1"), "1", px=2_000)
            await player.send({"type": "attach", "conn_id": "c1", "web_id": "web-1"}, "a")
            await until(lambda: player.happened("player_disconnected"))
            await client.set(WEB_HEARTBEAT.format("web-2"), "1", px=60_000)
            await player.send({"type": "attach", "conn_id": "c2", "web_id": "web-2"}, "b")
            await until(lambda: player.happened("player_connected"))


async def test_a_quiet_shard_drops_the_commands_that_it_has_done(
    table: Table, users: list[User], redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.runtime.shard.TRIM_EVERY_MS", 100)
    commands = ShardKeys(shard_of(table.pk, 16)).commands
    async with running(), redis.asyncio.Redis.from_url(redis_url) as client:
        player = await Player(users[0], table).join()
        for number in range(300):
            attach = {"type": "attach", "conn_id": f"c{number}", "web_id": "web"}
            await player.send(attach)
        # Redis drops whole pieces of a stream, of a hundred entries.
        async with asyncio.timeout(10):
            while await client.xlen(commands) > 100:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await player.leave_groups()


async def test_commands_that_a_dead_owner_had_read_are_not_lost(
    table: Table, users: list[User]
) -> None:
    async with running() as (first,), seated(table, users[:2]) as players:
        turn = await until(lambda: players[0].turn)
        await pause(first)
        act = {"type": "act", "hand_id": turn["hand_id"], "turn": turn["turn"], "action": "call"}
        player = players[turn["seat"]]
        await player.send(act, "while-nobody-reads")
        second = await second_runner(first)
        try:
            await until(lambda: player.replies.get("while-nobody-reads"))
            assert player.replies["while-nobody-reads"]["type"] == "ack"
            await until(lambda: players[0].happened("player_called"))
            assert len(players[0].happened("player_called")) == 1
        finally:
            await second.stop()
