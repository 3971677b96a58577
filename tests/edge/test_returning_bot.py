"""A bot that is refused for bringing too little brings what is asked for."""

import asyncio
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from tables.bots.messages import codec
from tables.bots.meters import Meter
from tables.bots.player import Habits, Player
from tables.bots.policies import calls
from tables.models import Departure, Table
from tests.edge.site import serving, ticket_for
from tests.runtime.house import running, until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_bot_brings_back_what_it_left_with(table: Table, users: list[User]) -> None:
    await Departure.objects.acreate(
        table=table,
        stake=table.stake,
        user=users[0],
        amount_krw=9_000,
        at=timezone.now(),
        buy_in_id="buy-in",
        cash_out_id="out:buy-in",
    )
    async with running(), serving() as site:
        bot = Player(
            url=f"ws://{site}/ws/table/{table.pk}/",
            codec=codec("json"),
            ticket=partial(ticket_for, users[0]),
            table_id=table.pk,
            habits=Habits(policy=calls, think_s=lambda view: 0, buy_in_krw=5_000),
            meter=Meter(),
            name="bot",
        )
        playing = asyncio.create_task(bot.run())
        seat = await until(lambda: bot.seat if bot.seat and bot.seat.stack_krw else None)
        assert seat.stack_krw == 9_000
        await bot.close()
        await playing
