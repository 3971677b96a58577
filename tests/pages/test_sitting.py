"""Buying in, waiting for a seat, and moving to another one."""

from playwright.sync_api import expect

from tables.engine import commands as c
from tests.engine.room import stacked_deck
from tests.pages.conftest import PHONE, AtTable
from tests.pages.standin import ME

FULL = tuple((seat, name, 5_000) for seat, name in enumerate(("Ann", "Bob", "Cem")))


def test_enter_brings_the_chips_and_waits_for_the_big_blind(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000))
    page.click("[data-seat='4'] .seat-sit")
    expect(page.locator("#wait-for-blind")).to_be_checked()
    page.fill("#amount-number", "3000")
    page.press("#amount-number", "Enter")
    expect(page.locator(".seat.is-mine .seat-stack")).to_have_text("₩3,000")
    assert room.requests("sit") == [{"seat": 4, "buy_in_krw": 3_000}]


def test_who_does_not_wait_posts(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), path="#sit")
    page.uncheck("#wait-for-blind")
    page.click("#amount-ok")
    expect(page.locator(".seat.is-mine")).to_be_visible()
    assert room.requests("sit") == [{"seat": 1, "buy_in_krw": 10_000, "post_blinds": True}]


def test_enter_corrects_an_amount_out_of_range_before_it_is_brought(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), path="#sit")
    page.fill("#amount-number", "1")
    page.press("#amount-number", "Enter")
    expect(page.locator("#amount-number")).to_have_value("2,000")
    assert room.requests("sit") == []
    page.click("#amount-dialog [data-close]")
    expect(page.locator("#amount-dialog")).to_be_hidden()
    assert room.requests("sit") == []


def test_an_amount_out_of_range_is_not_brought_but_explained(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), path="#sit")
    page.fill("#amount-number", "10001")
    page.click("#amount-ok")
    message = page.locator("#amount-number").evaluate("field => field.validationMessage")
    assert message == "Choose ₩2,000 to ₩10,000."
    expect(page.locator("#amount-dialog")).to_be_visible()
    page.fill("#amount-number", "9999")
    page.click("#amount-ok")
    expect(page.locator(".seat.is-mine .seat-stack")).to_have_text("₩9,999")
    assert [asked["buy_in_krw"] for asked in room.requests("sit")] == [9_999]


def test_who_left_with_more_is_told_why_it_takes_more(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), viewport=PHONE)
    room.buy_in = {
        "least_krw": 12_000,
        "most_krw": 12_000,
        "balance_krw": 1_000_000,
        "because_of_rathole": True,
        "until": "2026-11-26T05:00:00Z",
    }
    page.click("#sit-any")
    expect(page.locator("#amount-note")).to_contain_text("at least ₩12,000")
    page.click("#amount-ok")
    expect(page.locator(".seat.is-mine")).to_be_visible()
    assert room.requests("sit")[0]["buy_in_krw"] == 12_000


def test_waiting_in_line_until_a_seat_is_kept(at_table: AtTable) -> None:
    page, room = at_table(*FULL, seats=3, offer_ms=60_000)
    expect(page.locator("#sit-any")).to_be_hidden()
    room.do(c.JoinWaitingList(500, "Zoe"))
    expect(page.locator("#status p")).to_contain_text("On the waiting list: 1")
    page.click("#wait-join")
    expect(page.locator("#status p")).to_contain_text("number 2 of 2")
    room.do(c.Leave(room.user_of("Ann")))
    kept = page.locator("[data-seat='0'] .seat-sit")
    expect(kept).to_have_text("Kept for Zoe")
    expect(kept).to_be_disabled()
    room.do(c.Leave(room.user_of("Bob")))
    expect(page.locator("#status p")).to_contain_text("Seat 2 is kept for you")
    expect(page.locator("#announce")).to_contain_text("A seat is free for you")
    page.click("#sit-any")
    expect(page.locator("#amount-title")).to_contain_text("seat 2")
    page.click("#amount-ok")
    expect(page.locator(".seat.is-mine")).to_have_attribute("data-seat", "1")
    expect(page.locator("#wait-leave")).to_be_hidden()
    assert room.requests("sit")[0]["seat"] == 1


def test_the_line_is_left_again(at_table: AtTable) -> None:
    page, room = at_table(*FULL, seats=3)
    page.click("#wait-join")
    page.click("#wait-leave")
    expect(page.locator("#wait-join")).to_be_visible()
    expect(page.locator("#log")).to_contain_text(f"{ME} leaves the waiting list")
    assert room.state.waiting == ()


def test_a_seat_that_was_not_taken_in_time_is_gone(at_table: AtTable) -> None:
    page, room = at_table(*FULL, seats=3, offer_ms=300)
    page.click("#wait-join")
    expect(page.locator("#wait-leave")).to_be_visible()
    room.do(c.Leave(room.user_of("Cem")))
    room.wait_until(room.state.waiting[0].deadline_ms or 0)
    room.do(c.Tick())
    expect(page.locator(".toast-error")).to_contain_text("did not take the seat in time")
    expect(page.locator("#sit-any")).to_be_visible()


def test_between_hands_one_moves_at_once(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), (3, ME, 5_000))
    page.click("[data-seat='5'] .seat-sit")
    expect(page.locator("#move-title")).to_have_text("Move to seat 6?")
    page.click("#move-dialog [data-close]")
    page.click("[data-seat='5'] .seat-sit")
    page.click("#move-dialog button[value=ok]")
    expect(page.locator(".seat.is-mine")).to_have_attribute("data-seat", "5")
    expect(page.locator(".toast-success")).to_contain_text("seat 6")
    assert room.requests("change_seat") == [{"seat": 5}]


def test_in_a_hand_one_moves_after_it_or_thinks_better_of_it(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), (2, "Bob", 5_000), (3, ME, 5_000))
    room.deal(stacked_deck(3))
    page.click("[data-seat='5'] .seat-sit")
    page.click("#move-dialog button[value=ok]")
    expect(page.locator("#status p")).to_contain_text("You move to seat 6 after this hand")
    expect(page.locator(".seat.is-mine .seat-note")).to_have_text("To seat 6")
    page.click("[data-seat='5'] .seat-sit")
    expect(page.locator("#status p")).to_contain_text("is to act")
    assert room.requests("change_seat") == [{"seat": 5}, {"seat": 3}]
    page.click("[data-seat='4'] .seat-sit")
    page.click("#move-dialog button[value=ok]")
    expect(page.locator(".seat.is-mine .seat-note")).to_have_text("To seat 5")
    room.seat((4, "Emil", 5_000))
    while room.state.hand is not None:
        room.act("fold")
    expect(page.locator(".toast-error")).to_contain_text("Seat 5 was taken")


def test_who_watches_a_table_with_free_seats_cannot_wait(at_table: AtTable) -> None:
    page, _ = at_table((0, "Ann", 5_000), language="ko")
    expect(page.locator("#sit-any")).to_be_visible()
    expect(page.locator("#wait-join")).to_be_hidden()
