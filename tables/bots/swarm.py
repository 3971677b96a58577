"""Many bots at many tables, measured: what `manage.py bots` and `manage.py bench` run."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tables.bots.messages import Encoding, codec
from tables.bots.meters import Meter
from tables.bots.pace import Pace
from tables.bots.player import Habits, Player, chance
from tables.bots.policies import POLICIES
from tables.bots.site import Account, Site

CONNECTS_AT_ONCE = 12
SEATED_S = 90.0
LEFT_S = 60.0
ENCODINGS: tuple[Encoding, ...] = ("msgpack", "json")


@dataclass(frozen=True)
class LoadTable:
    """A table to fill. Amounts in won."""

    table_id: int
    seats: int
    buy_in_krw: int
    top_up_below_krw: int


@dataclass(frozen=True)
class Plan:
    url: str
    tables: Sequence[LoadTable]
    players: int
    seconds: float
    policy: str = "calls"
    pace: float = 1.0


@dataclass
class Outcome:
    """What a run left behind; `report.figures` reads it."""

    plan: Plan
    meter: Meter
    players: list[Player] = field(default_factory=list)
    seconds: float = 0.0
    started_at: float = 0.0  # Unix time at which everyone was seated


# Called while the bots play, with the outcome so far.
Watcher = Callable[[Outcome], Awaitable[None]]


async def log_in(site: Site, accounts: Sequence[Account]) -> list[str]:
    """Session tokens of the accounts, in their order. Raises LoginFailed."""
    return list(await asyncio.gather(*(site.login(account) for account in accounts)))


async def play(
    plan: Plan, site: Site, sessions: Sequence[str], watcher: Watcher | None = None
) -> Outcome:
    """Seats everyone, plays for `plan.seconds`, lets the hands end and everyone leave."""
    outcome = Outcome(plan, Meter())
    outcome.players = _players(plan, site, sessions, outcome.meter)
    running = await _connect(outcome.players)
    try:
        await _wait(lambda: all(p.seat for p in outcome.players), SEATED_S)
        _note(outcome, "not seated", lambda p: p.seat is None)
        outcome.meter.recording = True
        outcome.started_at = time.time()
        started = time.monotonic()
        if watcher:
            watching = asyncio.ensure_future(watcher(outcome))
            await asyncio.sleep(plan.seconds)
            await watching
        else:
            await asyncio.sleep(plan.seconds)
        outcome.seconds = time.monotonic() - started
        outcome.meter.recording = False
        for player in outcome.players:
            player.leave()
        await _wait(lambda: all(p.left.is_set() for p in outcome.players), LEFT_S)
        _note(outcome, "did not leave", lambda p: not p.left.is_set())
    finally:
        await asyncio.gather(*(player.close() for player in outcome.players))
        await asyncio.wait(running, timeout=5)
    return outcome


def _players(plan: Plan, site: Site, sessions: Sequence[str], meter: Meter) -> list[Player]:
    """Player i sits at table i mod T; every other one of a table speaks JSON."""
    run = f"{int(time.time()):x}"
    paces = {table.table_id: Pace(plan.pace, chance) for table in plan.tables}
    players = []
    for number, session in enumerate(sessions[: plan.players]):
        seat, index = divmod(number, len(plan.tables))
        table = plan.tables[index]
        habits = Habits(
            policy=POLICIES[plan.policy],
            think_s=paces[table.table_id].think_s,
            buy_in_krw=table.buy_in_krw,
            top_up_below_krw=table.top_up_below_krw,
            seat=seat,
        )
        players.append(
            Player(
                url=site.table_socket(table.table_id),
                codec=codec(ENCODINGS[(seat + index) % 2]),
                ticket=site.tickets(session),
                table_id=table.table_id,
                habits=habits,
                meter=meter,
                name=f"{run}-{number}",
            )
        )
    return players


async def _connect(players: Sequence[Player]) -> list[asyncio.Task[None]]:
    """Starts the players a few at a time."""
    tasks = []
    for start in range(0, len(players), CONNECTS_AT_ONCE):
        group = players[start : start + CONNECTS_AT_ONCE]
        tasks += [asyncio.create_task(player.run()) for player in group]
        await _wait(lambda group=group: all(p.client.me for p in group), 5.0)  # type: ignore[misc]
    return tasks


async def _wait(done: Callable[[], bool], seconds: float) -> None:
    """Until `done()` or the time is over; who asks checks which."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:  # noqa: ASYNC110  (480 players, one look)
        await asyncio.sleep(0.05)


def _note(outcome: Outcome, what: str, failed: Callable[[Player], bool]) -> None:
    for player in outcome.players:
        if failed(player):
            outcome.meter.failed(what)
