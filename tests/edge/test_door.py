"""Who gets in."""

import asyncio

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from tables import tickets
from tables.models import Table
from tables.tickets import edge_redis
from tests.edge.site import (
    JSON,
    MSGPACK,
    cookie_for,
    opened,
    refused,
    serving,
    session_cookie,
    ticket_for,
)

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_browser_is_known_by_its_session(table: Table, users: list[User]) -> None:
    cookie = await cookie_for(users[0])
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/", cookie=cookie) as client:
        welcome = await client.next()
    assert welcome["user"] == {"user_id": users[0].pk, "nickname": "player0"}
    assert welcome["table_id"] == table.pk
    assert welcome["protocol"] == 1


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_a_program_is_known_by_its_ticket(
    protocol: str, table: Table, users: list[User]
) -> None:
    async with serving() as site:
        ticket = await ticket_for(users[1])
        async with opened(
            site, f"/ws/table/{table.pk}/", ticket=ticket, protocols=(protocol,)
        ) as client:
            assert client.connection.subprotocol == protocol
            assert (await client.next())["user"]["user_id"] == users[1].pk


async def test_whoever_is_not_logged_in_may_watch(table: Table) -> None:
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/") as client:
        assert (await client.next())["user"] is None


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "http://evil.example",
        "http://127.0.0.1",
        "https://127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}/",
        "http://evil.example, http://127.0.0.1:{port}",
    ],
)
async def test_another_sites_page_is_refused(
    origin: str | None, table: Table, users: list[User]
) -> None:
    cookie = await cookie_for(users[0])
    async with serving() as site:
        port = site.partition(":")[2]
        sent = origin and origin.format(port=port)
        path = f"/ws/table/{table.pk}/"
        assert await refused(site, path, cookie=cookie, origin=sent) == 403
        assert await refused(site, path, origin=sent) == 403


