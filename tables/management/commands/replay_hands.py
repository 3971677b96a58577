"""Play a file of recorded hands through the table engine: `manage.py replay_hands FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tables.engine.replay import Malformed, Mismatch, read, replay


class Command(BaseCommand):
    """Compares net and board of every hand; exit 0 only when all are exact."""

    help = _("Play recorded hands (one JSON object a line) through the engine and compare.")
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = options["file"].read_bytes().splitlines()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        hands = wrong = 0
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            hands += 1
            complaint = self._complaint(number, line)
            if complaint is not None:
                wrong += 1
                self.stderr.write(complaint)
        self.stdout.write(f"{hands} hands, {hands - wrong} exact, {wrong} wrong")
        if wrong or not hands:
            raise SystemExit(1)

    def _complaint(self, number: int, line: bytes) -> str | None:
        """What is wrong with a line, or None."""
        try:
            record = read(line)
        except Malformed as error:
            return f"line {number}: malformed: {error}"
        try:
            replay(record)
        except Mismatch as error:
            return f"line {number}: hand {record.id}: {error}"
        return None
