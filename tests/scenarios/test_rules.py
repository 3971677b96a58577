"""Every scenario of `rules/` holds."""

from pathlib import Path

import pytest

from tests.scenarios.document import Scenario, read_file
from tests.scenarios.player import play

SCENARIOS = [
    scenario
    for path in sorted(Path(__file__).with_name("rules").glob("*.md"))
    for scenario in read_file(path)
]


@pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda scenario: f"{scenario.file} {scenario.title}"
)
def test_the_table_plays_by_the_rules(scenario: Scenario) -> None:
    play(scenario)
