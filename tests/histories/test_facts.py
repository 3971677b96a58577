"""Positions and starting hands."""

from typing import Any

import pytest

from tables.history.facts import positions, showdown_seats, starting_hand


def start(
    seats: list[int], *, button: int, small: int | None, big: int | None
) -> list[dict[str, Any]]:
    return [
        {
            "type": "hand_started",
            "button_seat": button,
            "small_blind_seat": small,
            "big_blind_seat": big,
            "players": [{"seat": seat} for seat in seats],
        }
    ]


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (3, "SB BB BTN"),
        (4, "SB BB CO BTN"),
        (5, "SB BB UTG CO BTN"),
        (6, "SB BB UTG HJ CO BTN"),
        (7, "SB BB UTG LJ HJ CO BTN"),
        (8, "SB BB UTG UTG+1 LJ HJ CO BTN"),
        (9, "SB BB UTG UTG+1 UTG+2 LJ HJ CO BTN"),
    ],
)
def test_places_are_named_from_the_blinds_and_from_the_button(count: int, names: str) -> None:
    events = start(list(range(count)), button=count - 1, small=0, big=1)
    assert list(positions(events).values()) == names.split()


def test_heads_up_the_button_is_the_button() -> None:
    assert positions(start([4, 2], button=2, small=2, big=4)) == {2: "BTN", 4: "BB"}


def test_a_dead_button_leaves_no_button() -> None:
    events = start([1, 2, 5], button=0, small=1, big=2)
    assert positions(events) == {1: "SB", 2: "BB", 5: "CO"}


def test_a_dead_small_blind_leaves_no_small_blind() -> None:
    events = start([2, 4, 6], button=6, small=None, big=2)
    assert positions(events) == {2: "BB", 4: "CO", 6: "BTN"}


def test_who_is_in_the_small_blind_without_posting_is_there_all_the_same() -> None:
    (event,) = start([0, 1, 2, 3], button=3, small=None, big=1)
    assert positions([event | {"small_blind_at": 0}]) == {0: "SB", 1: "BB", 2: "CO", 3: "BTN"}


def test_a_hand_without_a_start_has_no_places() -> None:
    assert positions([{"type": "hand_mucked", "seat": 1}]) == {}


@pytest.mark.parametrize(
    ("cards", "kind"),
    [("AsKs", "AKs"), ("KsAs", "AKs"), ("2cAd", "A2o"), ("7h7c", "77"), ("TdJd", "JTs"), ("", "")],
)
def test_starting_hands(cards: str, kind: str) -> None:
    assert starting_hand(cards) == kind


def test_whoever_shows_or_mucks_saw_the_showdown() -> None:
    events = [
        {"type": "player_folded", "seat": 0},
        {"type": "hand_shown", "seat": 1},
        {"type": "hand_mucked", "seat": 2},
    ]
    assert showdown_seats(events) == {1, 2}
