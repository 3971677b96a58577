"""CSV that a spreadsheet opens as what it is.

A text that begins like a formula is run by spreadsheets (OWASP, "CSV injection"): it gets an
apostrophe in front, which they show as text. Numbers stay numbers, to the last digit.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

Cell = str | int | Decimal | date | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Echo:
    """Where a writer writes when each row is to be had at once."""

    def write(self, text: str) -> str:
        return text


def safe_cell(value: Cell) -> str:
    """A value as the text of a cell; times are in the site's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="seconds")
    if type(value) is int:
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def csv_rows(header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """A file piece by piece, with the mark that makes Excel read it as UTF-8."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_MINIMAL)
    yield "\ufeff"
    yield writer.writerow([safe_cell(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])
