"""Seats say who sits there, what they wait for, and what the clock runs on."""

import re

from playwright.sync_api import expect

from tables.engine import commands as c
from tests.engine.room import stacked_deck
from tests.pages.conftest import AtTable
from tests.pages.standin import ME, StandIn

THREE = ((0, "Ann", 5_000), (2, "Bob", 5_000), (3, "Cem", 5_000))


def fold_out(room: StandIn) -> None:
    while room.state.hand is not None:
        room.act("fold")


def test_a_new_player_waits_for_the_big_blind_unless_all_start_anew(at_table: AtTable) -> None:
    page, room = at_table(*THREE)
    expect(page.locator("[data-seat='0'] .seat-note")).to_be_hidden()
    room.deal(stacked_deck(3))
    room.seat((5, ME, 5_000))
    expect(page.locator("[data-seat='5'] .seat-note")).to_have_text("Waits for BB")
    expect(page.locator("#status p")).to_contain_text("when the big blind comes to you")
    room.do(c.SetOptions(room.user_of(ME), post_blinds=True))
    expect(page.locator("#status p")).to_contain_text("You post and are dealt in")


def test_who_missed_the_blinds_owes_them(at_table: AtTable) -> None:
    page, room = at_table(*THREE, (4, "Dana", 5_000))
    room.deal(stacked_deck(4))
    fold_out(room)
    room.do(c.SitOut(room.user_of("Dana")))
    expect(page.locator("[data-seat='4'] .seat-note")).to_have_text(re.compile(r"Out · \d+:\d\d"))
    for _ in range(3):
        room.deal(stacked_deck(3))
        fold_out(room)
    expect(page.locator("#log")).to_contain_text("Dana misses the big blind")
    expect(page.locator("[data-seat='4'] .seat-note")).to_have_attribute(
        "title", re.compile("owes blinds")
    )
    room.do(c.SitIn(room.user_of("Dana")))
    expect(page.locator("[data-seat='4'] .seat-note")).to_have_text("Owes blinds")


def test_the_time_until_a_seat_is_given_up_runs_down(at_table: AtTable) -> None:
    page, _ = at_table(*THREE, (5, ME, 5_000), sit_out_limit_ms=600_000)
    page.click("#sit-out")
    label = page.locator("[data-seat='5'] .seat-note")
    expect(label).to_have_text(re.compile(r"Out · 9:5\d"))
    expect(page.locator("#status p")).to_contain_text("your seat is given up")
    page.click("#sit-in")
    expect(label).to_be_hidden()


def test_a_turn_on_extra_time_says_so(at_table: AtTable) -> None:
    page, room = at_table(*THREE, action_ms=300, time_bank_ms=45_000, disconnect_ms=20_000)
    room.deal(stacked_deck(3))
    asked = page.locator(".seat.is-turn")
    expect(asked.locator(".seat-bank")).to_have_text("+45")
    hand = room.state.hand
    assert hand is not None
    assert hand.turn is not None
    room.wait_until(hand.turn.deadline_ms)
    room.do(c.Tick())
    expect(asked.locator(".seat-note")).to_have_text("Time bank")
    expect(asked.locator(".seat-time")).to_have_text(re.compile(r"4\d"))
    expect(page.locator("#log")).to_contain_text("takes time from the time bank")
    room.act("fold")
    hand = room.state.hand
    assert hand is not None
    assert hand.turn is not None
    room.do(c.MarkDisconnected(room.state.seats[hand.turn.seat].user_id))
    room.wait_until(hand.turn.deadline_ms)
    room.do(c.Tick())
    expect(asked.locator(".seat-note")).to_have_text("Extra time")


def test_straddle_and_posts_are_told(at_table: AtTable) -> None:
    page, room = at_table(*THREE, (4, "Dana", 5_000), straddle=True)
    for name in ("Ann", "Bob", "Cem", "Dana"):
        room.do(c.SetOptions(room.user_of(name), straddle=True))
    room.deal(stacked_deck(4))
    hand = room.state.hand
    assert hand is not None
    assert hand.straddle_seat is not None
    expect(page.locator(f"[data-seat='{hand.straddle_seat}'] .seat-note")).to_have_text("Straddle")
    expect(page.locator("#log")).to_contain_text("straddles ₩200")


def test_a_dead_button_lies_at_an_empty_seat(at_table: AtTable) -> None:
    page, room = at_table(*THREE, (4, "Dana", 5_000))
    room.deal(stacked_deck(4))
    fold_out(room)
    blinds = room.state.blinds
    assert blinds is not None
    room.do(c.Leave(room.state.seats[blinds.small_blind_at].user_id))
    room.deal(stacked_deck(3))
    button = page.locator(f"[data-seat='{blinds.small_blind_at}'] .dealer")
    expect(page.locator(f"[data-seat='{blinds.small_blind_at}'] .pod")).to_be_hidden()
    expect(button).to_be_visible()
    expect(page.locator(".dealer:visible")).to_have_count(1)


def test_a_bomb_pot_is_named(at_table: AtTable) -> None:
    page, room = at_table(*THREE, bomb_pot_every=1, bomb_pot_ante_krw=200)
    room.deal(stacked_deck(3))
    expect(page.locator("#pots")).to_contain_text("Bomb pot")
    expect(page.locator("#log")).to_contain_text("Hand #1 · Bomb pot")
    expect(page.locator("#board .card[data-card]")).to_have_count(3)


def test_a_table_without_chat_shows_none(at_table: AtTable) -> None:
    page, _ = at_table(*THREE, chat=False)
    expect(page.locator("#tab-chat")).to_be_hidden()
    expect(page.locator("#tab-log")).to_be_visible()
    page, _ = at_table(*THREE)
    expect(page.locator("#tab-chat")).to_be_visible()
