"""A newcomer plays a hand to its end with nothing but the page."""

import time
from contextlib import suppress

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as NotThere

from tests.pages.conftest import PHONE, Visit, balance, sign_up, won

GRANT_KRW = 10_000_000


def sit_down(page: Page) -> int:
    """Through the dialog, with what it proposes; returns the buy-in."""
    page.wait_for_selector("#amount-dialog[open]")
    buy_in = won(page.inner_text("#amount-output"))
    page.click("#amount-ok")
    page.wait_for_selector(".seat.is-mine .seat-stack:has-text('₩')")
    return buy_in


def act_until(page: Page, done: str, *, seconds: float = 120) -> int:
    """Check or call at every turn until `done` is in the page; returns the number of turns."""
    turns, end = 0, time.monotonic() + seconds
    while not page.locator(done).count():
        assert time.monotonic() < end, page.inner_text("#log")
        if page.is_visible("#actions") and page.is_enabled("#call"):
            # The turn may end meanwhile: one who leaves is folded by the table.
            with suppress(NotThere):
                page.click("#call", timeout=2_000)
                turns += 1
        page.wait_for_timeout(100)
    return turns


def play_a_hand(page: Page) -> None:
    """Own cards, at least one own turn, and somebody wins."""
    page.wait_for_selector(".seat.is-mine .card[data-card]", timeout=60_000)
    while act_until(page, ".seat.is-winner") == 0:  # everybody else folded to us
        page.wait_for_selector(".seat.is-winner", state="detached")
    assert page.locator(".seat.is-mine .card[data-card]").count() == 2
    expect(page.locator("#verdict")).to_contain_text("wins")


def leave(page: Page) -> None:
    """The page tells where the chips went."""
    page.click("#leave")
    page.click("#leave-dialog button[value=ok]")
    act_until(page, ".toast:has-text('back in your balance')")
    expect(page.locator(".seat.is-mine")).to_have_count(0)


def books_agree(page: Page) -> bool:
    """Whether the balance is the grant and all that the player's hands won or lost."""
    page.goto("/hands/")
    results = page.locator(".rows.hands .amount strong").all_inner_texts()
    expected = GRANT_KRW + sum(won(result) for result in results)
    return bool(results) and balance(page) == expected


def test_a_newcomer_signs_up_plays_a_hand_and_takes_the_chips_home(visit: Visit) -> None:
    page = visit("/")
    page.click(".hero a:has-text('Sign up and play')")
    nickname = sign_up(page)
    page.goto("/")
    assert balance(page) == GRANT_KRW

    page.click("#play-now")
    buy_in = sit_down(page)
    expect(page.locator("[data-balance]")).to_have_attribute(
        "data-balance", str(GRANT_KRW - buy_in)
    )
    play_a_hand(page)
    assert nickname in page.inner_text("#log")
    leave(page)

    end = time.monotonic() + 60
    while not books_agree(page):  # the ledger follows the table a moment later
        assert time.monotonic() < end, (balance(page), page.inner_text(".rows.hands"))
        page.wait_for_timeout(300)

    page.click(".rows.hands a >> nth=0")
    assert nickname in page.inner_text(".story")
    assert page.locator(".hand-top .card").count() >= 2


def test_a_hand_is_played_on_a_phone(player: Visit) -> None:
    page = player("/tables/2/#sit", PHONE)
    sit_down(page)
    play_a_hand(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    leave(page)


def test_raising_with_the_number_field_bets_exactly_that(player: Visit) -> None:
    page = player("/tables/1/#sit")
    sit_down(page)
    for _ in range(10):
        page.wait_for_selector("#actions:visible #call:enabled", timeout=60_000)
        if page.is_visible("#raise"):
            break
        page.click("#call")
    least = won(page.input_value("#raise-number"))
    page.fill("#raise-number", str(least + 7))
    expect(page.locator("#raise-button")).to_contain_text(f"₩{least + 7:,}")
    page.click("#raise-button")
    expect(page.locator("#log")).to_contain_text(f"₩{least + 7:,}")
    leave(page)