async def test_a_trusted_origin_is_let_in(
    table: Table, users: list[User], settings: Settings
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://poker.example"]
    async with serving() as site:
        path = f"/ws/table/{table.pk}/"
        assert await refused(site, path, origin="https://poker.example") == 101
        assert await refused(site, path, origin="http://poker.example") == 403


async def test_a_host_that_is_not_ours_makes_no_own_origin(
    table: Table, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["poker.example"]
    async with serving() as site:
        assert await refused(site, f"/ws/table/{table.pk}/") == 403


async def test_a_ticket_opens_one_connection(table: Table, users: list[User]) -> None:
    async with serving() as site:
        path = f"/ws/table/{table.pk}/"
        ticket = await ticket_for(users[0])
        attempts = [refused(site, path, ticket=ticket) for _ in range(5)]
        assert sorted(await asyncio.gather(*attempts)) == [101, 403, 403, 403, 403]


@pytest.mark.parametrize("ticket", ["x", "a" * 43, "a" * 5_000, "%00", "{}"])
async def test_an_invented_ticket_opens_nothing(ticket: str, table: Table) -> None:
    async with serving() as site:
        assert await refused(site, f"/ws/table/{table.pk}/", ticket=ticket) == 403
        # Neither does one that comes with a good Origin: a program that shows a ticket means it.
        origin = f"http://{site}"
        assert await refused(site, f"/ws/table/{table.pk}/", ticket=ticket, origin=origin) == 403


async def test_a_ticket_lives_for_thirty_seconds(users: list[User]) -> None:
    await ticket_for(users[0])
    (key,) = await edge_redis().keys("poker:ticket:*")
    assert 0 < await edge_redis().ttl(key) <= tickets.LIFETIME_S == 30


async def test_a_token_in_the_address_is_nothing(table: Table, users: list[User]) -> None:
    ticket = await ticket_for(users[0])
    async with serving() as site:
        path = f"/ws/table/{table.pk}/?ticket={ticket}&token={ticket}"
        assert await refused(site, path, origin=None) == 403
        async with opened(site, path) as client:
            assert (await client.next())["user"] is None


async def test_an_account_that_is_closed_does_not_get_in(table: Table, users: list[User]) -> None:
    cookie = await cookie_for(users[0])
    ticket = await ticket_for(users[0])
    users[0].is_active = False
    await users[0].asave()
    async with serving() as site:
        path = f"/ws/table/{table.pk}/"
        assert await refused(site, path, ticket=ticket) == 403
        async with opened(site, path, cookie=cookie) as client:
            assert (await client.next())["user"] is None


@pytest.mark.parametrize("cookie", ["x", "a" * 32, "../../etc", '"'])
async def test_an_invented_session_is_nobody(cookie: str, table: Table) -> None:
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/", cookie=cookie) as client:
        assert (await client.next())["user"] is None


async def test_an_expired_session_is_nobody(table: Table, users: list[User]) -> None:
    cookie = await cookie_for(users[0])
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    await Session.objects.aupdate(expire_date=timezone.now())
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/", cookie=cookie) as client:
        assert (await client.next())["user"] is None


async def test_a_changed_password_ends_old_sessions(table: Table, users: list[User]) -> None:
    cookie = await cookie_for(users[0])
    users[0].set_password("another-password-1")
    await users[0].asave()
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/", cookie=cookie) as client:
        assert (await client.next())["user"] is None


@pytest.mark.parametrize("offered", [(), ("poker.v2.json",), ("json", "chat")])
async def test_a_client_must_speak_the_protocol(offered: tuple[str, ...], table: Table) -> None:
    async with serving() as site:
        path = f"/ws/table/{table.pk}/"
        async with opened(site, path, protocols=offered) as client:
            assert await client.closed() == 4406


async def test_a_table_is_found_as_soon_as_it_is_made(table: Table) -> None:
    async with serving() as site:
        async with opened(site, f"/ws/table/{table.pk}/") as client:
            assert (await client.next())["type"] == "welcome"
        new = await Table.objects.acreate(stake=table.stake, name="New", seats=6)
        async with opened(site, f"/ws/table/{new.pk}/") as client:
            assert (await client.next())["type"] == "welcome"
            # Nobody runs it yet: that is no reason to go away.
            assert (await client.ask({"type": "subscribe"}))["code"] == "unavailable"
        closed = await Table.objects.acreate(
            stake=table.stake, name="Closed", seats=6, is_open=False
        )
        async with opened(site, f"/ws/table/{closed.pk}/") as client:
            assert (await client.ask({"type": "subscribe"}))["code"] == "table_unknown"


async def test_there_is_no_connection_to_a_table_that_does_not_exist(table: Table) -> None:
    async with serving() as site, opened(site, f"/ws/table/{table.pk + 1}/") as client:
        assert await client.closed() == 4404


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/table/x/", "/ws/table/-1/", "/ws/nothing/"])
async def test_there_are_no_other_addresses(path: str, transactional_db: None) -> None:
    async with serving() as site:
        assert await refused(site, path) in (403, 404)


async def test_a_user_has_five_connections(table: Table, users: list[User]) -> None:
    async with serving() as site:
        path = f"/ws/table/{table.pk}/"
        cookie = await cookie_for(users[0])
        async with (
            opened(site, path, cookie=cookie),
            opened(site, path, cookie=cookie),
            opened(site, path, cookie=cookie),
            opened(site, "/ws/lobby/", cookie=cookie),
            opened(site, "/ws/lobby/", cookie=cookie) as fifth,
        ):
            assert (await fifth.next())["type"] == "welcome"
            async with opened(site, path, cookie=cookie) as sixth:
                assert await sixth.closed() == 4429
            other = await ticket_for(users[1])
            async with opened(site, path, ticket=other) as another:
                assert (await another.next())["user"]["user_id"] == users[1].pk
            await fifth.connection.close()
            count = f"poker:sockets:user:{users[0].pk}"
            async with asyncio.timeout(10):
                while await edge_redis().scard(count) == 5:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            async with opened(site, path, cookie=cookie) as again:
                assert (await again.next())["type"] == "welcome"


async def test_an_address_has_fifty_connections_whatever_it_says_of_itself(
    table: Table, settings: Settings
) -> None:
    settings.MAX_SOCKETS_PER_ADDRESS = 2
    async with serving() as site:
        path = f"/ws/table/{table.pk}/"
        async with opened(site, path), opened(site, path):
            spoofed = {"X-Forwarded-For": "203.0.113.9"}
            async with opened(site, path, headers=spoofed) as third:
                assert await third.closed() == 4429


async def test_behind_a_proxy_of_ours_the_clients_address_counts(
    table: Table, settings: Settings
) -> None:
    settings.MAX_SOCKETS_PER_ADDRESS = 1
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    path = f"/ws/table/{table.pk}/"

    async with serving() as site:
        first = {"X-Forwarded-For": "198.51.100.7"}
        other = {"X-Forwarded-For": "198.51.100.8"}
        # What a client writes itself stands before what the proxy adds.
        lying = {"X-Forwarded-For": "198.51.100.9, 198.51.100.7"}
        async with opened(site, path, headers=first), opened(site, path, headers=other) as second:
            assert (await second.next())["type"] == "welcome"
            async with opened(site, path, headers=lying) as third:
                assert await third.closed() == 4429


async def test_connections_of_a_dead_web_process_do_not_count(
    table: Table, users: list[User], settings: Settings
) -> None:
    settings.MAX_SOCKETS_PER_USER = 1
    await edge_redis().sadd(f"poker:sockets:user:{users[0].pk}", "dead/specific.x")
    ticket = await ticket_for(users[0])
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/", ticket=ticket) as client:
        assert (await client.next())["type"] == "welcome"


def test_sessions_are_made_as_a_login_makes_them(users: list[User]) -> None:
    assert len(session_cookie(users[0])) == 32
