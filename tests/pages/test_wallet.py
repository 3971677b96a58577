"""A newcomer's coins come in, and go out again: the real site, both real chains, one browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from poker_site.seeding import DEVELOPMENT_USERS
from tests.pages.conftest import DESKTOP, PHONE, Visit, balance, won

# Beats look at the chains every few seconds, and the machine may be busy.
SECONDS = 1_000
PATIENCE = 90 * SECONDS
# Nobody's on a test network: BIP173's example.
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
STAFF = next(user for user in DEVELOPMENT_USERS if user.is_staff)
WALLET_PAGES = (
    *("", "deposit/BTC/", "deposit/USDT/", "withdraw/", "addresses/", "statement/", "limits/"),
    "test-coins/",
)


def mine(page: Page, network: str, blocks: int) -> None:
    page.goto("/wallet/test-coins/")
    form = page.locator("form", has=page.locator(f"input[value={network}]"))
    form.get_by_role("button", name=f"+{blocks}", exact=True).click()
    expect(page.locator(".message-success")).to_contain_text("Mined")


def approve(page: Page, public_id: str) -> None:
    """As a member of staff does it, in the admin."""
    page.fill("input[name=login]", STAFF.email)
    page.fill("input[name=password]", STAFF.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"/admin/wallet/withdrawal/?q={public_id}")
    page.locator("#result_list a[href*='/withdrawal/'][href*='/change/']").first.click()
    expect(page.get_by_text(ADDRESS).first).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Your decision is recorded.")).to_be_visible()


def test_coins_come_in_and_go_out(player: Visit, visit: Visit) -> None:
    page = player("/wallet/test-coins/")
    before = balance(page)

    page.get_by_role("button", name="0.01 BTC").click()
    expect(page.locator(".message-success")).to_contain_text("0.01 BTC are on their way")
    page.get_by_role("link", name="See them arrive").click()
    # The page looks again by itself.
    deposit = page.locator("#deposits .movements li")
    expect(deposit).to_contain_text("0.01 BTC", timeout=PATIENCE)
    expect(deposit).to_contain_text(re.compile("seen|confirming"))
    mine(page, "bitcoin", 3)
    page.goto("/wallet/")
    expect(deposit.locator(".state")).to_have_text("credited", timeout=PATIENCE)
    credited = won(deposit.locator(".amount").first.inner_text())
    assert credited > 0
    expect(page.locator("[data-balance]")).to_have_attribute("data-balance", str(before + credited))

    page.goto("/wallet/withdraw/")
    page.get_by_role("link", name="Add an address").click()
    page.get_by_label("Network").select_option("bitcoin")
    page.get_by_label("Address", exact=True).fill(ADDRESS)
    page.get_by_label("Label").fill("My <b>own</b> wallet")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".movements li")).to_contain_text("My <b>own</b> wallet")

    page.goto("/wallet/withdraw/")
    page.get_by_label("Amount in won").press_sequentially("100000")
    expect(page.get_by_label("Amount in won")).to_have_value("100,000")
    page.get_by_role("button", name="Get a quote").click()
    expect(page.locator(".quote")).to_contain_text(ADDRESS)
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^\d+ s$"))
    page.get_by_role("button", name="Withdraw", exact=True).click()
    page.wait_for_url("**/wallet/withdrawals/**")
    url = page.url
    expect(page.locator("#withdrawal code").first).to_be_visible()
    state = page.locator("h1 .state")
    # Coins that leave as they came, without play, are looked at.
    expect(state).to_have_text(re.compile("waiting|in review"))
    expect(state).to_have_text("in review", timeout=PATIENCE)
    expect(page.locator("#withdrawal .notice")).to_contain_text(STAFF.email)
    approve(visit("/accounts/login/"), url.rstrip("/").rpartition("/")[2])
    expect(state).to_have_text(re.compile("sent|confirming|done"), timeout=PATIENCE)
    mine(page, "bitcoin", 6)
    page.goto(url)
    expect(state).to_have_text("done", timeout=PATIENCE)
    assert balance(page) == before + credited - 100_000

    page.goto("/wallet/statement/")
    amounts = [won(text) for text in page.locator("td.amount:nth-child(3)").all_inner_texts()]
    assert amounts[:2] == [-100_000, credited]
    with page.expect_download() as file:
        page.get_by_role("link", name="CSV").click()
    assert file.value.suggested_filename == "statement.csv"


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_no_page_of_the_wallet_scrolls_sideways(player: Visit, viewport: dict[str, int]) -> None:
    page = player("/wallet/", viewport)
    for path in WALLET_PAGES:
        page.goto(f"/wallet/{path}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], path


def test_won_are_grouped_while_they_are_typed(player: Visit) -> None:
    page = player("/wallet/limits/")
    field = page.locator("#limit-loss-day")
    field.press_sequentially("0012345")
    expect(field).to_have_value("12,345")
    field.press("Home")
    field.press_sequentially("9")
    expect(field).to_have_value("912,345")
    assert field.evaluate("field => field.selectionStart") == 1
    field.fill("-5")
    expect(field).to_have_value("-5")
    page.locator("form", has=field).get_by_role("button").click()
    expect(page.locator(".message-error")).to_be_visible()
