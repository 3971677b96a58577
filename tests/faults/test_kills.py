"""A killed process costs a moment, never an action or a chip."""

from collections.abc import Iterator

import pytest

from tests.faults.drill import VICTIMS, drill
from tests.support.site import RunningSite, new_site

KILLS = 3
# In a test run the machine does other things too; `make faults` measures.
STAND_STILL_S = 15.0


@pytest.fixture(scope="module")
def quiet_site() -> Iterator[RunningSite]:
    """A site without demo bots."""
    with new_site("--no-bots") as site:
        site.start()
        yield site
        site.stop()


@pytest.mark.timeout(420)
@pytest.mark.parametrize("program", VICTIMS)
def test_killed_under_play(quiet_site: RunningSite, program: str) -> None:
    found = drill(quiet_site, program, KILLS)
    assert found.wrong == {}, f"{found.output}\n{quiet_site.logs()}"
    assert len(found.kills) == KILLS
    assert max(found.pauses_s) < STAND_STILL_S
