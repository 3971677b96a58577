"""The lobby over a real WebSocket."""

import pytest

from accounts.models import User
from tables.models import Table
from tests.edge.site import opened, serving, ticket_for
from tests.runtime.house import running

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_lobby_shows_tables_and_what_changes(table: Table, users: list[User]) -> None:
    async with running(), serving() as site, opened(site, "/ws/lobby/") as lobby:
        welcome = await lobby.next()
        assert (welcome["type"], welcome["user"]) == ("welcome", None)
        assert "table_id" not in welcome
        (row,) = (await lobby.next())["tables"]
        assert row["table_id"] == table.pk
        assert row["name"] == "Table 1"
        assert (row["seats"], row["players"]) == (6, 0)
        assert (row["small_blind_krw"], row["big_blind_krw"]) == (50, 100)
        assert (row["min_buy_in_krw"], row["max_buy_in_krw"]) == (2_000, 10_000)
        ticket = await ticket_for(users[0])
        async with opened(site, f"/ws/table/{table.pk}/", ticket=ticket) as one:
            await one.ask({"type": "sit", "seat": 0, "buy_in_krw": 5_000})
        update = await lobby.until(
            lambda message: message["type"] == "lobby_update" and message["tables"][0]["players"]
        )
        assert update["tables"][0]["table_id"] == table.pk


async def test_the_lobby_answers_pings_alone(table: Table) -> None:
    async with running(), serving() as site, opened(site, "/ws/lobby/") as lobby:
        assert (await lobby.ask({"type": "ping"}))["server_time_ms"] > 0
        answer = await lobby.ask({"type": "sit", "seat": 0, "buy_in_krw": 5_000})
        assert (answer["code"], answer["field"]) == ("unknown_type", "type")


async def test_a_closed_table_is_not_in_the_lobby(table: Table) -> None:
    table.is_open = False
    await table.asave()
    async with serving() as site, opened(site, "/ws/lobby/") as lobby:
        assert (await lobby.until_type("lobby"))["tables"] == []
