"""A connection that is dead without saying so, and requests that are refused for the moment."""

import time

from playwright.sync_api import expect

from tests.pages.conftest import AtTable


def test_a_silent_connection_is_given_up_within_seconds(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000))
    state = page.locator("#connection")
    pings = len(room.requests("ping"))
    room.is_silent = True
    began = time.monotonic()
    expect(state).to_have_attribute("data-state", "offline", timeout=30_000)
    assert 4 < time.monotonic() - began < 15
    assert len(room.requests("ping")) == pings + 1
    room.is_silent = False
    expect(state).to_have_attribute("data-state", "online", timeout=30_000)
    room.seat((2, "Bob", 5_000))
    expect(page.locator("[data-seat='2'] .seat-name")).to_have_text("Bob")


def test_a_quiet_table_that_answers_pings_stays_connected(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000))
    expect(page.locator("#connection")).to_have_attribute("data-state", "online")
    end = time.monotonic() + 60
    while len(room.requests("ping")) < 2:
        assert time.monotonic() < end
        page.wait_for_timeout(200)
    assert len(room.sockets) == 1


def test_what_is_unavailable_is_asked_again_with_the_same_id(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), path="#sit")
    room.refusals["sit"] = ["unavailable", "unavailable"]
    page.click("#amount-ok")
    expect(page.locator(".seat.is-mine .seat-stack")).to_have_text("₩10,000")
    ids = [request["id"] for request in room.asked if request["type"] == "sit"]
    assert len(ids) == 3
    assert len(set(ids)) == 1
    expect(page.locator(".toast-error")).to_have_count(0)


def test_what_stays_unavailable_is_told(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000), path="#sit")
    room.refusals["sit"] = ["unavailable"] * 9
    page.click("#amount-ok")
    expect(page.locator(".toast-error")).to_contain_text("cannot be reached")


def test_a_table_that_fell_back_to_an_older_state_is_shown_as_it_is(at_table: AtTable) -> None:
    page, room = at_table((0, "Ann", 5_000))
    room.seat((2, "Bob", 5_000))
    expect(page.locator("[data-seat='2'] .seat-name")).to_have_text("Bob")
    room.forget()
    room.sockets.pop().close()
    expect(page.locator("[data-seat='2'] .pod")).to_be_hidden()
    room.seat((4, "Cem", 5_000))
    expect(page.locator("#log")).to_contain_text("Cem sits down")
