"""Play a file of recorded hands through the table engine: `manage.py replay_hands FILE`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tables.engine.phh import read_phh, read_phhs
from tables.engine.record import Malformed, Record, read
from tables.engine.replay import Mismatch, replay

Found = tuple[str, Record | Malformed]


class Command(BaseCommand):
    """Compares net and board of every hand; exit 0 only when all are exact."""

    help = _(
        "Play recorded hands (one JSON object a line, or .phh and .phhs) through the engine and"
        " compare."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        hands = wrong = 0
        for place, found in _hands(options["file"].suffix, content):
            hands += 1
            complaint = _complaint(place, found)
            if complaint is not None:
                wrong += 1
                self.stderr.write(complaint)
        self.stdout.write(f"{hands} hands, {hands - wrong} exact, {wrong} wrong")
        if wrong or not hands:
            raise SystemExit(1)


def _hands(suffix: str, content: bytes) -> Iterator[Found]:
    """Every hand of a file with its place in it."""
    if suffix not in (".phh", ".phhs"):
        for number, line in enumerate(content.splitlines(), 1):
            if line.strip():
                yield f"line {number}", _or_malformed(read, line)
        return
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        yield f"byte {error.start + 1}", Malformed("this is no UTF-8")
        return
    if suffix == ".phh":
        yield "file", _or_malformed(read_phh, text)
        return
    try:
        for name, found in read_phhs(text):
            yield f"hand [{name}]", found
    except Malformed as error:
        yield "file", error


def _or_malformed(reader: Any, source: Any) -> Record | Malformed:
    try:
        record: Record = reader(source)
    except Malformed as error:
        return error
    return record


def _complaint(place: str, found: Record | Malformed) -> str | None:
    """What is wrong with a hand, or None."""
    if isinstance(found, Malformed):
        return f"{place}: malformed: {found}"
    try:
        replay(found)
    except Mismatch as error:
        return f"{place}: hand {found.id}: {error}"
    return None
