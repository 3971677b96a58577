"""Questions that need everybody's consent: run it twice, and the rabbit hunt."""

from playwright.sync_api import Page, expect

from tables.engine import commands as c
from tests.engine.room import stacked_deck
from tests.pages.conftest import AtTable
from tests.pages.standin import ME, StandIn

BOARD = "AsKdQh2c3s4c5c6c7c8c"


def all_in(at_table: AtTable) -> tuple[Page, StandIn, str]:
    page, room = at_table((0, "Ann", 2_000), (3, ME, 2_000), run_it_twice=True)
    hand_id = room.deal(stacked_deck(2, board=BOARD))
    room.act("raise", 2_000)
    room.act("call")
    expect(page.locator("#choice")).to_contain_text("Run it twice?")
    expect(page.locator("#announce")).to_have_text("Run it twice?")
    return page, room, hand_id


def answer(room: StandIn, name: str, hand_id: str, choice: c.Choice, *, agree: bool = True) -> None:
    room.do(c.Answer(room.user_of(name), hand_id, choice, agree))


def test_all_agree_and_two_boards_are_run(at_table: AtTable) -> None:
    page, room, hand_id = all_in(at_table)
    page.click("#choice-yes")
    expect(page.locator("#choice")).to_be_hidden()
    expect(page.locator("#status")).to_contain_text("Waiting for answers")
    assert room.requests("answer") == [
        {"hand_id": hand_id, "choice": "run_it_twice", "agree": True}
    ]
    answer(room, "Ann", hand_id, "run_it_twice")
    expect(page.locator("#board .card[data-card]")).to_have_count(5)
    expect(page.locator("#second-board .card[data-card]")).to_have_count(5)
    expect(page.locator("#verdict")).to_contain_text("Board 1: ")
    expect(page.locator("#verdict")).to_contain_text("Board 2: ")
    expect(page.locator("#log")).to_contain_text("First board: ")
    expect(page.locator("#log")).to_contain_text("Second board: ")


def test_one_no_is_enough(at_table: AtTable) -> None:
    page, room, _ = all_in(at_table)
    page.focus("#choice-no")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("The rest is run once")
    expect(page.locator("#second-row")).to_be_hidden()
    assert [asked["agree"] for asked in room.requests("answer")] == [False]


def test_who_watches_is_not_asked(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 2_000), (2, "Bob", 2_000), run_it_twice=True)
    room.deal(stacked_deck(2, board=BOARD))
    room.act("raise", 2_000)
    room.act("call")
    expect(page.locator("#log")).to_contain_text("run it twice?")
    expect(page.locator("#choice")).to_be_hidden()


def folded(at_table: AtTable) -> tuple[Page, StandIn, str]:
    page, room = at_table((0, "Ann", 5_000), (2, "Bob", 5_000), (3, ME, 5_000), rabbit_hunt=True)
    hand_id = room.deal(stacked_deck(3, board=BOARD))
    expect(page.locator("#rabbit-hunt")).to_be_hidden()
    room.act("fold")
    room.act("fold")
    expect(page.locator("#rabbit-hunt")).to_be_visible()
    return page, room, hand_id


def test_a_rabbit_hunt_shows_what_would_have_come(at_table: AtTable) -> None:
    page, room, hand_id = folded(at_table)
    page.click("#rabbit-hunt")
    expect(page.locator("#rabbit-hunt")).to_be_hidden()
    expect(page.locator("#choice")).to_be_hidden()
    for name in ("Ann", "Bob"):
        answer(room, name, hand_id, "rabbit_hunt")
    expect(page.locator("#board .card-rabbit")).to_have_count(5)
    expect(page.locator("#rabbit")).to_be_visible()
    expect(page.locator("#log")).to_contain_text("would have come")
    room.deal(stacked_deck(3))
    expect(page.locator("#board .card-rabbit")).to_have_count(0)
    expect(page.locator("#rabbit")).to_be_hidden()


def test_a_rabbit_hunt_that_somebody_declines_is_not_offered_again(at_table: AtTable) -> None:
    page, room, hand_id = folded(at_table)
    answer(room, "Ann", hand_id, "rabbit_hunt")
    expect(page.locator("#choice")).to_contain_text("Rabbit hunt")
    page.click("#choice-no")
    expect(page.locator("#log")).to_contain_text("not everyone agreed")
    expect(page.locator("#rabbit-hunt")).to_be_hidden()


def test_no_rabbit_hunt_where_the_table_has_none(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), (3, ME, 5_000))
    room.deal(stacked_deck(2))
    room.act("fold")
    expect(page.locator("#verdict")).to_contain_text("wins")
    expect(page.locator("#rabbit-hunt")).to_be_hidden()
