"""The buttons of a turn are exactly what the table allows; no more, no less, no other amount."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tables.engine import commands as c
from tables.engine import public_view
from tables.engine.events import TurnStarted
from tests.engine.room import stacked_deck
from tests.pages.conftest import PHONE, AtTable
from tests.pages.standin import ME, StandIn

PRESETS = ("min", "half", "pot", "max")
SEND_TO_SERVER = "#fold, #call, #raise-button"


# The states of a turn. Ann (seat 0) has the button, Bob (2) is the small blind and `ME` (3) the big
# one; blinds are 50/100.


def free_to_check(room: StandIn) -> None:
    room.act("call")
    room.act("call")


def facing_a_raise(room: StandIn) -> None:
    room.act("raise", 300)
    room.act("call")


def facing_a_bet_on_the_flop(room: StandIn) -> None:
    for action in ("call", "call", "check"):
        room.act(action)
    room.act("raise", 150)


def first_on_the_flop(room: StandIn) -> None:
    for action in ("call", "fold", "check"):
        room.act(action)


def barred_from_raising(room: StandIn) -> None:
    """Ann's all-in over the own raise to 300 is no full raise."""
    room.act("call")
    room.act("call")
    room.act("raise", 300)
    room.act("raise", 450)
    room.act("fold")


def facing_an_all_in(room: StandIn) -> None:
    room.act("raise", 5_000)
    room.act("fold")


STATES: dict[str, tuple[tuple[int, int, int], Callable[[StandIn], None], dict[str, Any]]] = {
    # stacks of Ann, Bob and ME → what the table must say: call, least and most of a raise
    "free to check": (
        (5_000, 5_000, 5_000),
        free_to_check,
        {"call": 0, "raise": (200, 5_000)},
    ),
    "first on the flop": (
        (5_000, 5_000, 5_000),
        first_on_the_flop,
        {"call": 0, "raise": (100, 4_900)},
    ),
    "facing a raise": (
        (5_000, 5_000, 5_000),
        facing_a_raise,
        {"call": 200, "raise": (500, 5_000)},
    ),
    "facing a bet": (
        (5_000, 5_000, 5_000),
        facing_a_bet_on_the_flop,
        {"call": 150, "raise": (300, 4_900)},
    ),
    "barred from raising": (
        (450, 5_000, 5_000),
        barred_from_raising,
        {"call": 150, "raise": None},
    ),
    "only all-in is a raise": (
        (5_000, 5_000, 350),
        facing_a_raise,
        {"call": 200, "raise": (350, 350)},
    ),
    "the call is all-in": (
        (5_000, 5_000, 250),
        facing_a_raise,
        {"call": 150, "raise": None},
    ),
    "everyone else is all-in": (
        (5_000, 5_000, 9_000),
        facing_an_all_in,
        {"call": 4_900, "raise": None},
    ),
}


def play_to(at_table: AtTable, name: str, **options: Any) -> tuple[Page, StandIn, TurnStarted]:
    """The page when the turn in that state has come to it, and the turn as the table tells it."""
    (ann, bob, mine), moves, expected = STATES[name]
    page, room = at_table(
        (0, "Ann", ann), (2, "Bob", bob), (3, ME, mine), min_buy_in_krw=50, **options
    )
    room.deal(stacked_deck(3))
    moves(room)
    turn = my_turn(room)
    legal = (turn.min_raise_to_krw, turn.max_raise_to_krw)
    assert (turn.call_krw, legal) == (expected["call"], expected["raise"] or (None, None))
    expect(page.locator("#actions")).to_be_visible()
    return page, room, turn


def my_turn(room: StandIn) -> TurnStarted:
    hand = room.state.hand
    assert hand is not None
    assert hand.turn is not None
    assert room.state.seats[hand.turn.seat].nickname == ME
    return hand.turn


def typed_krw(page: Page) -> int:
    return int(page.input_value("#raise-number").replace(",", ""))


def slide(page: Page, end: str) -> int:
    page.eval_on_selector(
        "#raise-range",
        "(range, end) => { range.value = range[end]; range.dispatchEvent(new Event('input')); }",
        end,
    )
    return typed_krw(page)


def preset(page: Page, name: str) -> int:
    page.click(f"[data-preset={name}]")
    return typed_krw(page)


def offer_of(page: Page) -> dict[str, Any]:
    """What the page lets one do."""
    is_open = page.is_visible("#raise")
    return {
        "fold": page.is_visible("#fold") and page.is_enabled("#fold"),
        "call": page.inner_text("#call") if page.is_enabled("#call") else None,
        "raise": page.is_visible("#raise-button") and page.is_enabled("#raise-button"),
        "slider": (slide(page, "min"), slide(page, "max")) if is_open else None,
        "presets": (preset(page, "min"), preset(page, "max")) if is_open else None,
    }


def offer_by(turn: TurnStarted, stack_krw: int) -> dict[str, Any]:
    """What a page must offer by a turn as it is on the wire, to who has so much behind."""
    least, most = turn.min_raise_to_krw, turn.max_raise_to_krw
    is_open = least is not None and least != most
    amount = f"₩{turn.call_krw:,}" + (", all-in" if turn.call_krw == stack_krw else "")
    return {
        "fold": turn.call_krw > 0,
        "call": f"Call {amount}" if turn.call_krw else "Check",
        "raise": least is not None,
        "slider": (least, most) if is_open else None,
        "presets": (least, most) if is_open else None,
    }


