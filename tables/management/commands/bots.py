"""`manage.py bots`: players made of code that log in and play over WebSocket, and are measured."""

import asyncio
import json
import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tables.bots import books, demo, house, report
from tables.bots.policies import POLICIES
from tables.bots.site import Account, LoginFailed, Site
from tables.bots.swarm import LoadTable, Outcome, Plan, log_in, play

# Up to this many, bots log in with their password like anybody else.
HTTP_LOGINS = 10
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Command(BaseCommand):
    help = "Let bots play: --players P --tables T --duration S, or --demo for the demo tables."
    # `prepare_site` makes all of Django's: here they would import every page of the site.
    requires_system_checks = ("poker",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--players", type=int, default=12)
        add("--tables", type=int, default=2)
        add("--duration", type=float, default=60.0, metavar="SECONDS")
        add("--policy", choices=sorted(POLICIES), default="calls")
        add("--pace", type=float, default=1.0, help="mean actions a second a table; 0: no pauses")
        add("--url", default=f"http://127.0.0.1:{settings.PORT}")
        add("--json", type=Path, metavar="FILE", help="write the figures there too")
        add("--login", choices=("auto", "http", "session"), default="auto")
        add(
            "--accounts",
            type=Path,
            metavar="FILE",
            help='for a site elsewhere: JSON [{"email": …, "password": …}, …]; tables: its lobby',
        )
        add("--demo", action="store_true", help="two bots at each demo table, until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every request
        if options["demo"]:
            if not settings.DEBUG:
                raise CommandError("Demo bots play only in development (DEBUG on).")
            uvloop.run(demo.play_forever(options["url"], house.demo_seats))
            return
        if options["players"] < 2 or options["tables"] < 1 or options["pace"] < 0:
            raise CommandError("At least 2 players and 1 table; the pace is not negative.")
        try:
            found = self._elsewhere(options) if options["accounts"] else self._here(options)
        except httpx.ConnectError as failure:
            raise CommandError(
                f"No site answers at {options['url']}. Start it (make run), or say where it is:"
                " PORT=8001 in front of the command, or --url."
            ) from failure
        except LoginFailed as failure:
            raise CommandError(f"The site did not let a bot in: {failure}") from failure
        except TimeoutError as failure:
            raise CommandError(f"Is `manage.py run_tables` running? {failure}") from failure
        self.stdout.write(report.text(found))
        if options["json"]:
            options["json"].write_text(json.dumps(found, indent=2) + "\n")
        if found["money_ok"] is False:
            raise CommandError("The books are wrong; see above.")

    def _here(self, options: dict[str, Any]) -> dict[str, Any]:
        """Against the site whose database this is: accounts and tables are made as needed."""
        if not settings.DEBUG or urlsplit(options["url"]).hostname not in LOOPBACK:
            raise CommandError("Bots for a site elsewhere need accounts: --accounts FILE.")
        accounts = house.accounts(options["players"])
        tables = house.open_tables(players=options["players"], tables=options["tables"])
        by_http = options["login"] == "http" or (
            options["login"] == "auto" and options["players"] <= HTTP_LOGINS
        )
        sessions = [] if by_http else house.sessions(accounts)
        try:
            house.wait_until_served(tables)
            outcome, problems = uvloop.run(_run(options, accounts, sessions, tables))
        finally:
            house.end_sessions(sessions)
            house.close_tables(tables)
        problems += books.settled_problems([table.table_id for table in tables])
        for problem in problems:
            self.stderr.write(f"money: {problem}")
        return report.figures(outcome, money_ok=not problems)

    def _elsewhere(self, options: dict[str, Any]) -> dict[str, Any]:
        accounts = [Account(**entry) for entry in json.loads(options["accounts"].read_text())]
        if len(accounts) < options["players"]:
            raise CommandError(f"{options['players']} players need as many accounts.")
        outcome, _ = uvloop.run(_run(options, accounts[: options["players"]], [], []))
        return report.figures(outcome, money_ok=None)


async def _run(
    options: dict[str, Any], accounts: list[Account], sessions: list[str], tables: list[LoadTable]
) -> tuple[Outcome, list[str]]:
    """The outcome, and what was wrong with the money while they played."""
    async with Site(options["url"]) as site:
        sessions = sessions or await log_in(site, accounts)
        local = bool(tables)
        tables = tables or await lobby_tables(site, sessions[0], options)
        plan = Plan(
            url=options["url"],
            tables=tables,
            players=options["players"],
            seconds=options["duration"],
            policy=options["policy"],
            pace=options["pace"],
        )
        problems: list[str] = []

        async def look_at_books(outcome: Outcome) -> None:
            await asyncio.sleep(options["duration"] / 2)
            problems.extend(await asyncio.to_thread(books.problems))

        outcome = await play(plan, site, sessions, look_at_books if local else None)
    return outcome, problems


async def lobby_tables(site: Site, session: str, options: dict[str, Any]) -> list[LoadTable]:
    """The first open tables of a site elsewhere that have room for their share of the players."""
    seats = -(-options["players"] // options["tables"])
    fitting = [t for t in await site.tables(session) if t["seats"] - t["players"] >= seats]
    if len(fitting) < options["tables"]:
        raise CommandError(f"The site has {len(fitting)} open tables with {seats} free seats.")
    return [
        LoadTable(
            table_id=table["table_id"],
            seats=table["seats"],
            buy_in_krw=table["max_buy_in_krw"],
            top_up_below_krw=20 * table["big_blind_krw"],
        )
        for table in fitting[: options["tables"]]
    ]
