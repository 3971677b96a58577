"""Deciding before one is asked."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tables.engine import commands as c
from tests.engine.room import stacked_deck
from tests.pages.conftest import PHONE, AtTable
from tests.pages.recording import Recording
from tests.pages.standin import ME, StandIn

CALLS = """
async (recorded) => {
  const { callKrw } = await import("/tables/js/planning.js");
  return JSON.parse(recorded).map(([view, seat]) =>
    callKrw(view, view.seats.find((one) => one.seat === seat)));
}
"""


def three(at_table: AtTable, **options: Any) -> tuple[Page, StandIn, str]:
    """Ann on the button is asked first; Bob is the small blind, the page's player the big one."""
    page, room = at_table((0, "Ann", 5_000), (2, "Bob", 5_000), (3, ME, 3_000), **options)
    hand_id = room.deal(stacked_deck(3))
    expect(page.locator("#plans")).to_be_visible()
    return page, room, hand_id


def plan(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("seed", [2, 3])
def test_the_call_that_is_offered_is_the_tables_own(modules: Page, seed: int) -> None:
    recording = Recording(seed, seats=6)
    recording.play(1_500)
    assert len(recording.calls) > 500
    views = json.dumps([(view, seat) for view, seat, _ in recording.calls])
    assert modules.evaluate(CALLS, views) == [call_krw for _, _, call_krw in recording.calls]


def test_a_plan_is_pressed_kept_and_taken_back(at_table: AtTable) -> None:
    page, room, hand_id = three(at_table)
    expect(plan(page, "Check")).to_have_attribute("aria-pressed", "false")
    plan(page, "Check/fold").click()
    expect(plan(page, "Check/fold")).to_have_attribute("aria-pressed", "true")
    plan(page, "Check").click()
    expect(plan(page, "Check")).to_have_attribute("aria-pressed", "true")
    expect(plan(page, "Check/fold")).to_have_attribute("aria-pressed", "false")
    plan(page, "Check").click()
    expect(plan(page, "Check")).to_have_attribute("aria-pressed", "false")
    assert room.requests("pre_act") == [
        {"hand_id": hand_id, "action": "check_fold"},
        {"hand_id": hand_id, "action": "check"},
    ]
    assert len(room.requests("cancel_pre_act")) == 1


def test_a_raise_cancels_the_plan_for_another_amount_and_offers_the_new_one(
    at_table: AtTable,
) -> None:
    page, room, _ = three(at_table, viewport=PHONE)
    plan(page, "Check").click()
    expect(plan(page, "Check")).to_have_attribute("aria-pressed", "true")
    room.act("raise", 300)
    expect(plan(page, "Call ₩200")).to_have_attribute("aria-pressed", "false")
    expect(plan(page, "Fold")).to_be_visible()
    plan(page, "Call ₩200").click()
    expect(plan(page, "Call ₩200")).to_have_attribute("aria-pressed", "true")
    room.act("call")
    expect(page.locator("#log")).to_contain_text(f"{ME} calls ₩200")
    expect(page.locator("#plans [aria-pressed=true]")).to_have_count(0)


def test_a_call_for_more_than_the_stack_offers_the_stack(at_table: AtTable) -> None:
    page, room, _ = three(at_table)
    room.act("raise", 5_000)
    expect(plan(page, "Call ₩2,900")).to_be_visible()
    plan(page, "Call any").click()
    room.act("fold")
    expect(page.locator("#log")).to_contain_text(f"{ME} calls ₩2,900 and is all-in")


def test_an_amount_that_changed_meanwhile_is_no_error(at_table: AtTable) -> None:
    page, room, _ = three(at_table)
    room.refusals["pre_act"] = ["stale_amount"]
    plan(page, "Check").click()
    page.wait_for_function("document.querySelectorAll('#plans button').length === 3")
    plan(page, "Call any").click()
    expect(plan(page, "Call any")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".toast")).to_have_count(0)


def test_no_plans_on_the_own_turn_after_folding_or_when_nothing_can_come(
    at_table: AtTable,
) -> None:
    page, room, _ = three(at_table)
    room.act("call")
    room.act("call")
    expect(page.locator("#actions")).to_be_visible()
    expect(page.locator("#plans")).to_be_hidden()
    room.act("check")
    room.act("check")
    room.act("raise", 400)
    expect(page.locator("#plans")).to_be_visible()
    room.act("fold")
    expect(page.locator("#status")).to_contain_text("Bob is to act")
    room.act("raise", 4_900)
    expect(page.locator("#actions")).to_be_visible()


def test_nobody_decides_in_advance_when_the_last_opponent_can_only_call(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 2_000), (3, ME, 9_000))
    room.deal(stacked_deck(2))
    hand = room.state.hand
    assert hand is not None
    assert hand.turn is not None
    if room.state.seats[hand.turn.seat].nickname != ME:
        room.act("call")
    expect(page.locator("#actions")).to_be_visible()
    room.act("raise", 2_500)
    expect(page.locator("#status")).to_contain_text("Ann is to act")
    expect(page.locator("#plans")).to_be_hidden()


def test_a_plan_survives_a_lost_connection(at_table: AtTable) -> None:
    page, room, _ = three(at_table)
    plan(page, "Call any").click()
    expect(plan(page, "Call any")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(plan(page, "Call any")).to_have_attribute("aria-pressed", "true")
    room.do(c.CancelPreAct(room.user_of(ME)))
    expect(plan(page, "Call any")).to_have_attribute("aria-pressed", "false")
