"""What players search their hands by, derived from a hand's public events and their own cards."""

from collections.abc import Iterable, Mapping
from typing import Any

POSITIONS = ("BTN", "SB", "BB", "UTG", "UTG+1", "UTG+2", "LJ", "HJ", "CO")
RANKS = "23456789TJQKA"

# Between the big blind and the button: the first is under the gun, the last the cutoff.
_BETWEEN = (
    (),
    ("CO",),
    ("UTG", "CO"),
    ("UTG", "HJ", "CO"),
    ("UTG", "LJ", "HJ", "CO"),
    ("UTG", "UTG+1", "LJ", "HJ", "CO"),
    ("UTG", "UTG+1", "UTG+2", "LJ", "HJ", "CO"),
)


def positions(events: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Seat → place relative to the button. Heads-up the button is `BTN` and the other `BB`.

    Places are the same where nobody posts the small blind, or any (a bomb pot).
    """
    start = next((event for event in events if event["type"] == "hand_started"), None)
    if start is None:
        return {}
    order = [player["seat"] for player in start["players"]]
    button, big = start["button_seat"], start["big_blind_seat"]
    small = start.get("small_blind_at", start["small_blind_seat"])
    places = {small: "SB", big: "BB", button: "BTN"}
    between = [seat for seat in order if seat not in places]
    names = _BETWEEN[min(len(between), len(_BETWEEN) - 1)]
    places |= dict(zip(reversed(between), reversed(names), strict=False))
    return {seat: places.get(seat, "UTG") for seat in order}


def showdown_seats(events: Iterable[Mapping[str, Any]]) -> set[int]:
    """The seats whose cards were shown or mucked at the end."""
    return {event["seat"] for event in events if event["type"] in ("hand_shown", "hand_mucked")}


def starting_hand(cards: str) -> str:
    """`AsKs` → `AKs`, `2cAd` → `A2o`, `7h7c` → `77`; nothing for unknown cards."""
    if len(cards) != 4:
        return ""
    high, low = sorted((cards[0], cards[2]), key=RANKS.index, reverse=True)
    if high == low:
        return high + low
    return f"{high}{low}{'s' if cards[1] == cards[3] else 'o'}"
