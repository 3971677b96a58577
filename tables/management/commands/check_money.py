"""`manage.py check_money`: every invariant of the money, from the ledger and from the tables."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from redis import RedisError

from tables.hand_proof import check_hands
from tables.invariants import check_settlement, check_tables
from wallet.invariants import Check, check_ledger


class Command(BaseCommand):
    help = "Check that no won is lost or made up: exit 0, or 1 with each discrepancy in a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="write the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        checks = [*check_ledger(), check_hands(), *_check_tables()]
        money_ok = not any(check.discrepancies for check in checks)
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(checks, money_ok), indent=2))
        else:
            self._tell(checks)
        if not money_ok:
            sys.exit(1)

    def _tell(self, checks: list[Check]) -> None:
        width = max(len(check.name) for check in checks)
        for check in checks:
            figures = ", ".join(f"{name} {value:,}" for name, value in check.figures.items())
            mark = "WRONG" if check.discrepancies else "ok"
            self.stdout.write(f"{check.name:<{width}}  {mark:<5}  {figures}".rstrip())
        for check in checks:
            for line in check.discrepancies:
                self.stdout.write(f"discrepancy: {line}")


def _check_tables() -> list[Check]:
    try:
        return [check_tables(), check_settlement()]
    except RedisError as error:
        return [
            Check(
                "each table's escrow is its stacks less what is unsettled",
                discrepancies=[f"the tables could not be read, Redis does not answer: {error}"],
            )
        ]


def _as_data(checks: list[Check], money_ok: bool) -> dict[str, Any]:
    return {
        "money_ok": money_ok,
        "checks": [
            {"name": check.name, "figures": check.figures, "discrepancies": check.discrepancies}
            for check in checks
        ],
    }
