"""Who is shown as connected: whoever has an open socket, whatever happens on the way."""

import asyncio
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.models import User
from tables.models import Table
from tables.runtime.gateway import Gateway
from tests.edge.site import opened, serving, ticket_for
from tests.edge.test_table_socket import sit, start
from tests.runtime.house import running

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_web_process_that_was_held_up_reports_its_sockets_again(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.runtime.gateway.HEARTBEAT_LIFE_MS", 500)
    monkeypatch.setattr("tables.runtime.gateway.HEARTBEAT_S", 0.1)
    path = f"/ws/table/{table.pk}/"
    ticket = await ticket_for(users[0])
    async with (
        running(),
        serving() as site,
        opened(site, path) as watcher,
        opened(site, path, ticket=ticket) as player,
    ):
        await start(watcher)
        await start(player)
        await sit(player, 0)
        gateway = Gateway.get()
        assert gateway._heartbeat
        gateway._heartbeat.cancel()
        assert (await watcher.until_event("player_disconnected"))["seat"] == 0
        Gateway.get()
        assert (await watcher.until_event("player_connected"))["seat"] == 0


async def test_a_report_that_redis_did_not_take_is_sent_again(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.runtime.gateway.HEARTBEAT_S", 0.1)
    path = f"/ws/table/{table.pk}/"
    async with running(), serving() as site, opened(site, path) as watcher:
        await start(watcher)
        async with opened(site, path, ticket=await ticket_for(users[0])) as player:
            await start(player)
            await sit(player, 0)
            fail_once(monkeypatch, Gateway.get()._redis, "xadd")
        assert (await watcher.until_event("player_disconnected"))["seat"] == 0


@pytest.mark.parametrize("call", ["hset", "hdel"])
async def test_an_owner_notes_sockets_also_while_redis_stumbles(
    call: str, table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/ws/table/{table.pk}/"
    async with running() as (runner,), serving() as site, opened(site, path) as watcher:
        await start(watcher)
        async with opened(site, path, ticket=await ticket_for(users[0])) as player:
            await start(player)
            await sit(player, 0)
            if call == "hdel":
                fail_once(monkeypatch, runner.redis, call)
        assert (await watcher.until_event("player_disconnected"))["seat"] == 0
        if call == "hset":
            fail_once(monkeypatch, runner.redis, call)
        async with opened(site, path, ticket=await ticket_for(users[0])) as player:
            await start(player)
            assert (await watcher.until_event("player_connected"))["seat"] == 0


def fail_once(monkeypatch: pytest.MonkeyPatch, redis: Any, name: str) -> None:
    """The next such call of a client meets a connection that is gone."""
    original = getattr(redis, name)

    async def call(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(redis, name, original)
        await asyncio.sleep(0)
        raise RedisConnectionError("gone")

    monkeypatch.setattr(redis, name, call)
