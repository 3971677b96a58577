"""The player's options: what is shown is what the table keeps."""

from playwright.sync_api import Page, expect

from tables.engine import commands as c
from tests.engine.room import stacked_deck
from tests.pages.conftest import PHONE, AtTable
from tests.pages.standin import ME, StandIn


def opened(at_table: AtTable, **options: object) -> tuple[Page, StandIn]:
    page, room = at_table((0, "Ann", 5_000), (3, ME, 5_000), **options)
    page.click("#options")
    expect(page.locator("#options-dialog")).to_be_visible()
    return page, room


def test_only_what_the_table_offers_is_there(at_table: AtTable) -> None:
    page, _ = opened(at_table)
    for name in ("straddle", "run_it_twice", "rabbit_hunt"):
        expect(page.locator(f"#options-dialog [name={name}]")).to_be_hidden()
    page, _ = opened(at_table, straddle=True, run_it_twice=True, rabbit_hunt=True)
    for name in ("straddle", "run_it_twice", "rabbit_hunt"):
        expect(page.locator(f"#options-dialog [name={name}]")).to_be_visible()


def test_each_change_is_sent_at_once_and_kept(at_table: AtTable) -> None:
    page, room = opened(at_table, straddle=True, run_it_twice=True, rabbit_hunt=True)
    dialog = page.locator("#options-dialog")
    dialog.locator("[name=post_blinds][value=yes]").check()
    dialog.locator("[name=straddle]").check()
    dialog.locator("[name=run_it_twice]").select_option("no")
    dialog.locator("[name=rabbit_hunt]").check()
    dialog.locator("[name=sit_out_next_big_blind]").check()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert room.awaited(page, "set_options", 5) == [
        {"post_blinds": True},
        {"straddle": True},
        {"run_it_twice": "no"},
        {"rabbit_hunt": True},
        {"sit_out_next_big_blind": True},
    ]
    page.reload()
    page.click("#options")
    for name in ("straddle", "rabbit_hunt", "sit_out_next_big_blind"):
        expect(dialog.locator(f"[name={name}]")).to_be_checked()
    expect(dialog.locator("[name=post_blinds][value=yes]")).to_be_checked()
    expect(dialog.locator("[name=run_it_twice]")).to_have_value("no")


def test_what_the_table_switches_off_is_off(at_table: AtTable) -> None:
    page, room = opened(at_table)
    page.locator("#options-dialog [name=sit_out_next_big_blind]").check()
    room.awaited(page, "set_options")
    room.do(c.SetOptions(room.user_of(ME), sit_out_next_big_blind=False))
    expect(page.locator("#options-dialog [name=sit_out_next_big_blind]")).not_to_be_checked()


def test_what_it_switches_off_before_the_page_has_drawn_it_is_off(at_table: AtTable) -> None:
    page, room = opened(at_table)
    page.evaluate(
        """() => {
          const soon = window.requestAnimationFrame;
          window.requestAnimationFrame = (draw) => soon(() => setTimeout(draw, 700));
        }"""
    )
    box = page.locator("#options-dialog [name=sit_out_next_big_blind]")
    box.check()
    room.awaited(page, "set_options")
    room.do(c.SetOptions(room.user_of(ME), sit_out_next_big_blind=False))
    expect(box).not_to_be_checked()


def test_the_automatic_top_up_is_an_amount_within_the_tables_range(at_table: AtTable) -> None:
    page, room = opened(at_table, viewport=PHONE)
    page.locator("#options-dialog [name=auto_top_up]").check()
    amount = page.locator("#options-dialog [name=auto_top_up_amount]")
    expect(amount).to_have_value("10,000")
    amount.fill("7500")
    page.keyboard.press("Enter")
    expect(page.locator("#options-dialog")).to_be_visible()
    amount.fill("99999")
    page.keyboard.press("Tab")
    expect(amount).to_have_value("10,000")
    page.locator("#options-dialog [name=auto_top_up]").uncheck()
    expect(amount).to_be_hidden()
    sent = [request["auto_top_up_krw"] for request in room.awaited(page, "set_options", 4)]
    assert sent == [10_000, 7_500, 10_000, 0]


def test_leaving_after_the_hand_is_offered_in_a_hand(at_table: AtTable) -> None:
    page, room = opened(at_table)
    leave = page.locator("#options-dialog [name=leave_after_hand]")
    expect(leave).to_be_disabled()
    room.deal(stacked_deck(2))
    expect(leave).to_be_enabled()
    leave.check()
    expect(leave).to_be_checked()
    while room.state.hand is not None:
        room.act("fold")
    expect(page.locator(".toast").last).to_contain_text("back in your balance")
    expect(page.locator("#options-dialog")).to_be_hidden()


def test_who_has_no_seat_has_no_options(at_table: AtTable) -> None:
    page, _ = at_table((0, "Ann", 5_000))
    expect(page.locator("#options")).to_be_hidden()
