"""`manage.py run_site` (`make run`): the whole site on this machine, until Ctrl-C."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError

from poker_site.processes.lock import AlreadyRunning
from poker_site.processes.site import Site, SiteError
from poker_site.processes.stop_signals import StopRequested, stop_signals_raise
from poker_site.seeding import DEVELOPMENT_USERS


class Command(BaseCommand):
    help = "Start the database, Redis, and every process of the site; PORT chooses the port."
    # Nothing of the site runs yet; `prepare_site` checks everything once its database answers.
    requires_system_checks: list[str] = []  # noqa: RUF012  (as Django declares it)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-bots", action="store_true", help="no bots at the demo tables")
        parser.add_argument(
            "--no-coins",
            action="store_true",
            help="no test nodes, rates, signer: play money only",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        commands = get_commands()
        with_coins = settings.DEBUG and not options["no_coins"]
        has_nodes = os.environ.get("BITCOIN_RPC_URL") or os.environ.get("ETHEREUM_RPC_URL")
        site = Site(
            data_dir=settings.DATA_DIR,
            port=settings.PORT,
            embed_postgresql=not os.environ.get("DATABASE_URL"),
            embed_valkey=not os.environ.get("REDIS_URL"),
            with_tables="run_tables" in commands,
            development=with_coins,
            with_bots=settings.DEBUG and not options["no_bots"] and "bots" in commands,
            with_rates=with_coins
            and not (os.environ.get("UPBIT_URL") and os.environ.get("BITHUMB_URL")),
            with_chains=with_coins and not has_nodes,
            say=self._say,
        )
        try:
            with stop_signals_raise(), site.running():
                self._welcome(site)
                site.wait_until_it_ends()
        except StopRequested:
            self._say("Stopped.")
        except AlreadyRunning as error:
            raise CommandError(
                f"The site of {site.data_dir} is running already ({error})."
            ) from error
        except SiteError as error:
            raise CommandError(str(error)) from error

    def _welcome(self, site: Site) -> None:
        self._say(f"\n  The poker room is open: {site.url}\n")
        if settings.DEBUG:
            self._say("  To log in (development only):")
            for user in DEVELOPMENT_USERS:
                note = "  (staff; /admin/)" if user.is_staff else ""
                self._say(f"    {user.email}  {user.password}{note}")
        self._say(f"\n  Logs: {site.log_dir}    Stop: Ctrl-C\n")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
