"""Times as players read them: one reading of day and month, and the zone that is meant."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

# Django's own is in Korean `2026-8-10 15:00`; in English `08/10/2026 3 p.m.`, which is two days.
_FORMATS = {"ko": "SHORT_DATETIME_FORMAT"}
_ELSEWHERE = "j M Y, H:i T"


def moment(at: datetime) -> str:
    """A time in the site's zone, in the active language: `10 Aug 2026, 15:00 KST`."""
    return date_format(timezone.localtime(at), _FORMATS.get(_language(), _ELSEWHERE))


def clock(at: datetime) -> str:
    """The time of a day, to the second: `15:00:00 KST`."""
    shown = "H:i:s" if _language() in _FORMATS else "H:i:s T"
    return date_format(timezone.localtime(at), shown)


def _language() -> str:
    return (get_language() or "").partition("-")[0]
