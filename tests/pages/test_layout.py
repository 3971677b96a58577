"""Nothing on the table covers anything else, however full it is."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.engine.room import stacked_deck
from tests.pages.conftest import DESKTOP, PHONE, AtTable
from tests.pages.standin import ME

SMALL_PHONE = {"width": 360, "height": 640}
SIZES = pytest.mark.parametrize(
    "viewport", [SMALL_PHONE, PHONE, DESKTOP], ids=["360", "390", "1280"]
)
NAMES = ("Ann", "Bob", "Cem", "Dana", "Emil", "Fern", "Gus", "WWWWWWWWWWWWWWWWWWWW")
BOXES = """
async (selectors) => {
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
  return [...document.querySelectorAll(selectors)]
  .filter((element) => element.offsetParent !== null)
  .map((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { what: `${element.className} ${element.textContent}`, left, top, right, bottom };
  });
}
"""


def boxes(page: Page, selectors: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(BOXES, selectors)
    return found


def overlapping(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[Any]:
    """Pairs that share more than a hair's breadth."""
    return [
        (a, b)
        for a in first
        for b in second
        if a != b
        and min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 1
    ]


@SIZES
@pytest.mark.parametrize("seats", [2, 6, 7, 8, 9])
def test_bets_touch_neither_each_other_nor_seats_nor_the_board(
    at_table: AtTable, viewport: dict[str, int], seats: int
) -> None:
    everyone = [(seat, NAMES[seat], 9_000) for seat in range(seats - 1)]
    page, room = at_table(*everyone, (seats - 1, ME, 9_000), seats=seats, viewport=viewport)
    room.deal(stacked_deck(seats))
    room.act("raise", 4_000)
    for _ in range(seats - 2):
        room.act("call")
    expect(page.locator(".bet:visible")).to_have_count(seats)
    bets = boxes(page, ".bet")
    assert overlapping(bets, bets) == []
    assert overlapping(bets, boxes(page, ".pod, #board .card, .pot")) == []


@SIZES
def test_a_long_name_that_wins_stays_between_the_seats(
    at_table: AtTable, viewport: dict[str, int]
) -> None:
    others = [(seat, NAMES[seat], 9_000) for seat in range(7)]
    page, room = at_table(*others, (7, NAMES[7], 9_000), (8, ME, 9_000), seats=9, viewport=viewport)
    room.deal(stacked_deck(9))
    winner = room.user_of(NAMES[7])
    while (hand := room.state.hand) is not None:
        assert hand.turn is not None
        mine = room.state.seats[hand.turn.seat].user_id == winner
        room.act("call" if mine and hand.turn.call_krw else "fold")
    expect(page.locator("#verdict")).to_contain_text("wins")
    assert overlapping(boxes(page, "#verdict"), boxes(page, ".pod")) == []


@SIZES
def test_two_boards_fit(at_table: AtTable, viewport: dict[str, int]) -> None:
    everyone = [(seat, NAMES[seat], 2_000) for seat in range(8)]
    page, room = at_table(*everyone, (8, ME, 2_000), seats=9, viewport=viewport, run_it_twice=True)
    room.always_twice()
    room.deal(stacked_deck(9, board="AsKdQh2c3s4c5c6c7c8c"))
    room.act("raise", 2_000)
    for _ in range(8):
        room.act("call")
    expect(page.locator("#second-board .card[data-card]")).to_have_count(5)
    cards = boxes(page, ".board .card")
    assert overlapping(cards, [*cards, *boxes(page, ".pod, .pot, #verdict")]) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
