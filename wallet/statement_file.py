"""A player's statement as a file, the same from the page and from REST."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from wallet.models import Entry
from wallet.spreadsheets import csv_rows
from wallet.statement import line_of

NAME = "statement.csv"


def statement_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """The file piece by piece, in the order of the entries; won are whole numbers."""
    header = (
        *(_("number"), _("time"), _("kind"), _("amount (won)"), _("balance (won)")),
        _("reference"),
    )
    lines = map(line_of, entries)
    return csv_rows(
        header,
        (
            (line.number, line.at, line.kind, line.amount_krw, line.balance_krw, line.reference)
            for line in lines
        ),
    )
