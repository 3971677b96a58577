"""One site for the tests that kill its processes."""

from collections.abc import Iterator

import pytest

from tests.support.site import RunningSite, new_site


@pytest.fixture(scope="package")
def quiet_site() -> Iterator[RunningSite]:
    """A site without demo bots. Leave it ready behind."""
    with new_site("--no-bots") as site:
        site.start()
        yield site
        site.stop()
