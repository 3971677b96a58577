"""`manage.py run_tables`: play the tables."""

import asyncio
import signal
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tables.runtime.runner import Runner


class Command(BaseCommand):
    help = "Run tables until SIGTERM or SIGINT. Start as many of these as there is work for."
    # `prepare_site` makes all of Django's: here they would import every page of the site.
    requires_system_checks = ("poker",)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DECK_KEY:
            raise CommandError(
                "DECK_KEY is not set: 64 hex digits that encrypt the decks of running hands. "
                "Give every run_tables the same key, and no other process."
            )
        uvloop.run(_run_until_told_to_stop())


async def _run_until_told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    runner = Runner(deck_key=settings.DECK_KEY)
    await runner.start()
    await stop.wait()
    await runner.stop()
