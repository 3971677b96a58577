"""`manage.py wallet_status`: chains, coins, what is owed, pending work, rates, audit, switches."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from wallet.reconciliation import reconcile
from wallet.reconciliation.status import Status, wallet_status


class Command(BaseCommand):
    help = "Show how money in and out stands: exit 0, or 1 with what is wrong in a line each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="write it as JSON")
        parser.add_argument(
            "--reconcile", action="store_true", help="compare the chains with the ledger first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reconcile"]:
            reconcile()
        status = wallet_status()
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(status), indent=2))
        else:
            self._tell(status)
        if status.wrong:
            sys.exit(1)

    def _tell(self, status: Status) -> None:
        width = max(len(f"{section} {name}") for section, name, _ in status.lines)
        for section, name, fact in status.lines:
            self.stdout.write(f"{f'{section} {name}':<{width}}  {fact}")
        for line in status.wrong:
            self.stdout.write(f"wrong: {line}")


def _as_data(status: Status) -> dict[str, Any]:
    facts: dict[str, dict[str, list[str]]] = {}
    for section, name, fact in status.lines:
        facts.setdefault(section, {}).setdefault(name, []).append(fact)
    return {
        "is_well": not status.wrong,
        "facts": facts,
        "figures": status.figures,
        "wrong": status.wrong,
    }
