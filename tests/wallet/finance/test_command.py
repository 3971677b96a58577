"""`manage.py finance_csv`: the same files, whole or not at all."""

import io
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.wallet.finance.books import at, move_all_to
from tests.wallet.house import give, make_player
from wallet.finance import files
from wallet.finance.files import REPORTS, csv_of
from wallet.finance.period import Period, today
from wallet.models import MoneyEvent

DAYS = ("--from", "2026-11-01", "--to", "2026-11-02")
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 2))


@pytest.fixture(autouse=True)
def _gifts() -> None:
    give(make_player(), 1_000)
    move_all_to(at("2026-11-02 12:00"))


@pytest.mark.parametrize("report", REPORTS)
def test_it_writes_what_the_page_downloads(report: str, tmp_path: Path) -> None:
    output, out = tmp_path / "it.csv", io.StringIO(newline="")
    call_command("finance_csv", report, *DAYS, "--output", str(output))
    call_command("finance_csv", report, *DAYS, stdout=out)
    expected = "".join(csv_of(report, PERIOD))
    assert output.read_bytes() == expected.encode()
    assert out.getvalue() == expected
    assert output.stat().st_mode & 0o777 == 0o600
    event = MoneyEvent.objects.filter(kind="finance_exported").latest("id")
    assert event.subject == f"finance:{report}"
    assert event.payload == {"by": None, "from": "2026-11-01", "to": "2026-11-02"}


def test_a_file_that_breaks_off_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(period: Period) -> Iterator[tuple[str, ...]]:
        yield ("a row",)
        raise OSError("the disk is full")

    output = tmp_path / "it.csv"
    output.write_text("yesterday's")
    monkeypatch.setitem(files.REPORTS, "totals", (("column",), break_off))
    with pytest.raises(CommandError, match="was not written: the disk is full"):
        call_command("finance_csv", "totals", *DAYS, "--output", str(output))
    assert os.listdir(tmp_path) == ["it.csv"]
    assert output.read_text() == "yesterday's"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("totals", "--from", "2026-11-02", "--to", "2026-11-01"), "Swap them"),
        (("totals", "--from", "yesterday", "--to", "2026-11-01"), "like this: 2026-11-30"),
        (("everything", *DAYS), "invalid choice"),
        (("totals", "--from", "2026-11-01"), "--to"),
        (("totals", *DAYS, "--output", "/nowhere/it.csv"), "There is no directory /nowhere"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_noted(
    arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("finance_csv", *arguments)
    assert not MoneyEvent.objects.filter(kind="finance_exported").exists()


def test_days_that_are_not_over_are_written_with_a_warning() -> None:
    out, err = io.StringIO(newline=""), io.StringIO()
    now = str(today())
    call_command("finance_csv", "totals", "--from", now, "--to", now, stdout=out, stderr=err)
    assert out.getvalue().startswith("\ufeffday,")
    assert "not over yet" in err.getvalue()
