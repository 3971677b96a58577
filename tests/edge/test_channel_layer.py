"""The channel layer loses its connection to Redis, and whatever was sent meanwhile."""

import pytest
from channels.layers import get_channel_layer

from tables.models import Table
from tables.runtime.connections import channels_redis
from tests.edge.site import opened, serving
from tests.runtime.house import running

pytestmark = pytest.mark.django_db(transaction=True)


async def lose_the_layer() -> None:
    """Redis ends every subscription, as when it is started again."""
    async with channels_redis() as redis:
        assert await redis.client_kill_filter(_type="pubsub") > 0


async def test_it_comes_back_and_says_that_something_may_be_lost(db: None) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.send(channel, {"type": "before"})
    assert await layer.receive(channel) == {"type": "before"}
    await lose_the_layer()
    assert await layer.receive(channel) == {"type": "layer.resumed"}
    await layer.send(channel, {"type": "after"})
    assert await layer.receive(channel) == {"type": "after"}


async def test_a_client_is_told_at_once_where_the_table_is(table: Table) -> None:
    async with running():
        pass  # the table begins; afterwards nobody sends heartbeats of it
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/") as watcher:
        version = (await watcher.ask({"type": "subscribe"}))["version"]
        await watcher.until_type("snapshot")
        await lose_the_layer()
        assert (await watcher.until_type("heartbeat"))["version"] == version
