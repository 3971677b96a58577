"""`manage.py scan_chains`: one pass over each network by hand, as beat does every few seconds."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wallet import deposits
from wallet.assets import Network


class Command(BaseCommand):
    help = "Read the chains up to their tips and credit what lies deep enough."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("networks", nargs="*", choices=Network.values, default=Network.values)

    def handle(self, *args: Any, **options: Any) -> None:
        troubles = []
        for network in options["networks"]:
            done = deposits.scan(network)
            self.stdout.write(
                f"{network}: {done.blocks} blocks, {done.undone_blocks} undone,"
                f" {done.decided} decided, {done.reversed} reversed"
                + (", another scanner is at it" if done.is_busy else "")
            )
            if done.trouble:
                troubles.append(f"{network}: {done.trouble}")
        if troubles:
            raise CommandError("; ".join(troubles))
