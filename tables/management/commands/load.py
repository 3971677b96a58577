"""`manage.py load` (`make load`): a site full of bots, and a page that says how it went."""

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from poker_site.processes.programs import MANAGE
from tables.bench import report
from tables.bench.circumstances import circumstances
from tables.bench.measure import Load, measure_load
from tables.bench.scratch import BenchFailed, scratch_site

PAGE = MANAGE.parent / "docs" / "results" / "load.md"


class Command(BaseCommand):
    help = "Fill a site of its own with bots; the figures go to a page and to JSON beside it."
    requires_system_checks: list[str] = []  # noqa: RUF012  (as Django declares it)

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--tables", type=int, default=80)
        add("--seats", type=int, default=6)
        add("--pace", type=float, default=1.0, help="mean actions a second a table")
        add("--seconds", type=float, default=300.0, help="how long, once everyone sits")
        add("--report", type=Path, default=PAGE, metavar="FILE.md")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)
        load = Load(options["tables"], options["seats"], options["pace"], options["seconds"])
        found = circumstances()
        try:
            with scratch_site() as site:
                self.stdout.write(f"{load.tables * load.seats} bots play …")
                self.stdout.flush()
                found |= measure_load(site, load)
        except BenchFailed as failure:
            raise CommandError(str(failure)) from failure
        figures = report.write(options["report"], load, found)
        self.stdout.write(options["report"].read_text())
        self.stdout.write(f"Written to {options['report']} and {figures}")
        missed = [wanted for wanted, _, met in report.judged(found["bots"]) if not met]
        if missed:
            raise CommandError(f"NOT met: {'; '.join(missed)}. See above.")
