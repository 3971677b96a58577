"""What keeps a runner going survives what nobody foresaw: a loop that ends in silence, under a
lease that is still renewed, would be worse than a death."""

import asyncio
from typing import Any

import pytest

from accounts.models import User
from tables.models import Table
from tables.runtime.gateway import lobby_now
from tables.runtime.nudges import Nudges
from tests.runtime.house import Player, in_database, running, seated, until

pytestmark = pytest.mark.django_db(transaction=True)


class Once:
    """Fails the first time it is called."""

    def __init__(self, original: Any) -> None:
        self.original = original
        self.calls = 0

    def __call__(self, *args: Any, **options: Any) -> Any:
        self.calls += 1
        if self.calls == 1:
            raise ValueError("nobody foresaw this")
        return self.original(*args, **options)


async def test_commands_are_read_after_an_unforeseen_error(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running() as (runner,):
        monkeypatch.setattr("tables.runtime.shard.READ_AGAIN_S", 0.01)
        failing = Once(runner.reading_redis.xread)
        monkeypatch.setattr(runner.reading_redis, "xread", failing)
        await until(lambda: failing.calls > runner.shards)
        player = await Player(users[0], table).join()
        assert (await player.sit(0))["type"] == "ack"
        await player.leave_groups()


async def test_what_cannot_be_sent_stops_no_other_message(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running() as (runner,):
        player = await Player(users[0], table).join()
        layer = runner.broadcast._layer
        failing = Once(layer.group_send)
        monkeypatch.setattr(layer, "group_send", failing)
        assert (await player.sit(0))["type"] == "ack"
        assert failing.calls > 1
        await player.leave_groups()


async def test_the_lobby_catches_up_after_an_unforeseen_error(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running() as (runner,):
        await until(lambda: not runner.lobby._changed)
        failing = Once(runner.lobby._broadcast.lobby)
        monkeypatch.setattr(runner.lobby._broadcast, "lobby", failing)
        async with seated(table, users[:1]):
            await until(lambda: failing.calls > 1, 5)
            assert (await in_database(lobby_now)())[table.pk].players == 1


def test_nudges_go_on_after_an_unforeseen_error() -> None:
    sent: list[int] = []
    failing = Once(sent.append)
    nudges = Nudges(failing)
    nudges.start()
    for table_id in (1, 2):
        nudges.put(table_id)
    nudges.stop()
    assert failing.calls == 2
    assert len(sent) == 1


async def test_a_table_that_opens_again_is_in_the_lobby_again(table: Table) -> None:
    async with running():

        async def listed() -> bool:
            return table.pk in await in_database(lobby_now)()

        for is_open in (True, False, True):
            await Table.objects.filter(pk=table.pk).aupdate(is_open=is_open)
            async with asyncio.timeout(10):
                while await listed() != is_open:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
