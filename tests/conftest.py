"""What every test may ask for: the servers, a clean Redis, the whole site, a browser."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright
from xdist.remote import Producer
from xdist.scheduler import Scheduling

from poker_site.embedded.postgresql import PostgreSQL
from poker_site.embedded.valkey import Valkey
from tests.support import chromium as chromium_support
from tests.support.chains import install_for
from tests.support.database import empty_what_has_rows
from tests.support.servers import running_postgresql, running_valkey
from tests.support.sharing import OWN_SITES, BySite, lies_wrong
from tests.support.site import RunningSite, new_site


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A real PostgreSQL; tests marked `django_db` get it by themselves."""
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A real Valkey. Its data outlives a test: most want `redis_url`."""
    with running_valkey() as server:
        yield server


@pytest.fixture
def redis_url(valkey: Valkey) -> str:
    """The address of a Redis with nothing in it; the settings have the same."""
    with redis.Redis.from_url(valkey.url) as connection:
        connection.flushall()
    return valkey.url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgresql: PostgreSQL) -> Iterator[None]:
    """pytest-django asks for this before it creates the test database."""
    with pytest.MonkeyPatch.context() as patch:
        empty_what_has_rows(patch)
        yield


@pytest.fixture(scope="session")
def site() -> Iterator[RunningSite]:
    """The whole site with its demo bots and the chains' test nodes, ready; one for the test run.
    Leave it ready behind."""
    with new_site(coins=True) as site:
        site.start()
        yield site
        site.stop()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """The language that one test's request asked for is not the next test's."""
    with translation.override("en"):
        yield


# Each starts the whole site, or is it.
SITES = {"site", "quiet_site"}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what needs a whole site. The session's, whose demo bots play on and on, comes last.

    Files with tests that may take long come first: workers take a file at a time, and at the end
    none of them shall wait for another.
    """
    for item in items:
        if SITES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.whole_site)
        if item.get_closest_marker("whole_site") and lies_wrong(item):
            where = " or ".join(OWN_SITES)
            raise pytest.UsageError(f"{item.nodeid} has a site of its own or not: see {where}")
    yield
    long = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(
        key=lambda item: ("site" in getattr(item, "fixturenames", ()), item.path not in long)
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    return BySite(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Get the browser and the chains' nodes before the first test: a test's time limit is too
    short for that."""
    # py_ecc (by eth_account) raises it to 100,000, at which Python dies instead of refusing.
    sys.setrecursionlimit(1_000)
    install_for(session)
    wanted = any("chromium" in getattr(item, "fixturenames", ()) for item in session.items)
    if not wanted or session.config.option.collectonly:
        return
    if not chromium_support.is_quick() and chromium_support.may_install():
        reporter = session.config.get_terminal_writer()
        reporter.line("Installing Chromium for tests/pages ...")
        try:
            chromium_support.install_chromium()
        except subprocess.CalledProcessError as error:
            # Another Chromium does. Without any the tests that need one say so, and the others run.
            reporter.line(f"{error}\n{error.stdout[-2000:]}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser without a window; a test makes its own context in it.

    For one module: while Playwright runs, asyncio tests cannot have a loop of their own.
    """
    with sync_playwright() as playwright:
        path = chromium_support.find_chromium(playwright)
        if path is None:
            pytest.fail(chromium_support.MISSING, pytrace=False)
        browser = playwright.chromium.launch(
            executable_path=path, args=chromium_support.arguments()
        )
        yield browser
        browser.close()
