"""Wrong requests of every type over a real WebSocket, and broken frames at the lobby.

Each is refused with its code, whoever sends it, and the site goes on.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.exceptions import ConnectionClosed

from accounts.models import User
from tables.models import Table
from tests.edge.site import JSON, MSGPACK, opened, serving, ticket_for
from tests.edge.test_attacks import in_groups, is_utf8
from tests.protocol.cases import BROKEN_JSON, BROKEN_MSGPACK
from tests.protocol.requests import EVERY_TYPE, EVERY_WRONG_VALUE, whole
from tests.runtime.house import running

pytestmark = pytest.mark.django_db(transaction=True)

LOBBY = "/ws/lobby/"


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
@pytest.mark.parametrize("has_login", [True, False])
async def test_wrong_values_are_refused_with_and_without_login(
    protocol: str, has_login: bool, table: Table, users: list[User]
) -> None:
    async with running(), serving() as site:
        for few in in_groups(EVERY_WRONG_VALUE, 25):  # a burst of more is refused for its speed
            ticket = await ticket_for(users[0]) if has_login else None
            path = f"/ws/table/{table.pk}/"
            async with opened(site, path, ticket=ticket, protocols=(protocol,)) as client:
                await client.next()
                for kind, name, value in few:
                    await client.send(whole(kind) | {name: value})
                    answer = await client.until_type("error")
                    told = (answer["code"], answer["field"], answer["id"])
                    assert told == ("invalid_field", name, "a1"), (kind, name, value)
                assert (await client.ask({"type": "ping"}))["type"] == "ack"


@asynccontextmanager
async def lobby_still_alive(site: str) -> AsyncIterator[None]:
    """Who was in the lobby before is served after it, and so is who comes."""
    async with opened(site, LOBBY) as watcher:
        yield
        assert (await watcher.ask({"type": "ping"}))["type"] == "ack"
    async with opened(site, LOBBY) as newcomer:
        assert (await newcomer.until_type("lobby"))["tables"]


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_the_lobby_closes_on_what_is_no_message(protocol: str, table: Table) -> None:
    frames = BROKEN_JSON if protocol == JSON else BROKEN_MSGPACK
    async with serving() as site, lobby_still_alive(site):
        for name, (frame, code) in frames.items():
            if code == "frame_too_large" or (protocol == JSON and not is_utf8(frame)):
                continue
            async with opened(site, LOBBY, protocols=(protocol,)) as client:
                assert (await client.next())["type"] == "welcome"
                await client.send_bytes(frame)
                answer = await client.until_type("error")
                assert (answer["code"], answer["id"]) == (code, None), name
                assert await client.closed() == 1008, name


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b'{"type":"ping","id":"\xff"}', 1007),
        (b"[" * 8_193, 1009),
        (b" " * 3_000_000, 1009),
    ],
    ids=["no utf-8", "8 KiB and one", "3 MB"],
)
async def test_the_lobby_closes_on_text_that_is_none_or_too_long(
    frame: bytes, code: int, table: Table
) -> None:
    async with serving() as site, lobby_still_alive(site), opened(site, LOBBY) as client:
        with suppress(ConnectionClosed):
            await client.send_bytes(frame)
        assert await client.closed() == code


async def test_the_lobby_names_what_is_wrong_and_goes_on(table: Table) -> None:
    async with serving() as site, opened(site, LOBBY) as client:
        for kind in sorted({*EVERY_TYPE} - {"ping"}):
            answer = await client.ask(whole(kind) | {"id": kind})
            assert (answer["code"], answer["field"]) == ("unknown_type", "type"), kind
        for body, code, field in (
            ({"type": "lobby_update"}, "unknown_type", "type"),
            ({"type": 5}, "invalid_field", "type"),
            ({"type": "ping", "table_id": table.pk}, "unknown_field", "table_id"),
            ({"type": "ping", "__class__": "x"}, "unknown_field", "__class__"),
        ):
            answer = await client.ask(body)
            assert (answer["code"], answer["field"]) == (code, field), body
        assert (await client.ask({"type": "ping"}))["type"] == "ack"
