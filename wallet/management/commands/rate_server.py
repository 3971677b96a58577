"""`manage.py rate_server`: exchange rates for development, at fixed prices that can be set."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from wallet.devrates.server import RateServer


class Command(BaseCommand):
    help = "Serve prices as Upbit and Bithumb do; development only."
    requires_system_checks: list[str] = []  # noqa: RUF012  (as Django declares it)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=0, help="0: a free one")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Prices that anybody can set are for development; DEBUG is off.")
        with RateServer(options["port"]) as server:
            self.stdout.write(
                f"UPBIT_URL={server.url('upbit')} BITHUMB_URL={server.url('bithumb')}"
            )
            self.stdout.flush()
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("Stopped.")
