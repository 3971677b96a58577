"""What is said at a table: how often, by whom, and to whom."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.models import User
from accounts.services import FOR_GOOD, mute_in_chats
from tables.consumers import voice
from tables.models import Table
from tables.runtime import runner as runner_module
from tests.edge.site import Client, opened, serving, ticket_for
from tests.edge.test_table_socket import sit, start
from tests.runtime.house import running
from tests.runtime.test_cost import every_statement

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def speaker(
    site: str, table: Table, user: User, *, seat: int | None
) -> AsyncIterator[Client]:
    path = f"/ws/table/{table.pk}/"
    async with opened(site, path, ticket=await ticket_for(user)) as client:
        await start(client)
        if seat is not None:
            await sit(client, seat)
        yield client


async def say(client: Client, text: str) -> str:
    """`ack`, or the code of the refusal."""
    answer = await client.ask({"type": "chat", "id": uuid4().hex, "text": text})
    return str(answer["type"] if answer["type"] == "ack" else answer["code"])


async def mute(user: User, *, hours: float | None) -> None:
    until = None if hours is None else timezone.now() + timedelta(hours=hours)
    await sync_to_async(mute_in_chats)(users=[user], until=until)


async def test_what_is_said_comes_cleaned(table: Table, users: list[User]) -> None:
    async with (
        running(),
        serving() as site,
        speaker(site, table, users[0], seat=0) as one,
        speaker(site, table, users[1], seat=None) as two,
    ):
        assert await say(one, "  ㅋㅋㅋ\u202e  𝐧𝐢𝐜𝐞 hаnd 👨\u200d👩\u200d👧 ") == "ack"
        said = await two.until_event("chat_posted")
        assert said["text"] == "ㅋㅋㅋ nice hand 👨\u200d👩\u200d👧"
        assert await say(one, "x" * 200) == "ack"
        assert await say(one, "x" * 201) == "invalid_field"
        assert await say(one, "ﷺ" * 100) == "invalid_field"
        assert await say(one, "\u200b\u3164") == "text_not_allowed"


async def test_five_messages_in_ten_seconds_over_all_connections(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.consumers.voice.WINDOW_MS", 4_000)
    async with (
        running(),
        serving() as site,
        speaker(site, table, users[0], seat=0) as one,
        speaker(site, table, users[0], seat=None) as again,
        speaker(site, table, users[1], seat=1) as other,
    ):
        answers = [await say((one, again)[number % 2], f"{number}") for number in range(7)]
        assert answers == ["ack"] * 5 + ["chat_too_fast"] * 2
        assert await say(other, "hello") == "ack"
        await asyncio.sleep(4.1)
        assert await say(one, "again") == "ack"


async def test_a_message_sent_again_counts_once(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.consumers.voice.WINDOW_MS", 60_000)
    async with running(), serving() as site, speaker(site, table, users[0], seat=0) as one:
        for number in range(4):
            assert await say(one, f"{number}") == "ack"
        body = {"type": "chat", "id": "same", "text": "once"}
        # Before its answer came, and after.
        for together in (3, 1, 1):
            for _ in range(together):
                await one.send(body)
            for _ in range(together):
                answer = await one.until(lambda message: message.get("id") == "same")
                assert answer["type"] == "ack"
        assert await say(one, "one more") == "chat_too_fast"


async def test_staff_mute_an_open_connection_at_once_and_give_the_voice_back(
    table: Table, users: list[User]
) -> None:
    async with running(), serving() as site, speaker(site, table, users[0], seat=0) as one:
        assert await say(one, "before") == "ack"
        await mute(users[0], hours=1)
        assert await say(one, "muted") == "chat_muted"
        async with speaker(site, table, users[0], seat=None) as again:
            assert await say(again, "muted too") == "chat_muted"
        await mute(users[0], hours=None)
        assert await say(one, "after") == "ack"


async def test_a_mute_holds_for_new_connections_without_redis(
    table: Table, users: list[User]
) -> None:
    await User.objects.filter(pk=users[0].pk).aupdate(chat_muted_until=FOR_GOOD)
    over = timezone.now() - timedelta(seconds=1)
    await User.objects.filter(pk=users[1].pk).aupdate(chat_muted_until=over)
    async with (
        running(),
        serving() as site,
        speaker(site, table, users[0], seat=0) as one,
        speaker(site, table, users[1], seat=1) as two,
    ):
        assert await say(one, "never") == "chat_muted"
        assert await say(two, "again") == "ack"


async def test_a_mute_ends_by_itself(redis_url: str) -> None:
    until_ms = int(timezone.now().timestamp() * 1000) + 1_500
    known = {"user_id": 1, "muted_until_ms": until_ms}
    assert await voice.refusal(**known, request="a") == "chat_muted"
    await asyncio.sleep(1.6)
    assert await voice.refusal(**known, request="a") == ""


async def test_a_message_costs_no_sql(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "REFRESH_S", 3600.0)
    async with running(), serving() as site, speaker(site, table, users[0], seat=0) as one:
        with every_statement(monkeypatch) as statements:
            for number in range(3):
                assert await say(one, f"{number}") == "ack"
        assert statements == []
