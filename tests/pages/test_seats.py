"""Seats say who sits there and what stands between them and the next hand."""

from playwright.sync_api import expect

from tests.engine.room import stacked_deck
from tests.pages.conftest import AtTable
from tests.pages.standin import ME


def test_a_new_player_waits_for_the_big_blind(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), (2, "Bob", 5_000), (3, "Cem", 5_000))
    room.deal(stacked_deck(3))
    room.seat((5, ME, 5_000))
    expect(page.locator("[data-seat='5'] .seat-note")).to_have_text("Waits for BB")
