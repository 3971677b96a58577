"""Finding one's own hands: what can be asked for, and the hands that answer it.

Everything starts from the player's own rows (`HandPlayer`), whose indexes follow the order in which
pages show them; nobody's other hands can come out.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tables.history.facts import POSITIONS, RANKS
from tables.models import HandPlayer, Sitting, Stake, Table

_CLASS = re.compile(rf"([{RANKS}])([{RANKS}])([so]?)", re.IGNORECASE)
_CARDS = re.compile(rf"([{RANKS}][cdhs])([{RANKS}][cdhs])", re.IGNORECASE)
# PokerStars text numbers hands over all tables: the table, then nine digits (`pokerstars.py`).
_NUMBERS_OF_A_TABLE = 10**9


class HandSearch(forms.Form):
    """What hands can be searched by; every field may be left out."""

    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="first day, YYYY-MM-DD in the site's time zone",
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="last day, YYYY-MM-DD in the site's time zone",
    )
    table = forms.ModelChoiceField(
        Table.objects.all(),
        label=_("Table"),
        required=False,
        empty_label=_("All"),
        help_text="id of a table",
    )
    stake = forms.ModelChoiceField(
        Stake.objects.all(),
        label=_("Stake"),
        required=False,
        empty_label=_("All"),
        help_text="id of a stake: hands with its blinds",
    )
    hand = forms.CharField(
        label=_("Hand number"),
        required=False,
        max_length=40,
        help_text="a hand's id, its number at its table, or its number in PokerStars text",
    )
    result = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=(("", _("All")), ("won", _("won")), ("lost", _("lost"))),
        help_text="`won` or `lost`",
    )
    showdown = forms.ChoiceField(
        label=_("Showdown"),
        required=False,
        choices=(("", _("All")), ("yes", _("seen")), ("no", _("not seen"))),
        help_text="`yes` or `no`: whether you saw the showdown",
    )
    position = forms.ChoiceField(
        label=_("Position"),
        required=False,
        choices=(("", _("All")), *((name, name) for name in POSITIONS)),
        help_text=f"one of {', '.join(POSITIONS)}",
    )
    cards = forms.CharField(
        label=_("Your cards"),
        required=False,
        max_length=5,
        widget=forms.TextInput(attrs={"placeholder": "AKs, 77, AsKd"}),
        help_text="`AKs` suited, `AKo` offsuit, `AK` both, `77` a pair, `AsKd` these two cards",
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", _("The last day is before the first."))
        return found

    def clean_cards(self) -> Q | None:
        text = self.cleaned_data["cards"].replace(" ", "")
        return cards_filter(text) if text else None

    def clean_hand(self) -> Q | None:
        text = self.cleaned_data["hand"].strip().removeprefix("#")
        return hand_filter(text) if text else None


def cards_filter(text: str) -> Q:
    """`AKs`, `AK`, `77` or `AsKd` as a condition; raises `ValidationError`."""
    if both := _CARDS.fullmatch(text):
        first, second = (card[0].upper() + card[1].lower() for card in both.groups())
        return Q(hole_cards__in=(first + second, second + first))
    if kind := _CLASS.fullmatch(text):
        high, low = sorted((kind[1].upper(), kind[2].upper()), key=RANKS.index, reverse=True)
        suited = kind[3].lower()
        if high != low:
            ends = (suited,) if suited else ("s", "o")
            return Q(starting_hand__in=[high + low + end for end in ends])
        if suited != "s":
            return Q(starting_hand=high + low)
    raise ValidationError(_("Write cards as AKs, AKo, AK, 77 or AsKd."), code="cards")


def hand_filter(text: str) -> Q:
    """A hand's id or number as a condition."""
    if not (text.isascii() and text.isdigit()):
        return Q(hand_id=text)
    number = int(text)
    if number > 10**18:
        raise ValidationError(_("There is no hand with this number."), code="hand")
    table_id, rest = divmod(number, _NUMBERS_OF_A_TABLE)
    return Q(hand__number=rest, hand__table_id=table_id) if table_id else Q(hand__number=number)


def own_hands(*, user_id: int) -> QuerySet[HandPlayer]:
    """The user's part in every hand that they were dealt into, newest first."""
    return HandPlayer.objects.filter(user_id=user_id).order_by("-finished_at", "-hand_id")


def with_hands(rows: QuerySet[HandPlayer]) -> QuerySet[HandPlayer]:
    """`rows` with their hands, tables and players."""
    return rows.select_related("hand__table").prefetch_related("hand__players__user")


def find_hands(*, user_id: int, search: dict[str, Any]) -> QuerySet[HandPlayer]:
    """The user's hands that `search` (cleaned by `HandSearch`) asks for, newest first."""
    rows = own_hands(user_id=user_id)
    if day := search.get("since"):
        rows = rows.filter(finished_at__gte=start_of(day))
    if day := search.get("until"):
        rows = rows.filter(finished_at__lt=start_of(day + timedelta(days=1)))
    if table := search.get("table"):
        rows = rows.filter(hand__table=table)
    if stake := search.get("stake"):
        rows = rows.filter(
            hand__small_blind_krw=stake.small_blind_krw, hand__big_blind_krw=stake.big_blind_krw
        )
    if result := search.get("result"):
        rows = rows.filter(**{f"net_krw__{'gt' if result == 'won' else 'lt'}": 0})
    if showdown := search.get("showdown"):
        rows = rows.filter(saw_showdown=showdown == "yes")
    if position := search.get("position"):
        rows = rows.filter(position=position)
    for name in ("hand", "cards"):
        if condition := search.get(name):
            rows = rows.filter(condition)
    return rows


def hands_of_day(*, user_id: int, day: date) -> QuerySet[HandPlayer]:
    """The hands that ended on a day of the site's time zone."""
    return find_hands(user_id=user_id, search={"since": day, "until": day})


def hands_of_sitting(sitting: Sitting) -> QuerySet[HandPlayer]:
    """The hands between a buy-in and the player's next one at the same table.

    `ended_at` is no border: it is when the cash-out was settled, which may be after the next
    buy-in.
    """
    later = Sitting.objects.filter(
        user_id=sitting.user_id, table_id=sitting.table_id, started_at__gt=sitting.started_at
    )
    rows = own_hands(user_id=sitting.user_id).filter(
        hand__table_id=sitting.table_id, hand__started_at__gte=sitting.started_at
    )
    following = later.order_by("started_at").first()
    return rows.filter(hand__started_at__lt=following.started_at) if following else rows


def sittings_of(*, user_id: int) -> QuerySet[Sitting]:
    """The user's stays at tables, newest first."""
    return Sitting.objects.filter(user_id=user_id).select_related("table").order_by("-started_at")


def start_of(day: date) -> datetime:
    """Midnight at the beginning of a day."""
    return timezone.make_aware(datetime.combine(day, time.min))
