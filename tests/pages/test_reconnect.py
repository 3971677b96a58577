"""The page survives the loss of its socket: it comes back, resumes and sends what is unanswered."""

from playwright.sync_api import expect

from tests.pages.conftest import Console, Visit
from tests.pages.test_play import leave, play_a_hand, sit_down
from tests.support.site import RunningSite

# What Chromium says of a socket that cannot be opened, and of a balance that cannot be asked for.
NETWORK = ("WebSocket connection to", "net::ERR", "Failed to load resource")

# Noted in the page, as the gap may be too short to look at from outside.
NOTE_OFFLINE = """
() => {
  const line = document.querySelector("#connection");
  const note = () => {
    if (line.dataset.state === "offline") document.documentElement.dataset.wasOffline = "yes";
  };
  new MutationObserver(note).observe(line, { attributes: true });
}
"""


def test_play_goes_on_after_every_web_process_was_killed(
    player: Visit, site: RunningSite, console: Console
) -> None:
    console.expected = NETWORK
    page = player("/tables/1/#sit")
    sit_down(page)
    play_a_hand(page)
    page.evaluate("window.notReloaded = true")
    page.evaluate(NOTE_OFFLINE)
    for name in [name for name in site.pids() if name.startswith("web")]:
        site.kill(name)
    page.wait_for_selector("html[data-was-offline]", state="attached")
    page.click("#tab-chat")
    page.fill("#chat-form input", "still here")
    page.press("#chat-form input", "Enter")
    expect(page.locator("#connection")).to_have_attribute("data-state", "online", timeout=30_000)
    expect(page.locator("#chat li:has-text('still here')")).to_have_count(1)
    page.click("#tab-log")
    page.wait_for_selector(".seat.is-winner", state="detached")
    play_a_hand(page)
    assert page.evaluate("window.notReloaded")
    leave(page)
    site.wait_until_ready()
