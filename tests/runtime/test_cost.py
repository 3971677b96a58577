"""What an action costs: nothing in PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.models import User
from tables.models import Table
from tables.runtime import runner as runner_module
from tests.runtime.house import play_turn, running, seated, until

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def every_statement(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL that any thread of this process sends meanwhile."""
    statements: list[str] = []
    with patch.context() as inner:
        # Below Django: whatever way a statement takes, it goes through one of these.
        for kind in (psycopg.Cursor, psycopg.AsyncCursor):
            for name in ("execute", "executemany", "stream", "copy"):
                inner.setattr(kind, name, _noting(getattr(kind, name), statements))
        yield statements


def _noting(original: Any, statements: list[str]) -> Any:
    def noted(self: Any, query: Any, *args: Any, **options: Any) -> Any:
        statements.append(str(query))
        return original(self, query, *args, **options)

    return noted


async def test_actions_of_whole_hands_send_no_sql(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The look for new tables, once a second, belongs to no action.
    monkeypatch.setattr(runner_module, "REFRESH_S", 3600.0)
    async with running(), seated(table, users[:2]) as players:
        watcher = players[0]
        await until(lambda: watcher.turn)
        with every_statement(monkeypatch) as statements:
            while len(watcher.happened("hand_finished")) < 3:
                await play_turn(players, watcher)
            await players[0].ask({"type": "chat", "text": "well played"})
        assert statements == []


async def test_the_counter_sees_a_buy_in(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(), seated(table, users[:1]):
        pass
    async with running():
        with every_statement(monkeypatch) as statements:
            async with seated(table, users[1:2], first_seat=1):
                pass
        assert any("INSERT" in statement for statement in statements)


def test_the_counter_sees_many_rows_at_once(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with every_statement(monkeypatch) as statements, connection.cursor() as cursor:
        cursor.executemany("SELECT %s", [(1,), (2,)])
    assert "SELECT %s" in statements
