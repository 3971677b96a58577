"""A table without observers is seen by its players, and by who could take a free seat."""

from typing import Any

import pytest

from accounts.models import User
from tables.models import Table
from tests.edge.site import Client, opened, serving, ticket_for
from tests.edge.test_table_socket import sit, start
from tests.runtime.house import make_table, running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table(transactional_db: None) -> Table:
    return make_table(seats=2, observers=False, hand_pause_ms=5_000)


async def refused(client: Client, request: dict[str, Any]) -> bool:
    answer = await client.ask(request)
    return bool(answer["type"] == "error" and answer["code"] == "observers_off")


async def test_a_stranger_sees_nothing(table: Table) -> None:
    async with running(), serving() as site, opened(site, f"/ws/table/{table.pk}/") as stranger:
        assert await refused(stranger, {"type": "subscribe"})
        assert await refused(stranger, {"type": "snapshot"})
        assert await refused(stranger, {"type": "missed", "since": 0})
        assert (await stranger.ask({"type": "ping"}))["type"] == "ack"
        kinds = {message["type"] for message in stranger.received}
        assert not kinds & {"snapshot", "events", "heartbeat", "private"}


async def test_who_could_sit_down_looks_until_the_table_is_full(
    table: Table, users: list[User]
) -> None:
    path = f"/ws/table/{table.pk}/"
    async with (
        running(),
        serving() as site,
        opened(site, path, ticket=await ticket_for(users[0])) as one,
        opened(site, path, ticket=await ticket_for(users[1])) as two,
        opened(site, path, ticket=await ticket_for(users[2])) as guest,
    ):
        for client in (one, two, guest):
            await start(client)
        await sit(one, 0)
        await guest.until_event("seat_taken")
        await sit(two, 1)
        told = await guest.until_type("error")
        assert (told["id"], told["code"]) == (None, "observers_off")
        for request in (
            {"type": "subscribe"},
            {"type": "snapshot"},
            {"type": "missed", "since": 0},
        ):
            assert await refused(guest, request)
        guest.received.clear()
        # The players see their hand, and the guest does not.
        await one.until_event("hand_started")
        await two.until_event("hole_cards_dealt")
        await one.ask({"type": "leave"})
        await two.until_event("seat_left")
        await guest.ask({"type": "ping"})
        assert {message["type"] for message in guest.received} == {"ack"}
        # A seat is free again.
        await start(guest)


async def test_a_player_who_comes_back_to_a_full_table_sees_it(
    table: Table, users: list[User]
) -> None:
    path = f"/ws/table/{table.pk}/"
    async with (
        running(),
        serving() as site,
        opened(site, path, ticket=await ticket_for(users[0])) as one,
    ):
        await start(one)
        await sit(one, 0)
        async with opened(site, path, ticket=await ticket_for(users[1])) as two:
            await start(two)
            await sit(two, 1)
        async with opened(site, path, ticket=await ticket_for(users[1])) as again:
            snapshot = await start(again)
            assert len(snapshot["table"]["seats"]) == 2


async def test_observers_go_when_the_table_takes_them_no_more(
    table: Table, users: list[User]
) -> None:
    await Table.objects.aupdate(observers=True)
    path = f"/ws/table/{table.pk}/"
    async with (
        running(),
        serving() as site,
        opened(site, path) as stranger,
        opened(site, path, ticket=await ticket_for(users[0])) as guest,
    ):
        await start(stranger)
        await start(guest)
        await Table.objects.aupdate(observers=False)
        assert (await stranger.until_type("error"))["code"] == "observers_off"
        await guest.until_event("table_reconfigured")
        assert (await guest.ask({"type": "snapshot"}))["type"] == "ack"
