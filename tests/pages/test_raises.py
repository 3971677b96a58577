"""The sizes of raises that the page proposes, in thousands of turns."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.pages.recording import Recording

SIZES = """
async (recorded) => {
  const { raiseSizes } = await import("/tables/js/raises.js");
  return JSON.parse(recorded).map(({ hand, seats }) =>
    raiseSizes(hand.turn, hand.pot_krw, seats.find((one) => one.seat === hand.turn.seat).bet_krw));
}
"""
BETS = """
async (recorded) => {
  const { isBet } = await import("/tables/js/raises.js");
  return JSON.parse(recorded).map((view) => isBet(view));
}
"""


@pytest.fixture(scope="module", params=[2, 3])
def recording(request: pytest.FixtureRequest) -> Recording:
    recording = Recording(request.param, seats=6)
    recording.play(1_500)
    return recording


def test_sizes_lie_within_what_is_legal(modules: Page, recording: Recording) -> None:
    views = [view for event, view in recording.steps if event["type"] == "turn_started"]
    assert len(views) > 200
    found = modules.evaluate(SIZES, json.dumps(views))
    assert found == [sizes_of(view) for view in views]
    assert any(sizes is None for sizes in found)
    for sizes in filter(None, found):
        assert sizes["min"] <= sizes["half"] <= sizes["pot"] <= sizes["max"]


def sizes_of(view: dict[str, Any]) -> dict[str, int] | None:
    """The same in whole won."""
    turn, pot_krw = view["hand"]["turn"], view["hand"]["pot_krw"]
    least, most = turn["min_raise_to_krw"], turn["max_raise_to_krw"]
    if least is None:
        return None
    (own_krw,) = (seat["bet_krw"] for seat in view["seats"] if seat["seat"] == turn["seat"])
    called_krw = own_krw + turn["call_krw"]
    after_krw = pot_krw + turn["call_krw"]
    half_krw = (2 * called_krw + after_krw + 1) // 2
    return {
        "min": least,
        "half": min(most, max(least, half_krw)),
        "pot": min(most, max(least, called_krw + after_krw)),
        "max": most,
    }


def test_a_bet_is_called_one_where_the_table_does(modules: Page, recording: Recording) -> None:
    """The wager that follows a view is told as `player_bet` or `player_raised`."""
    wagers = [
        (view, event["type"] == "player_bet")
        for (_, view), (event, _) in zip(recording.steps, recording.steps[1:], strict=False)
        if event["type"] in ("player_bet", "player_raised")
    ]
    assert {is_bet for _, is_bet in wagers} == {True, False}
    found = modules.evaluate(BETS, json.dumps([view for view, _ in wagers]))
    assert found == [is_bet for _, is_bet in wagers]
