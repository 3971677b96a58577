"""Which hands a request is about."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.dateparse import parse_date

from tables.history.archive import FORMATS, Format
from tables.history.played import PlayedHand, played
from tables.history.search import hands_of_day, hands_of_sitting, own_hands, sittings_of, with_hands
from tables.models import Hand, HandPlayer


class BadSelection(Exception):
    """Neither a day nor a sitting was asked for."""


def own_hand(*, user_id: int, hand_id: str) -> HandPlayer:
    """The user's part in a hand, with the hand; raises `Http404` if they were not dealt in."""
    row = with_hands(own_hands(user_id=user_id).filter(hand_id=hand_id)).first()
    if row is None:
        raise Http404
    return row


def style_of(name: str) -> Format:
    """`phh` or `pokerstars`; raises `Http404`."""
    if name not in FORMATS:
        raise Http404
    return FORMATS[name]


def day_or_sitting(*, user_id: int, asked: Any) -> tuple[str, QuerySet[HandPlayer]]:
    """A file's name and the hands of `?day=` or `?sitting=`.

    Raises `BadSelection` for anything else, and `Http404` for a stranger's sitting.
    """
    if asked.get("sitting"):
        number = asked["sitting"]
        if not (number.isascii() and number.isdigit() and len(number) < 18):
            raise BadSelection
        sitting = sittings_of(user_id=user_id).filter(pk=int(number)).first()
        if sitting is None:
            raise Http404
        return f"sitting-{sitting.pk}", hands_of_sitting(sitting)
    day = _day(asked.get("day", ""))
    return f"hands-{day}", hands_of_day(user_id=user_id, day=day)


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not date.min < day < date.max.replace(year=9998):
        raise BadSelection
    return day


def for_staff(hands: QuerySet[Hand]) -> Iterator[PlayedHand]:
    """Hands with the cards that were shown at the table, and no others."""
    rows = hands.order_by("finished_at", "pk").select_related("table")
    for hand in rows.prefetch_related("players__user").iterator(chunk_size=100):
        yield played(hand, viewer_id=None)
