"""A hand to read, street by street."""

from collections.abc import Iterator

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tables.hand_log import event_lines, name_boards
from tables.history.played import Event, PlayedHand

_TITLES: dict[str, str | Promise] = {
    "preflop": _("Before the flop"),
    "flop": _("Flop"),
    "turn": _("Turn"),
    "river": _("River"),
    "second": _("Second board"),
    "showdown": _("Showdown"),
    "end": _("The end"),
}
_KINDS = {
    "ante_posted": "post",
    "blind_posted": "post",
    "dead_blind_posted": "post",
    "player_folded": "fold",
    "player_bet": "raise",
    "player_raised": "raise",
    "hand_shown": "show",
    "hand_mucked": "show",
    "pot_awarded": "won",
}
_ENDING = ("hand_shown", "hand_mucked", "rake_taken", "pot_awarded", "hand_voided")


class Line(msgspec.Struct, frozen=True):
    """A sentence, and what it is about: `post`, `fold`, `raise`, `show`, `won` or `act`."""

    text: str
    kind: str


class Section(msgspec.Struct):
    """A street or the end: the cards that came, the pot before it (None: say nothing), the rest."""

    title: str | Promise
    cards: str
    pot_krw: int | None
    lines: list[Line]


def story(hand: PlayedHand) -> list[Section]:
    """The hand's sections in order; those without cards and lines are left out."""
    return [section for section in _sections(hand) if section.cards or section.lines]


def _sections(hand: PlayedHand) -> Iterator[Section]:
    events = name_boards(hand.events)
    ending = _start_of_ending(events)
    section = Section(_TITLES["preflop"], "", None, [])
    pot_krw: int | None = None
    for place, event in enumerate(events):
        kind = event["type"]
        if place == ending:
            yield section
            shown = any(e["type"] in ("hand_shown", "hand_mucked") for e in events[place:])
            section = Section(_TITLES["showdown" if shown else "end"], "", pot_krw, [])
        if kind == "bets_collected":
            pot_krw = sum(pot["amount_krw"] for pot in event["pots"])
        elif kind == "street_dealt":
            yield section
            name = "second" if event.get("board") == 2 else event["street"]
            section = Section(_TITLES[name], "".join(event["cards"]), pot_krw, [])
        elif kind != "hand_started":
            about = _KINDS.get(kind, "act")
            section.lines += [Line(text, about) for text in event_lines(event, hand.names)]
    yield section


def _start_of_ending(events: list[Event]) -> int:
    """Where the last cards and bets are over and hands are shown or pots won."""
    place = len(events)
    while place and events[place - 1]["type"] in (*_ENDING, "hand_finished"):
        place -= 1
    return place
