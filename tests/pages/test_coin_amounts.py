"""An amount of coins has up to 18 decimals, and a number that breaks is read as two."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser

from tests.pages.conftest import DESKTOP, PHONE

SHEETS = ("tables/css/base.css", "wallet/css/wallet.css")
PAGES = {
    "quote": '<section class="panel page-narrow quote"><p class="quote-gets"><span>You get</span>'
    '<strong class="coin-amount">{}</strong></p></section>',
    "withdrawal": '<h1><span class="coin-amount">about {}</span></h1>',
}
# The lines that the digits are on, and whether they are within what is around them.
DIGITS = """
() => {
  const text = document.querySelector('.coin-amount').firstChild;
  const range = document.createRange();
  const start = text.data.search(/[0-9]/);
  range.setStart(text, start);
  range.setEnd(text, text.data.indexOf(' ', start));
  const lines = [...range.getClientRects()];
  const edge = document.querySelector('section, h1').getBoundingClientRect().right;
  return [lines.length, Math.max(...lines.map((line) => line.right)) <= edge];
}
"""


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
@pytest.mark.parametrize("name", PAGES)
def test_digits_are_on_one_line(chromium: Browser, viewport: dict[str, int], name: str) -> None:
    page = chromium.new_page(viewport=viewport)  # type: ignore[arg-type]
    page.set_content(
        f'<main class="wallet">{PAGES[name].format("12.024170547263681592 ETH")}</main>'
    )
    for sheet in SHEETS:
        page.add_style_tag(path=Path(str(finders.find(sheet))))
    assert page.evaluate(DIGITS) == [1, True]
    page.close()
