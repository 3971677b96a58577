"""`manage.py check_audit`: the three logs of money prove each other, or where they differ."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from redis import RedisError

from wallet.audit.check import Findings, check_audit
from wallet.audit.relay import relay


class Command(BaseCommand):
    help = (
        "Compare the audit logs in the database, in the files and in Redis with each other and"
        " with the ledger: exit 0, or 1 with each discrepancy in a line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="write the result as JSON")
        parser.add_argument(
            "--no-relay", action="store_true", help="do not bring the logs up to date before"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not options["no_relay"]:
                relay()
            findings = check_audit()
        except (RedisError, OSError) as error:
            self.stderr.write(f"A log cannot be read: {error}")
            sys.exit(1)
        if options["json"]:
            content = {"figures": findings.figures, "discrepancies": findings.discrepancies}
            self.stdout.write(json.dumps(content, indent=2))
        else:
            self._tell(findings)
        if findings.discrepancies:
            sys.exit(1)

    def _tell(self, findings: Findings) -> None:
        for name, value in findings.figures.items():
            self.stdout.write(f"{name.replace('_', ' '):<22}{value:>12,}")
        for line in findings.discrepancies:
            self.stdout.write(f"discrepancy: {line}")
        if findings.left_out:
            self.stdout.write(f"and {findings.left_out:,} more")
        if not findings.discrepancies:
            self.stdout.write("The logs agree.")
