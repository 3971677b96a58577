"""Leaving and sitting down again, through the whole runtime; nothing settles meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from accounts.models import User
from tables.models import Departure, Table
from tests.runtime.house import Player, in_database, running, until
from wallet.selectors import balance_krw

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def who_left_with(amount_krw: int, table: Table, user: User) -> AsyncIterator[Player]:
    """A player who has sat at the table, and left."""
    async with running():
        player = await Player(user, table).join()
        try:
            assert (await player.sit(0, amount_krw))["type"] == "ack"
            assert (await player.ask({"type": "leave"}))["type"] == "ack"
            yield player
        finally:
            await player.leave_groups()


async def test_the_answer_says_how_much_to_bring(table: Table, users: list[User]) -> None:
    async with who_left_with(9_000, table, users[0]) as player:
        answer = await player.ask({"type": "sit", "seat": 1, "buy_in_krw": 5_000}, "less")
        assert (answer["code"], answer["min_krw"], answer["max_krw"]) == ("rathole", 9_000, 10_000)
        cancelled = await until(lambda: player.happened("reservation_cancelled"))
        assert cancelled[0]["reason"] == "rathole"
        again = await player.ask({"type": "sit", "seat": 1, "buy_in_krw": 5_000}, "less")
        assert again == answer
        assert (await player.sit(1, 9_000))["type"] == "ack"


async def test_a_second_later_at_another_table_it_counts_too(
    table: Table, users: list[User]
) -> None:
    sister = await Table.objects.acreate(name="Table 2", stake=table.stake)
    async with who_left_with(9_000, table, users[0]):
        there = await Player(users[0], sister).join()
        assert (await there.sit(0, 8_999))["code"] == "rathole"
        assert (await there.sit(0, 9_000))["type"] == "ack"
        await there.leave_groups()


async def test_the_departure_is_dated_by_the_table(table: Table, users: list[User]) -> None:
    async with who_left_with(9_000, table, users[0]) as player:
        left_ms = next(
            frame["at_ms"]
            for frame in player.frames
            if "seat_left" in [event["type"] for event in frame["events"]]
        )
        assert (await player.sit(1, 2_000))["code"] == "rathole"
        departure = await Departure.objects.aget()
        assert abs(departure.at.timestamp() * 1000 - left_ms) < 2
        assert (departure.amount_krw, departure.table_id) == (9_000, table.pk)


async def test_nothing_is_paid_for_a_refused_seat(table: Table, users: list[User]) -> None:
    async with who_left_with(9_000, table, users[0]) as player:
        before = await in_database(balance_krw)(user_id=users[0].pk)
        await player.sit(1, 8_000)
        await until(lambda: player.happened("reservation_cancelled"))
        assert await in_database(balance_krw)(user_id=users[0].pk) == before + 9_000


async def test_more_than_the_largest_buy_in_is_for_those_who_left_with_it(
    table: Table, users: list[User]
) -> None:
    async with who_left_with(9_000, table, users[0]) as player:
        answer = await player.sit(1, 10_001)
        range_krw = (answer["min_krw"], answer["max_krw"])
        assert (answer["code"], range_krw) == ("buy_in_out_of_range", (9_000, 10_000))
        await Departure.objects.aupdate(amount_krw=30_000)
        assert (await player.sit(1, 10_001))["code"] == "rathole"
        assert (await player.sit(1, 30_000))["type"] == "ack"
