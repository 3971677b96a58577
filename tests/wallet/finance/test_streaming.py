"""A file is of one moment, comes piece by piece, and whoever goes away leaves nothing open."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from poker_site.http import PageHandler
from tests.wallet.house import at_once, execute, give, make_player
from wallet.finance import reading
from wallet.finance.period import Period, this_month
from wallet.finance.reading import one_moment
from wallet.finance.totals import totals

pytestmark = pytest.mark.django_db(transaction=True)

Message = dict[str, Any]


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> str:
    """The journal of ten gifts, in pieces of a row each."""
    monkeypatch.setattr("poker_site.http.PIECE_BYTES", 1)
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 1)
    for _ in range(10):
        give(make_player(), 1)
    period = this_month()
    url = reverse("admin-finance-file", args=["journal"])
    return f"{url}?from={period.first}&to={period.last}"


@pytest.fixture
def cookie() -> str:
    boss = User.objects.create(
        email="boss@example.com", nickname="Boss", is_staff=True, is_superuser=True
    )
    browser = Client()
    browser.force_login(boss)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def open_transactions() -> int:
    """Of other sessions, waiting for their client."""
    return int(
        execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state LIKE 'idle in transaction%%' AND pid <> pg_backend_pid()"
        )[0][0]
    )


def in_a_thread(job: Callable[[], Any]) -> Any:
    """With a database connection of its own, closed again."""
    (result,) = at_once([job], threads=1)
    return result


async def ask(path: str, cookie: str, *, goes_after: int | None) -> tuple[list[Message], int]:
    """What a client got, and how many transactions were open after its first row.

    It goes away after so many pieces.
    """
    is_gone, sent = asyncio.Event(), list[Message]()
    messages = [{"type": "http.request", "body": b"", "more_body": False}]
    seen_open: list[int] = []

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await is_gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(dict(message))
        pieces = [one for one in sent if one.get("body")]
        if len(pieces) == 3 and not seen_open:
            seen_open.append(
                await sync_to_async(in_a_thread, thread_sensitive=False)(open_transactions)
            )
        if len(pieces) == goes_after:
            is_gone.set()
            await asyncio.sleep(0)

    url, _mark, query = path.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": url,
        "query_string": query.encode(),
        "headers": [(b"host", b"testserver"), (b"cookie", cookie.encode())],
    }
    async with asyncio.timeout(20):
        await PageHandler()(scope, receive, send)
    return sent, seen_open[0]


def test_a_file_comes_piece_by_piece_and_ends_its_transaction(path: str, cookie: str) -> None:
    sent, opened = asyncio.run(ask(path, cookie, goes_after=None))
    assert sent[0]["status"] == 200
    body = b"".join(message.get("body", b"") for message in sent).decode("utf-8-sig")
    assert len([message for message in sent if message.get("body")]) >= 20
    assert len(body.splitlines()) == 1 + 20
    assert (opened, open_transactions()) == (1, 0)


def test_who_goes_away_leaves_no_transaction_and_no_cursor_open(path: str, cookie: str) -> None:
    sent, opened = asyncio.run(ask(path, cookie, goes_after=5))
    pieces = [message for message in sent if message.get("body")]
    assert 5 <= len(pieces) < 20
    assert (opened, open_transactions()) == (1, 0)


def test_all_is_of_one_moment_and_nothing_can_be_written() -> None:
    give(make_player(), 1)
    period = this_month()
    with one_moment():
        before = list(totals(period))
        in_a_thread(lambda: give(make_player(), 5))
        assert list(totals(period)) == before
        with pytest.raises(DatabaseError, match="read-only"):
            execute("UPDATE wallet_account SET closed_at = now()")
    assert list_of_now(period) != before


def list_of_now(period: Period) -> list[Any]:
    with one_moment():
        return list(totals(period))


def test_a_reader_who_takes_nothing_for_long_loses_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database ends the session; nobody waits for that here."""
    monkeypatch.setattr(reading, "PATIENCE", "77s")
    setting = "SHOW idle_in_transaction_session_timeout"
    before = execute(setting)
    with one_moment():
        assert execute(setting) == [("77s",)]
    assert execute(setting) == before
    assert not connection.in_atomic_block
