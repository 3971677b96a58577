"""The admin's pages of money on a phone and on a desk: all is on the page, nothing is cut off."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings

from accounts.models import User
from accounts.services import create_user
from tests.admin.money import BLOCK, TXID, one_of_everything
from tests.pages.conftest import DESKTOP, PASSWORD, PHONE
from tests.pages.files import running_files
from tests.support import chromium as support
from tests.wallet.finance.books import move_all_to
from tests.wallet.house import give_bought, season
from tests.wallet.withdrawals.house import open_house
from wallet import chart, models, movements
from wallet.deposits.alerts import tell_staff
from wallet.finance.period import yesterday
from wallet.models import OwnTransfer

# What the server answered, by path.
Drawn = dict[str, bytes]
Show = Callable[[str], Page]
TALL = f"0x{TXID}"
# A date and a time as Django writes them, and the widest: these pages must fit on every day.
A_DATE = {
    "en": re.compile(
        rb"\b[A-Z][a-z]{2,8}\.? \d{1,2}, 20\d\d, (noon|midnight|\d{1,2}(:\d\d)? [ap]\.m\.)"
    ),
    "ko": re.compile("20\\d\\d년 \\d{1,2}월 \\d{1,2}일 \\d{1,2}:\\d\\d (오전|오후)".encode()),
}
WIDEST_DATE = {"en": b"Sept. 28, 2026, 10:44 p.m.", "ko": "2026년 10월 28일 10:44 오후".encode()}
# Values that a cell of a list hides.
CUT_OFF = """
() => [...document.querySelectorAll('#result_list :is(td, th)')]
  .filter((cell) => cell.offsetParent !== null)
  .filter((cell) => cell.scrollHeight > cell.clientHeight + 1
    || cell.scrollWidth > cell.clientWidth + 1)
  .map((cell) => cell.textContent.trim())
"""
# What scrolls by itself and is wider than its frame, and by how much.
HIDDEN = """
() => [...document.querySelectorAll('.simplebar-content-wrapper, .overflow-x-auto')]
  .map((frame) => [frame.className, frame.scrollWidth - frame.clientWidth])
  .filter(([_name, hidden]) => hidden > 0)
"""
# The fonts are there, and scripts that follow the page's size have drawn.
SETTLED = """
async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}
"""
LISTS = (
    *("Alert", "OwnTransfer", "Deposit", "Withdrawal", "Payment", "StrayTransfer", "Rate"),
    *("Utxo", "AuditRecord", "MoneyEvent", "Transaction", "Letter", "Proposal", "StaffChange"),
)
ROWS = (
    *("Alert", "OwnTransfer", "ReconciliationRun", "Deposit", "Withdrawal", "Payment"),
    *("Policy", "AssetPolicy", "Rate"),
)


@pytest.fixture(params=["en", "ko"])
def drawn(request: pytest.FixtureRequest, db: None, redis_url: str, settings: Settings) -> Drawn:
    """Every page that is looked at here, in one language."""
    open_house(settings)
    staff = _house_with_long_names()
    rows = (path for name in ROWS for path in _rows(name))
    paths = (*map(_list, LISTS), *rows, reverse("admin-finance"))
    return {path: _answer(staff, request.param, path) for path in paths}


@pytest.fixture
def chromium(drawn: Drawn) -> Iterator[Browser]:
    """A browser for one test: while Playwright runs, Django's database is out of reach."""
    with sync_playwright() as playwright:
        path = support.find_chromium(playwright)
        if path is None:
            pytest.fail(support.MISSING, pytrace=False)
        browser = playwright.chromium.launch(executable_path=path, args=support.arguments())
        yield browser
        browser.close()


def _house_with_long_names() -> User:
    staff = season(
        create_user(
            email="boss@example.com",
            nickname="Boss",
            password=PASSWORD,
            is_staff=True,
            is_superuser=True,
        )
    )
    player = create_user(email="mina@example.com", nickname="Mina", password=PASSWORD)
    give_bought(player.pk, 1_000_000)
    one_of_everything(player, staff)
    tell_staff("left_cold_storage", f"bitcoin:{TXID}", {"place": f"spends:{BLOCK}:0", "n": TALL})
    OwnTransfer.objects.create(
        network="ethereum",
        asset="ETH",
        txid=TALL,
        place="balance:ETH",
        custody="cold",
        is_outgoing=True,
        amount_units=123_456_789_012_345_678,
        height=7,
        block_hash=TALL,
    )
    _books_with_long_numbers()
    return staff


def _books_with_long_numbers() -> None:
    """All of yesterday, which Finance shows first; and more ether than the house will ever have."""
    hot = chart.custody("hot", "ETH")
    movements.capital_moved(key="1", asset="ETH", place=hot, units=123_456_789_012_345_678_901_234)
    move_all_to(yesterday().start + timedelta(hours=12))


def _list(name: str) -> str:
    return reverse(f"admin:wallet_{name.lower()}_changelist")


def _rows(name: str) -> list[str]:
    rows = getattr(models, name)._default_manager.order_by("-pk")
    return [reverse(f"admin:wallet_{name.lower()}_change", args=[row.pk]) for row in rows[:2]]


def _answer(staff: User, language: str, path: str) -> bytes:
    client = Client(headers={"accept-language": language})
    client.force_login(staff)
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, path
    return A_DATE[language].sub(WIDEST_DATE[language], answer.content)


@pytest.fixture
def show(drawn: Drawn, chromium: Browser) -> Iterator[Show]:
    """`show(path)` is a page of the admin in the browser."""
    page = chromium.new_page(viewport=DESKTOP)  # type: ignore[arg-type]
    with running_files() as files:
        files.answer = lambda path: (drawn.get(path, b""), "text/html")

        def open_page(path: str) -> Page:
            page.goto(files.origin + path)
            return page

        yield open_page


@pytest.mark.timeout(400)  # forty pages
def test_pages_fit_a_phone_and_a_desk(drawn: Drawn, show: Show) -> None:
    """Nothing is off the page or cut off."""
    for path in drawn:
        page = show(path)
        for viewport in (PHONE, DESKTOP):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            page.evaluate(SETTLED)
            where = (path, viewport["width"])
            assert page.evaluate("document.documentElement.scrollWidth") <= where[1], where
            assert page.evaluate(HIDDEN) == [], where
            if viewport == PHONE:
                assert page.evaluate(CUT_OFF) == [], where
    _rules_look_like_fields(show(reverse("admin:wallet_assetpolicy_change", args=["BTC"])))


def _rules_look_like_fields(page: Page) -> None:
    names = ("dust_units", "hot_least_units", "hot_most_units", "sweep_least_units")
    for name in (*names, "fee_cap_units", "withdrawal_fee_krw"):
        border = page.locator(f"input[name={name}]").evaluate(
            "field => getComputedStyle(field).borderTopWidth"
        )
        assert border == "1px", name
