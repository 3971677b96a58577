"""A table's mean rate is the wanted one, and arrears are limited."""

import pytest

from tables.bots import pace as pace_module
from tables.bots.pace import ARREARS, Pace
from tests.bots.scratch_server import empty_view


def test_the_mean_is_kept_across_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(pace_module, "monotonic", lambda: now)
    pace = Pace(4.0, lambda: 0.5)
    for number in range(1, 401):
        now += pace.think_s(empty_view())
        if number % 20 == 0:
            now += 0.6  # a hand ends
    assert 400 / (now - 100.0) == pytest.approx(4.0, rel=0.03)


def test_a_long_stand_still_is_not_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(pace_module, "monotonic", lambda: now)
    pace = Pace(1.0, lambda: 0.5)
    now += pace.think_s(empty_view()) + 60
    waits = [pace.think_s(empty_view()) for _ in range(int(ARREARS) + 4)]
    assert sum(wait <= 0.1 for wait in waits) <= ARREARS + 1


def test_as_fast_as_possible() -> None:
    assert Pace(0, lambda: 0.5).think_s(empty_view()) == 0.0
