"""Talking at a table, and not listening to somebody."""

from playwright.sync_api import Page, expect

from tests.pages.conftest import Visit
from tests.pages.test_play import sit_down


def say(page: Page, text: str) -> None:
    page.click("#tab-chat")
    page.fill("#chat-form input", text)
    page.press("#chat-form input", "Enter")


def lines(page: Page) -> list[str]:
    return page.locator("#chat li:visible > span:visible").all_inner_texts()


def test_a_player_is_muted_and_read_again(player: Visit) -> None:
    one, two = player("/tables/4/#sit"), player("/tables/4/")
    sit_down(one)
    two.click("#tab-chat")
    say(one, "first")
    say(one, "second")
    expect(two.locator("#chat li:visible")).to_have_count(2)
    assert one.locator("#chat .mute").count() == 0
    two.locator("#chat .mute").first.click()
    expect(two.locator("#chat li:visible")).to_have_count(1)
    assert lines(two) == []
    say(one, "third")
    expect(two.locator("#chat [data-user]")).to_have_count(3)
    assert lines(two) == []
    assert two.locator("#chat li:visible").count() == 1

    # The server keeps it.
    two.reload()
    expect(two.locator("#connection")).to_have_attribute("data-state", "online")
    two.click("#tab-chat")
    say(one, "fourth")
    button = two.locator("#chat .mute:visible")
    expect(button).to_have_text("Read again")
    assert lines(two) == []
    button.click()
    expect(two.locator("#chat span:has-text('fourth')")).to_be_visible()


def test_who_writes_too_fast_is_told_and_keeps_the_text(player: Visit) -> None:
    page = player("/tables/5/#sit")
    sit_down(page)
    for number in range(6):
        say(page, f"line {number}")
        page.wait_for_timeout(100)
    expect(page.locator(".toast")).to_contain_text("You write too fast")
    expect(page.locator("#chat-form input")).to_have_value("line 5")
