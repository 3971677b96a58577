"""A killed process costs a moment, never an action or a chip."""

import pytest

from tests.faults.drill import VICTIMS, drill
from tests.support.site import RunningSite

KILLS = 2


@pytest.mark.timeout(420)
@pytest.mark.parametrize("program", VICTIMS)
def test_killed_under_play(quiet_site: RunningSite, program: str) -> None:
    # What is promised is judged by `make faults`: here a dying process costs a core for seconds.
    found = drill(quiet_site, program, KILLS, patience=2.5)
    assert found.wrong == {}, f"{found.output}\n{quiet_site.logs()}"
    assert len(found.kills) == KILLS
    print(f"{found.takeovers_s} s after the takeover began, {found.unsettled_s} s unsettled")
