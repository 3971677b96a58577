"""Visitors of the running site in a real browser; what their console says fails the test."""

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect

from accounts.models import User
from tables.engine import TableConfig
from tables.models import Stake, Table
from tables.templatetags import poker
from tables.texts import TABLE_PAGE
from tests.pages.files import STATIC, FileServer, running_files
from tests.pages.standin import BALANCE_KRW, ME, MY_ID, TABLE_ID, StandIn
from tests.support.site import RunningSite

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
PASSWORD = "four-of-a-kind-9"

Visit = Callable[..., Page]
AtTable = Callable[..., tuple[Page, StandIn]]
Browsing = Callable[[str], BrowserContext]
_numbers = itertools.count(1)


class Console:
    """Errors and warnings of a page, but for those a test causes itself."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def unexpected(self) -> list[str]:
        return [c for c in self.complaints if not any(part in c for part in self.expected)]


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console()
    yield console
    assert console.unexpected() == []


@pytest.fixture
def visit(chromium: Browser, site: RunningSite, console: Console) -> Iterator[Visit]:
    """`visit(path, viewport)` opens a page of the site in a browser of its own."""
    contexts = []

    def open_page(path: str = "/", viewport: dict[str, int] = DESKTOP) -> Page:
        context = chromium.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            locale="en-US",
            base_url=site.url,
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("console", console.hear)
        page.on("pageerror", lambda error: console.complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def player(visit: Visit) -> Visit:
    """`player(path, viewport)`: the same for somebody who has just signed up."""

    def open_page(path: str = "/", viewport: dict[str, int] = DESKTOP) -> Page:
        page = visit("/accounts/signup/", viewport)
        sign_up(page)
        page.goto(path)
        return page

    return open_page


@pytest.fixture
def modules(chromium: Browser) -> Iterator[Page]:
    """A page that can import the site's modules, without a site."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix("http://modules.test/")
        if path:
            route.fulfill(path=STATIC / path, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    context = chromium.new_context()
    page = context.new_page()
    page.route("http://modules.test/**", serve)
    page.goto("http://modules.test/")
    yield page
    context.close()


def draw_table_page(language: str) -> str:
    """The table page as the server draws it for `ME`; nothing is in a database."""
    stake = Stake(name="50/100", small_blind_krw=50, big_blind_krw=100)
    table = Table(pk=TABLE_ID, name="Quiet", stake=stake, seats=6)
    request = RequestFactory().get(f"/tables/{TABLE_ID}/")
    request.user = User(pk=MY_ID, nickname=ME)
    page = {"table_id": TABLE_ID, "user_id": MY_ID}
    context = {"table": table, "page": page, "texts": TABLE_PAGE}
    with translation.override(language), pytest.MonkeyPatch.context() as patch:
        patch.setattr(poker, "balance_krw", lambda user_id: BALANCE_KRW)
        return render_to_string("tables/table.html", context, request)


@pytest.fixture(scope="module")
def browsing(chromium: Browser) -> Iterator[Browsing]:
    """`browsing(language)` is a context that remembers files, and what a page wrote, from test to
    test: who uses it forgets the latter."""
    contexts: dict[str, BrowserContext] = {}

    def context_of(language: str) -> BrowserContext:
        if language not in contexts:
            context = chromium.new_context(locale=language, reduced_motion="reduce")
            context.set_default_timeout(20_000)
            contexts[language] = context
        return contexts[language]

    yield context_of
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module")
def files() -> Iterator[FileServer]:
    """A server of the site's files, and of what a stand-in answers."""
    with running_files() as server:
        yield server


@pytest.fixture
def at_table(browsing: Browsing, files: FileServer, console: Console) -> Iterator[AtTable]:
    """`at_table(seated, **config)` opens the table page with a stand-in for the table behind it.

    `seated` are (seat, name, stack); keywords are options of the table.
    """
    pages = []

    def open_page(
        *seated: tuple[int, str, int],
        viewport: dict[str, int] = DESKTOP,
        language: str = "en",
        path: str = "",
        **options: Any,
    ) -> tuple[Page, StandIn]:
        defaults: dict[str, Any] = {
            "seats": 6,
            "small_blind_krw": 50,
            "big_blind_krw": 100,
            "min_buy_in_krw": 2_000,
            "max_buy_in_krw": 10_000,
            "action_ms": 600_000,
            "choice_ms": 60_000,
            "hand_pause_ms": 60_000,
        }
        room = StandIn(TableConfig(**defaults | options))
        room.seat(*seated)
        page = browsing(language).new_page()
        pages.append(page)
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        room.serve(files, page, draw_table_page(language))
        page.on("console", console.hear)
        page.on("pageerror", lambda error: console.complaints.append(str(error)))
        page.goto(f"{files.origin}/tables/{TABLE_ID}/{path}")
        expect(page.locator("#connection")).to_have_attribute("data-state", "online")
        page.wait_for_selector(".seat")
        return page, room

    yield open_page
    for page in pages:
        forget_what_was_stored(page, files.origin)
        page.close()


def forget_what_was_stored(page: Page, origin: str) -> None:
    session = page.context.new_cdp_session(page)
    kinds = "cookies,local_storage,session_storage"
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})


def sign_up(page: Page) -> str:
    """Fill in the sign-up form; returns the nickname."""
    nickname = f"Page{os.getpid()}n{next(_numbers)}"
    page.fill("input[name=email]", f"{nickname.lower()}@example.com")
    page.fill("input[name=nickname]", nickname)
    page.fill("input[name=password1]", PASSWORD)
    page.press("input[name=password1]", "Enter")
    page.wait_for_url(lambda url: "signup" not in url)
    return nickname


def won(text: str) -> int:
    """`₩1,234` → 1234."""
    return int("".join(filter(str.isdigit, text))) * (-1 if "−" in text else 1)


def balance(page: Page) -> int:
    return won(page.inner_text("[data-balance]"))
