"""Two bots at each demo table, so that a newcomer plays at once. Development only."""

import asyncio
import logging
import time
from collections.abc import Callable

import httpx
from django.conf import settings
from django.db import DatabaseError

from tables.bots.house import DEMO_BOTS_A_TABLE, DemoSeat
from tables.bots.messages import codec
from tables.bots.meters import Meter
from tables.bots.player import Habits, Player, chance
from tables.bots.policies import sensible
from tables.bots.site import Account, LoginFailed, Site
from tables.engine.view import SeatView, TableView

log = logging.getLogger(__name__)

TRY_AGAIN_S = 2.0
LOOK_S = 3.0


def think_s(view: TableView) -> float:
    """Like a person (`DEMO_BOTS_PACE`) while one plays; slowly, to cost nothing, while bots are
    alone."""
    if all(seat.is_bot for seat in view.seats):
        return 4.0 + 2.0 * chance()
    return (0.8 + 1.7 * chance()) / settings.DEMO_BOTS_PACE


def may_sit(view: TableView) -> bool:
    """One seat always stays free for a person."""
    bots = sum(seat.is_bot for seat in view.seats)
    return bots < DEMO_BOTS_A_TABLE and len(view.seats) < view.config.seats - 1


def may_stay(view: TableView, own: SeatView) -> bool:
    """At a full table the bot in the lowest seat makes room."""
    first_bot = next((seat.seat for seat in view.seats if seat.is_bot), None)
    return len(view.seats) < view.config.seats or own.seat != first_bot


async def play_forever(url: str, seats: Callable[[], list[DemoSeat]]) -> None:
    """Plays until cancelled. `seats()` reads the database: which bots belong where."""
    async with Site(url) as site:
        playing: dict[tuple[str, int], asyncio.Task[None]] = {}
        while True:
            for seat in await _seats(seats):
                key = (seat.account.email, seat.table_id)
                if key not in playing or playing[key].done():
                    playing[key] = asyncio.create_task(_play(site, seat))
            await asyncio.sleep(LOOK_S if playing else TRY_AGAIN_S)


async def _seats(seats: Callable[[], list[DemoSeat]]) -> list[DemoSeat]:
    try:
        return await asyncio.to_thread(seats)
    except DatabaseError as error:
        log.warning("demo bots wait for the database: %s", error)
        return []


async def _play(site: Site, seat: DemoSeat) -> None:
    """One bot's life at one table, from its login on."""
    session = await _session(site, seat.account)
    habits = Habits(
        policy=sensible,
        think_s=think_s,
        buy_in_krw=seat.buy_in_krw,
        top_up_below_krw=seat.top_up_below_krw,
        wants_cards=True,
        may_sit=may_sit,
        may_stay=may_stay,
    )
    await Player(
        url=site.table_socket(seat.table_id),
        codec=codec("msgpack"),
        ticket=site.tickets(session, seat.account),
        table_id=seat.table_id,
        habits=habits,
        meter=Meter(),
        name=f"demo-{time.time_ns():x}",
    ).run()


async def _session(site: Site, account: Account) -> str:
    while True:
        try:
            return await site.login(account)
        except (LoginFailed, httpx.HTTPError) as error:
            log.warning("demo bot %s cannot log in yet: %s", account.email, error)
            await asyncio.sleep(TRY_AGAIN_S)
