"""The bots' client keeps its table right whatever the connection does to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tables.bots import client as client_module
from tables.bots.client import TableClient
from tables.bots.messages import Encoding, codec
from tables.engine.view import TableView
from tables.protocol.messages import Ack, Events
from tests.bots.scratch_server import ScratchServer, until


class Heard:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.versions: list[int] = []
        self.jumps = 0

    def on_events(self, frame: Events, view: TableView, at: float) -> None:
        self.versions.append(frame.version)

    def on_jump(self, before: TableView, after: TableView) -> None:
        self.jumps += 1

    def on_change(self) -> None: ...


@asynccontextmanager
async def connected(
    encoding: Encoding = "json",
) -> AsyncIterator[tuple[ScratchServer, TableClient, Heard]]:
    async with ScratchServer() as server:
        heard = Heard()
        client = TableClient(
            url=server.url, codec=codec(encoding), ticket=None, listener=heard, name="t"
        )
        running = asyncio.create_task(client.run())
        await until(lambda: client.sync.version == server.version)
        yield server, client, heard
        await client.close()
        await running


@pytest.mark.parametrize("encoding", ["json", "msgpack"])
async def test_it_follows_the_table_in_both_encodings(encoding: Encoding) -> None:
    async with connected(encoding) as (server, client, heard):
        for _ in range(5):
            await server.happen()
        await until(lambda: client.sync.version == 10)
        assert heard.versions == [6, 7, 8, 9, 10]
        assert client.sync.view == server.view
        assert client.counters.gaps == 0


async def test_a_lost_frame_is_noticed_by_the_next_and_asked_for() -> None:
    async with connected() as (server, client, heard):
        await server.happen(tell=False)
        await server.happen()
        await until(lambda: client.sync.version == 7)
        assert heard.versions == [6, 7]
        assert client.sync.view == server.view
        assert client.counters.gaps == 1
        assert [request["since"] for request in server.asked("missed")] == [5]


async def test_the_last_frame_lost_shows_in_the_heartbeat() -> None:
    async with connected() as (server, client, heard):
        await server.happen(tell=False)
        await server.heartbeat()
        await until(lambda: client.sync.version == 6)
        assert heard.versions == [6]
        assert client.counters.gaps == 1


async def test_a_late_frame_is_no_gap() -> None:
    async with connected() as (server, client, _heard):
        late = await server.happen(tell=False)
        await server.happen()
        await server.tell(late)
        await until(lambda: client.sync.version == 7)
        await asyncio.sleep(client_module.GAP_GRACE_SECONDS * 1.5)
        assert client.counters.gaps == 0
        assert not server.asked("missed")


async def test_a_frame_twice_counts_once() -> None:
    async with connected() as (server, client, heard):
        frame = await server.happen()
        await server.tell(frame)
        await until(lambda: client.sync.faults.duplicates == 1)
        assert heard.versions == [6]


async def test_what_is_no_longer_kept_comes_as_a_snapshot() -> None:
    async with connected() as (server, client, heard):
        await server.happen(tell=False)
        await server.happen(tell=False)
        server.kept_from = 8
        await server.heartbeat()
        await until(lambda: client.sync.version == 7)
        assert client.sync.view == server.view
        assert (heard.jumps, client.sync.faults.jumps) == (1, 1)


async def test_after_a_reconnect_the_events_between_are_fetched_and_prove_the_snapshot() -> None:
    async with connected() as (server, client, heard):
        await server.drop_everyone()
        for _ in range(3):
            await server.happen()
        await until(lambda: client.sync.version == 8)
        assert heard.versions == [6, 7, 8]
        assert client.sync.faults.mismatches == 0
        assert client.counters.gaps == 0
        assert client.counters.connects == 2


async def test_a_view_that_differs_from_the_snapshot_is_counted() -> None:
    async with connected() as (server, client, _heard):
        await server.drop_everyone()
        await server.happen()
        server.view.closed = True
        await until(lambda: client.sync.version == 6)
        assert client.sync.faults.mismatches == 1


async def test_a_table_that_went_back_is_taken_as_it_is_now() -> None:
    async with connected() as (server, client, _heard):
        server.version = 3
        await server.heartbeat()
        await server.heartbeat()
        await until(lambda: client.sync.version == 3)
        assert client.sync.faults.rewinds == 1


async def test_an_unanswered_request_goes_again_with_its_id() -> None:
    async with connected() as (server, client, _heard):
        server.ignore.add("chat")
        asked = asyncio.create_task(client.request("chat", text="hi"))
        await until(lambda: server.asked("chat"))
        server.ignore.clear()
        await server.drop_everyone()
        reply = await asked
        assert isinstance(reply, Ack)
        ids = {request["id"] for request in server.asked("chat")}
        assert ids == {reply.id}
        assert len(server.asked("chat")) >= 2


async def test_an_answer_that_decides_nothing_is_asked_again_with_the_same_id() -> None:
    async with connected() as (server, client, _heard):
        server.refuse_once["chat"] = "unavailable"
        reply = await client.request("chat", text="hi")
        assert isinstance(reply, Ack)
        assert [request["id"] for request in server.asked("chat")] == [reply.id] * 2
