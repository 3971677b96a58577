"""What staff change at a running table is in force from the next hand on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from accounts.models import User
from tables.models import Sitting, Table
from tables.runtime import settlement
from tests.runtime.house import Player, in_database, play_turn, running, seated, until

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def playing(players: dict[int, Player]) -> AsyncIterator[None]:
    """Hand after hand, with hardly a moment between them."""

    async def play() -> None:
        while True:
            await play_turn(players, players[0])

    task = asyncio.create_task(play())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await task


def kinds_around(player: Player, kind: str) -> tuple[str, str]:
    """The last event of a hand before the first event of `kind`, and the first one after it."""
    kinds = [event["type"] for event in player.events]
    at = kinds.index(kind)
    before = [k for k in kinds[:at] if k in ("hand_started", "hand_finished")]
    after = [k for k in kinds[at:] if k in ("hand_started", "hand_finished", "seat_left")]
    return before[-1], after[0]


async def test_options_change_between_two_hands_however_short_the_pause(
    table: Table, users: list[User]
) -> None:
    async with running(), seated(table, users[:2]) as players, playing(players):
        watcher = players[0]
        await until(lambda: watcher.happened("hand_finished"))
        await Table.objects.filter(pk=table.pk).aupdate(
            action_seconds=33, min_buy_in_krw=3_000, bomb_pot_ante_krw=200, bomb_pot_every=500
        )
        changed = await until(lambda: watcher.happened("table_reconfigured"), 10)
        config = changed[0]["config"]
        assert (config["action_ms"], config["min_buy_in_krw"]) == (33_000, 3_000)
        assert (config["bomb_pot_every"], config["bomb_pot_ante_krw"]) == (500, 200)
        hands = len(watcher.happened("hand_finished"))
        await until(lambda: len(watcher.happened("hand_finished")) > hands + 1)
        assert kinds_around(watcher, "table_reconfigured") == ("hand_finished", "hand_started")
        assert len(watcher.happened("table_reconfigured")) == 1


async def test_a_table_that_staff_close_pays_everyone_out_after_the_hand(
    table: Table, users: list[User]
) -> None:
    async with running(), seated(table, users[:2]) as players, playing(players):
        watcher = players[0]
        await until(lambda: watcher.happened("hand_finished"))
        await Table.objects.filter(pk=table.pk).aupdate(is_open=False)
        await until(lambda: len(watcher.happened("seat_left")) == 2, 10)
        assert kinds_around(watcher, "table_closed") == ("hand_finished", "seat_left")
        await in_database(settlement.settle_table)(table.pk)
        assert not await Sitting.objects.filter(ended_at=None).aexists()


async def test_a_change_that_is_taken_back_in_time_never_happens(
    table: Table, users: list[User]
) -> None:
    async with running() as (runner,), seated(table, users[:2]) as players:
        watcher = players[0]
        await until(lambda: watcher.turn)
        await Table.objects.filter(pk=table.pk).aupdate(chat=False)
        (actor,) = (a for shard in runner.owned.values() for a in shard.actors.values())
        await until(lambda: actor.between_hands)
        await Table.objects.filter(pk=table.pk).aupdate(chat=True)
        await until(lambda: actor.between_hands is None)
        while not watcher.happened("hand_finished"):
            await play_turn(players, watcher)
        assert not watcher.happened("table_reconfigured")
