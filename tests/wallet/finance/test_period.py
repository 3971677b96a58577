"""Which days can be asked for, and what is said about the others."""

from datetime import UTC, date, datetime

import pytest

from wallet.finance.errors import PeriodRefused
from wallet.finance.period import FIRST_DAY, Period, last_month, this_month, yesterday


def now_is(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def test_both_days_are_included() -> None:
    period = Period.read("2026-11-01", "2026-11-30")
    assert period.start == datetime(2026, 10, 31, 15, tzinfo=UTC)
    assert period.end == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert Period.read("2020-01-01", "2020-01-01").first == FIRST_DAY


@pytest.mark.parametrize(
    ("first", "last", "code", "sentence"),
    [
        ("", "2026-11-30", "period_invalid", "like this: 2026-11-30"),
        ("2026-11-01", "", "period_invalid", "like this: 2026-11-30"),
        ("2026-11-31", "2026-12-01", "period_invalid", "like this: 2026-11-30"),
        ("20261101", "2026-11-30", "period_invalid", "like this: 2026-11-30"),
        ("2026-W45-1", "2026-11-30", "period_invalid", "like this: 2026-11-30"),
        ("٢٠٢٦-11-01", "2026-11-30", "period_invalid", "like this: 2026-11-30"),
        ("2026-11-01' OR 1=1", "2026-11-30", "period_invalid", "like this: 2026-11-30"),
        ("2026-11-30", "2026-11-29", "period_reversed", "Swap them"),
        ("2019-12-31", "2026-11-30", "period_out_of_range", "1 January 2020"),
        ("2026-11-01", "2999-12-31", "period_out_of_range", "a year ahead"),
        ("2026-11-01", "9999-12-31", "period_out_of_range", "a year ahead"),
        ("0000-01-01", "2026-11-30", "period_invalid", "like this: 2026-11-30"),
    ],
)
def test_other_periods_are_refused_with_a_sentence(
    first: str, last: str, code: str, sentence: str
) -> None:
    with pytest.raises(PeriodRefused) as caught:
        Period.read(first, last)
    assert caught.value.code == code
    assert sentence in caught.value.message


def test_the_day_is_that_of_seoul(monkeypatch: pytest.MonkeyPatch) -> None:
    now_is(monkeypatch, datetime(2026, 11, 30, 15, 0, tzinfo=UTC))  # 1 December, 00:00
    assert yesterday() == Period(date(2026, 11, 30), date(2026, 11, 30))
    assert this_month() == Period(date(2026, 12, 1), date(2026, 12, 1))
    assert last_month() == Period(date(2026, 11, 1), date(2026, 11, 30))
    now_is(monkeypatch, datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC))
    assert yesterday().last == date(2026, 11, 29)
    assert last_month() == Period(date(2026, 10, 1), date(2026, 10, 31))


def test_a_day_is_over_when_what_began_in_it_is_committed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = Period(date(2026, 11, 30), date(2026, 11, 30))
    now_is(monkeypatch, datetime(2026, 11, 30, 15, 9, tzinfo=UTC))
    assert not day.is_over
    now_is(monkeypatch, datetime(2026, 11, 30, 15, 10, tzinfo=UTC))
    assert day.is_over
