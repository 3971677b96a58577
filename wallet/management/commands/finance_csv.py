"""`manage.py finance_csv`: a report of the books as a file, the same as from the admin."""

import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wallet.finance.errors import PeriodRefused
from wallet.finance.files import REPORTS, csv_of, note_export
from wallet.finance.period import Period


class Command(BaseCommand):
    help = (
        "Write a report of the books as CSV (docs/finance.md), for the days from the first to the"
        " last, both included, in the site's time zone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", choices=REPORTS, help="which one")
        parser.add_argument("--from", dest="first", required=True, help="first day: 2026-11-01")
        parser.add_argument("--to", dest="last", required=True, help="last day: 2026-11-30")
        parser.add_argument(
            "--output", type=Path, help="the file; only its owner can read it (default: stdout)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = Period.read(options["first"], options["last"])
        except PeriodRefused as refusal:
            raise CommandError(f"{refusal.message} ({refusal})") from refusal
        output: Path | None = options["output"]
        if output is not None and not output.parent.is_dir():
            raise CommandError(f"There is no directory {output.parent}.")
        note_export(options["report"], period, staff_id=None)
        with closing(csv_of(options["report"], period)) as pieces:
            if output is None:
                self._print(pieces)
            else:
                _write(pieces, output)
        if not period.is_over:
            self.stderr.write("This period is not over yet: its figures still change.")

    def _print(self, pieces: Iterator[str]) -> None:
        try:
            for piece in pieces:
                self.stdout.write(piece, ending="")
        except BrokenPipeError:
            # Who reads it has enough. Python would complain once more at its end.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise CommandError("The reader closed the pipe: the file is not whole.") from None


def _write(pieces: Iterator[str], output: Path) -> None:
    """Whole, or not at all: it gets its name when it is complete and on the disk."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=output.parent, prefix=".finance-", delete=False
        ) as partial:
            try:
                partial.writelines(pieces)
                partial.flush()
                os.fsync(partial.fileno())
                Path(partial.name).replace(output)
            except BaseException:
                Path(partial.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise CommandError(f"{output} was not written: {error}") from error
