"""The wallet's pages in a browser, without a site: a wrong clock, and a page that looks again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tables.templatetags import poker
from tests.pages.conftest import Console
from tests.pages.files import FileServer
from wallet.models import PayoutAddress, Rate, Withdrawal, WithdrawalQuote

NOW = datetime(2026, 8, 10, 6, tzinfo=UTC)
ID = UUID(int=7)
Opening = Callable[..., Page]


def draw(template: str, **context: Any) -> str:
    """A page as the server draws it for somebody; each has a token of its own."""
    request = RequestFactory().get("/wallet/")
    request.user = User(pk=1, nickname="Mina")
    with translation.override("en"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(poker, "balance_krw", lambda user_id: 1_000_000)
        return render_to_string(f"wallet/{template}.html", context, request)


def offer() -> WithdrawalQuote:
    return WithdrawalQuote(
        asset="USDT",
        amount_krw=100_000,
        fee_krw=3_000,
        amount_units=70_058_865,
        rate=Rate(asset="USDT", ask_krw=Decimal("1384.55000000")),
        expires_at=NOW + timedelta(seconds=60),
    )


def entry() -> PayoutAddress:
    return PayoutAddress(network="ethereum", address="0x1", label="mine", usable_from=NOW)


def quote_page(seconds: int) -> str:
    return draw("quote", quote=offer(), entry=entry(), seconds_left=seconds, left_krw=900_000)


def withdrawal_page(state: str, **context: Any) -> str:
    asked = offer()
    row = Withdrawal(
        **{name: getattr(asked, name) for name in ("asset", "amount_krw", "fee_krw")},
        amount_units=asked.amount_units,
        quote=asked,
        network="ethereum",
        payout_address=entry(),
        address="0x1",
        public_id=ID,
        state=state,
    )
    return draw("withdrawal", withdrawal=row, under_way=True, **context)


@pytest.fixture
def opened(chromium: Browser, files: FileServer, console: Console) -> Iterator[Opening]:
    """`opened(*pages, clock=...)` shows the first page; the others come when it looks again, and
    the last one stays. The clock begins at `clock`, and goes on when the test says so."""
    context = chromium.new_context(locale="en-US")
    context.set_default_timeout(20_000)

    def open_pages(*pages: str, clock: datetime = NOW) -> Page:
        answers = iter(pages)
        last = ""

        def answer(path: str) -> tuple[bytes, str]:
            nonlocal last
            if path.startswith("/wallet/"):
                last = next(answers, last)
            return last.encode(), "text/html"

        files.answer = answer
        page = context.new_page()
        page.on("console", console.hear)
        page.on("pageerror", lambda error: console.complaints.append(str(error)))
        page.clock.install(time=clock)
        page.goto(f"{files.origin}/wallet/page/")
        return page

    yield open_pages
    context.close()


def look_again(page: Page) -> None:
    """Five seconds later; what it asked for is there."""
    with page.expect_response("**/wallet/page/") as asked:
        page.clock.run_for(5_500)
    asked.value.finished()
    # After the code that waited for the answer.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => done()))")


@pytest.mark.parametrize("wrong", [timedelta(hours=-9), timedelta(seconds=61), timedelta(days=400)])
def test_an_offer_is_good_whatever_the_readers_clock_says(
    opened: Opening, wrong: timedelta
) -> None:
    page = opened(quote_page(60), clock=NOW + wrong)
    button = page.get_by_role("button", name="Withdraw", exact=True)
    expect(page.locator("[data-left]")).to_have_text("60 s")
    expect(button).to_be_visible()
    page.clock.run_for(30_000)
    expect(page.locator("[data-left]")).to_have_text("30 s")
    expect(button).to_be_visible()
    page.clock.run_for(31_000)
    expect(page.locator(".quote")).to_contain_text("This quote has expired")
    expect(button).to_be_hidden()


def test_a_rate_keeps_its_decimals_and_a_time_says_its_zone(opened: Opening) -> None:
    quote = opened(quote_page(60)).locator(".quote")
    expect(quote).to_contain_text("1 USDT = ₩1,384.55")
    expect(quote).to_contain_text("The rate is locked until 15:01:00 KST.")


def test_who_is_about_to_cancel_stays_on_the_button(opened: Opening) -> None:
    page = opened(
        *(withdrawal_page("cooling", can_cancel=True) for _ in range(2)),
        withdrawal_page("approval", can_cancel=True),
        withdrawal_page("signed"),
    )
    cancel = page.get_by_role("button", name="Cancel the withdrawal")
    cancel.focus()
    cancel.evaluate("button => { button.isTheSame = true; }")
    look_again(page)
    expect(cancel).to_be_focused()
    # Only its token was another one.
    assert cancel.evaluate("button => button.isTheSame") is True
    look_again(page)
    expect(page.locator("h1 .state")).to_have_text("in review")
    expect(cancel).to_be_focused()
    look_again(page)
    expect(page.locator("h1 .state")).to_have_text("signed")
    expect(cancel).to_be_hidden()


def test_what_is_selected_stays_selected(opened: Opening) -> None:
    page = opened(withdrawal_page("cooling"), *(withdrawal_page("approval") for _ in range(2)))
    page.evaluate("document.getSelection().selectAllChildren(document.querySelector('dd code'))")
    look_again(page)
    assert page.evaluate("document.getSelection().toString()") == "0x1"
    page.evaluate("document.getSelection().removeAllRanges()")
    look_again(page)
    expect(page.locator("h1 .state")).to_have_text("in review")
