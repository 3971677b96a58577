"""Twenty thousand random hands, every table with other options, checked at every event."""

from collections import Counter
from functools import cache

import pytest

from tables.engine.events import Event
from tests.engine.simulation import Simulation

TABLES = 20
HANDS = 1_000


@cache
def played(seed: int) -> Counter[str]:
    """What happened at a table; raises `Broken` with the seed and the last commands."""
    table = Simulation(seed)
    table.play(HANDS)
    return table.watch.counts


@pytest.mark.parametrize("seed", range(TABLES))
def test_a_random_table_stays_sound(seed: int) -> None:
    counts = played(seed)
    assert counts["HandFinished"] + counts["HandVoided"] >= HANDS


@pytest.mark.timeout(900)
def test_everything_that_can_happen_happened() -> None:
    total = sum((played(seed) for seed in range(TABLES)), Counter[str]())
    assert not {kind.__name__ for kind in Event.__subclasses__()} - set(total)


@pytest.mark.timeout(900)
def test_every_hand_is_probed_once_on_average() -> None:
    total = sum((played(seed) for seed in range(TABLES)), Counter[str]())
    hands = TABLES * HANDS
    assert total["probes"] >= hands
    assert total["probed_legal"] >= 5 * hands
    assert total["probed_illegal"] >= 50 * hands
    assert total["compared_in_hand"] >= hands / 5
