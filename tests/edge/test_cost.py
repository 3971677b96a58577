"""What an action costs from the socket to the table and back: nothing in PostgreSQL."""

import pytest

from accounts.models import User
from tables.models import Table
from tables.runtime import runner as runner_module
from tests.edge.site import opened, serving, ticket_for
from tests.edge.test_table_socket import play_a_hand, sit, start
from tests.runtime.house import running
from tests.runtime.test_cost import every_statement

pytestmark = pytest.mark.django_db(transaction=True)


async def test_hands_played_over_sockets_send_no_sql(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The look for new tables, once a second, belongs to no action.
    monkeypatch.setattr(runner_module, "REFRESH_S", 3600.0)
    path = f"/ws/table/{table.pk}/"
    async with (
        running(),
        serving() as site,
        opened(site, path) as watcher,
        opened(site, path, ticket=await ticket_for(users[0])) as one,
        opened(site, path, ticket=await ticket_for(users[1])) as two,
    ):
        clients = {0: one, 1: two}
        await start(watcher)
        for seat, client in clients.items():
            await start(client)
            await sit(client, seat)
        with every_statement(monkeypatch) as statements:
            for _ in range(2):
                await play_a_hand(clients, watcher)
            for body in ({"type": "chat", "text": "well played"}, {"type": "sit_out"}):
                assert (await one.ask(body))["type"] == "ack"
            assert (await two.ask({"type": "snapshot"}))["type"] == "ack"
            assert (await two.ask({"type": "missed", "since": 0}))["type"] == "ack"
        assert statements == []