@pytest.mark.parametrize("name", STATES)
def test_the_page_offers_what_the_turn_allows(at_table: AtTable, name: str) -> None:
    page, room, turn = play_to(at_table, name)
    (behind_krw,) = [
        seat.stack_krw for seat in public_view(room.state).seats if seat.seat == turn.seat
    ]
    assert offer_of(page) == offer_by(turn, behind_krw)
    if page.is_visible("#raise"):
        least, most = turn.min_raise_to_krw or 0, turn.max_raise_to_krw or 0
        sizes = [preset(page, size) for size in PRESETS]
        assert sizes == sorted(sizes)
        assert all(least <= size <= most for size in sizes)


def test_half_a_pot_and_a_pot_are_what_players_call_so(at_table: AtTable) -> None:
    page, _, _ = play_to(at_table, "facing a raise", viewport=PHONE)
    # In the pot are 300 + 300 + 100; the call makes it 900 at 300 in front.
    assert [preset(page, size) for size in PRESETS] == [500, 300 + 450, 300 + 900, 5_000]
    expect(page.locator("#raise-button")).to_have_text("All-in ₩5,000")


@pytest.mark.parametrize(("name", "least"), [("first on the flop", 100), ("facing a bet", 300)])
def test_the_first_wager_is_a_bet(at_table: AtTable, name: str, least: int) -> None:
    page, room, turn = play_to(at_table, name)
    word, told = ("Bet", "bets") if turn.call_krw == 0 else ("Raise to", "raises to")
    expect(page.locator("#raise-button")).to_have_text(f"{word} ₩{least:,}")
    page.click("#raise-button")
    expect(page.locator("#log")).to_contain_text(f"{ME} {told} ₩{least:,}")
    assert [asked["to_krw"] for asked in room.requests("act")] == [least]


def test_the_only_raise_is_all_in_and_says_so(at_table: AtTable) -> None:
    page, room, _ = play_to(at_table, "only all-in is a raise")
    expect(page.locator("#raise-button")).to_have_text("All-in ₩350")
    page.click("#raise-button")
    expect(page.locator("#log")).to_contain_text(f"{ME} raises to ₩350 and is all-in")
    assert [asked["to_krw"] for asked in room.requests("act")] == [350]


def test_who_may_not_raise_or_fold_does_not_by_key_either(at_table: AtTable) -> None:
    page, room, _ = play_to(at_table, "barred from raising")
    page.keyboard.press("r")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("c")
    expect(page.locator("#log")).to_contain_text(f"{ME} calls ₩150")
    assert [asked["action"] for asked in room.requests("act")] == ["call"]


def test_a_hand_that_costs_nothing_is_not_folded_by_key(at_table: AtTable) -> None:
    page, room, _ = play_to(at_table, "free to check")
    expect(page.locator("#fold")).to_have_attribute("title", "Checking is free")
    page.keyboard.press("f")
    page.keyboard.press("c")
    expect(page.locator("#log")).to_contain_text(f"{ME} checks")
    assert [asked["action"] for asked in room.requests("act")] == ["check"]


def test_a_short_big_blind_is_called_in_full(at_table: AtTable) -> None:
    page, room = at_table((0, ME, 5_000), (2, "Bob", 5_000), (3, "Cat", 60), min_buy_in_krw=50)
    room.deal(stacked_deck(3))
    turn = my_turn(room)
    assert (turn.call_krw, turn.min_raise_to_krw) == (100, 200)
    expect(page.locator("#actions")).to_be_visible()
    assert offer_of(page) == offer_by(turn, 5_000)


def test_nothing_is_offered_out_of_turn_or_to_who_sits_out(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), (2, "Bob", 5_000), (3, ME, 5_000))
    room.deal(stacked_deck(3))
    expect(page.locator("#status")).to_contain_text("Ann is to act")
    expect(page.locator("#actions")).to_be_hidden()
    for key in "fcr":
        page.keyboard.press(key)
    for action in ("fold", "fold"):
        room.act(action)
    room.do(c.SitOut(room.user_of(ME)))
    room.deal(stacked_deck(2))
    expect(page.locator("#status")).to_contain_text("You are sitting out")
    expect(page.locator("#actions")).to_be_hidden()
    assert room.requests("act") == []


def test_buttons_go_with_the_connection_and_the_turn(at_table: AtTable) -> None:
    page, room, _ = play_to(at_table, "facing a raise")
    room.is_silent = True
    page.click("#call")
    for button in page.locator(SEND_TO_SERVER).all():
        expect(button).to_be_disabled()
    for socket in list(room.sockets):
        socket.close()
    expect(page.locator("#actions")).to_be_hidden()
    assert len(room.requests("act")) == 1


@pytest.mark.parametrize("typed", ["499", "5001", "999999999999999999999"])
def test_a_typed_amount_outside_the_limits_is_refused_with_them(
    at_table: AtTable, typed: str
) -> None:
    page, room, _ = play_to(at_table, "facing a raise")
    page.fill("#raise-number", typed)
    page.click("#raise-button")
    field = page.locator("#raise-number")
    assert field.evaluate("field => field.validationMessage") == "Choose ₩500 to ₩5,000."
    expect(field).to_be_focused()
    assert room.requests("act") == []
    page.fill("#raise-number", "777")
    page.click("#raise-button")
    expect(page.locator("#log")).to_contain_text(f"{ME} raises to ₩777")
    assert [asked["to_krw"] for asked in room.requests("act")] == [777]


def test_enter_says_what_is_wrong_with_an_amount_and_sends_nothing(at_table: AtTable) -> None:
    page, room, _ = play_to(at_table, "facing a raise")
    page.fill("#raise-number", "6000")
    page.press("#raise-number", "Enter")
    expect(page.locator(".toast")).to_have_text("Choose ₩500 to ₩5,000.")
    expect(page.locator("#raise-number")).to_have_value("5,000")
    assert room.requests("act") == []
