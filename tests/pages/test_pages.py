"""Every page fits its window, needs nothing inline, and shows only what is one's own."""

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from tables.models import Stake, Table
from tables.selectors import forget_table_facts
from tables.texts import LOBBY_PAGE, TABLE_PAGE
from tests.pages.conftest import DESKTOP, PHONE, Visit
from tests.pages.files import STATIC
from tests.support.site import RunningSite

SMALL_PHONE = {"width": 360, "height": 640}
PLAYER_PAGES = ("/", "/tables/1/", "/tables/2/", "/hands/", "/accounts/")
BOXES = """
() => [...document.querySelectorAll(".seat:not(.is-free) .pod, .seat-sit:not([hidden]), #board")]
  .map((element) => element.getBoundingClientRect())
  .map(({ left, top, right, bottom }) => [left, top, right, bottom])
"""
VISITOR_PAGES = ("/", "/tables/2/", "/accounts/login/", "/accounts/signup/")


@pytest.mark.parametrize("viewport", [SMALL_PHONE, PHONE, DESKTOP], ids=["360", "390", "1280"])
def test_no_page_scrolls_sideways(visit: Visit, player: Visit, viewport: dict[str, int]) -> None:
    for page, paths in (
        (visit("/", viewport), VISITOR_PAGES),
        (player("/", viewport), PLAYER_PAGES),
    ):
        for path in paths:
            page.goto(path)
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path


@pytest.mark.parametrize("viewport", [SMALL_PHONE, PHONE, DESKTOP], ids=["360", "390", "1280"])
def test_no_seat_covers_another_or_the_board(visit: Visit, viewport: dict[str, int]) -> None:
    page = visit("/tables/2/", viewport)
    page.wait_for_selector(".seat >> nth=8")
    boxes = page.evaluate(BOXES)
    assert len(boxes) == 10
    for index, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0
        assert right <= viewport["width"]
        for other in boxes[index + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (boxes[index], other)


def test_a_visitor_watches_and_cannot_touch(visit: Visit) -> None:
    page = visit("/tables/1/")
    page.wait_for_selector("#connection[data-state=online]")
    page.wait_for_selector(".seat .pod:visible >> nth=1")
    assert page.locator(".seat .badge:visible").count() == 2
    expect(page.locator("#status a").first).to_contain_text("Sign up")
    assert page.locator(".seat-sit:visible:enabled").count() == 0
    assert page.locator("#chat-form, #actions:visible").count() == 0
    # At a showdown cards are open for everyone; in play all that are held lie face down.
    page.wait_for_function(
        """() => document.querySelectorAll(".seat .card:not([data-card])").length >= 4
          && document.querySelectorAll(".seat .card[data-card]").length === 0"""
    )


def test_the_lobby_is_live_and_filters(visit: Visit) -> None:
    page = visit("/")
    expect(page.locator("[data-table='1'] [data-field=players]")).to_contain_text("2 of 6")
    page.select_option("select[name=seats]", "9")
    assert page.locator("[data-table='1']:visible").count() == 0
    assert page.locator("[data-table='2']:visible").count() == 1
    page.select_option("select[name=stake]", index=3)
    assert page.locator("[data-stake]:visible").count() == 1


def test_the_language_is_switched_from_the_header(visit: Visit) -> None:
    page = visit("/")
    assert page.get_attribute("html", "lang") == "en"
    page.click(".menu summary")
    page.click(".languages button[value=ko]")
    page.wait_for_selector("html[lang=ko]")


@pytest.fixture
def table() -> Table:
    stake = Stake.objects.create(
        name="1/2", small_blind_krw=1, big_blind_krw=2, min_buy_in_krw=40, max_buy_in_krw=400
    )
    forget_table_facts()
    return Table.objects.create(name="Quiet", stake=stake)


@pytest.mark.django_db
def test_a_closed_or_unknown_table_has_no_page(client: Client, table: Table) -> None:
    assert client.get(f"/tables/{table.pk}/").status_code == 200
    assert client.get(f"/tables/{table.pk + 1}/").status_code == 404
    table.is_open = False
    table.save()
    assert client.get(f"/tables/{table.pk}/").status_code == 404


@pytest.mark.django_db
def test_hands_need_a_login_and_unknown_ones_are_404(client: Client) -> None:
    assert client.get("/hands/").status_code == 302
    client.force_login(User.objects.create_user("ann@example.com", "Ann", "x"))
    assert client.get("/hands/").status_code == 200
    assert client.get("/hands/somebody-elses/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/tables/{}/", "/accounts/login/", "/accounts/signup/"])
def test_nothing_is_inline(client: Client, table: Table, path: str) -> None:
    html = client.get(path.format(table.pk)).content.decode()
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert "src=" in script or 'type="application/json"' in script


def test_every_text_a_script_asks_for_is_there() -> None:
    scripts = "\n".join(path.read_text() for path in (STATIC / "tables/js").rglob("*.js"))
    asked = set(re.findall(r'\bt\("([a-z_.]+)"', scripts))
    asked |= set(re.findall(r'(?:plain|act)\("(log\.[a-z_]+)"\)', scripts))
    assert len(asked) > 50
    assert asked <= set(TABLE_PAGE | LOBBY_PAGE)


def test_a_table_that_opens_comes_to_the_open_lobby(site: RunningSite, visit: Visit) -> None:
    page = visit("/")
    page.wait_for_selector("[data-table]")
    code = (
        "from tables.models import *;"
        " Table.objects.create(name='Newly', stake=Stake.objects.first())"
    )
    assert site.manage("shell", "-c", code).returncode == 0
    expect(page.locator("th:has-text('Newly')")).to_be_visible()
    expect(page.locator("tr:has-text('Newly') [data-field=players]")).to_contain_text("0 of 6")


def test_a_table_without_observers_says_so(site: RunningSite, visit: Visit) -> None:
    code = (
        "from tables.models import *; print(Table.objects.create(name='Private', observers=False,"
        " stake=Stake.objects.first()).pk)"
    )
    number = site.manage("shell", "-v", "0", "-c", code).stdout.split()[-1]
    page = visit("/")
    expect(page.locator("th:has-text('Private')")).to_be_visible()
    page.goto(f"/tables/{number}/")
    expect(page.locator("#status p")).to_contain_text("Only players see this table")
    expect(page.locator("#connection")).to_have_attribute("data-state", "online")
