"""Which days a report is about; a day is one of the site's time zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Self

from django.utils import timezone

from wallet.finance.errors import PeriodInvalid, PeriodOutOfRange, PeriodReversed
from wallet.statement import SLACK

FIRST_DAY: Final = date(2020, 1, 1)
AHEAD: Final = timedelta(days=366)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    @classmethod
    def read(cls, first: str, last: str) -> Self:
        """From two texts like `2026-11-30`. Raises PeriodRefused."""
        period = cls(_day(first), _day(last))
        if period.last < period.first:
            raise PeriodReversed(str(period))
        if period.first < FIRST_DAY or period.last > today() + AHEAD:
            raise PeriodOutOfRange(str(period))
        return period

    @property
    def start(self) -> datetime:
        """The first moment of it."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def is_over(self) -> bool:
        """Whether nothing can be added: what began in it has been committed, too."""
        return self.end + SLACK <= timezone.now()

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


def today() -> date:
    """The site's day."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def yesterday() -> Period:
    """The last whole day."""
    day = today() - timedelta(days=1)
    return Period(day, day)


def this_month() -> Period:
    """From the first of the month until today."""
    return Period(today().replace(day=1), today())


def last_month() -> Period:
    """The last whole month."""
    last = today().replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise PeriodInvalid(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PeriodInvalid(text) from None


def _midnight(day: date) -> datetime:
    """When a day begins."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
