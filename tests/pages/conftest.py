"""Visitors of the running site in a real browser; what their console says fails the test."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route

from tests.support.site import RunningSite

STATIC = Path(__file__).resolve().parents[2] / "tables" / "static"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
PASSWORD = "four-of-a-kind-9"

Visit = Callable[..., Page]
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
