"""The page folds events exactly as the engine does."""

import json
from functools import cache

import pytest
from playwright.sync_api import Page

from tables.engine.names import snake_case
from tables.protocol.messages import public_events
from tests.pages.recording import Recording, as_json

FOLD_ALL = """
async (recorded) => {
  const [first, steps] = JSON.parse(recorded);
  const { fold } = await import("/tables/js/fold.js");
  const sorted = (value) => JSON.stringify(value, (key, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort()) : inner);
  let view = first;
  for (const [index, [event, expected]] of steps.entries()) {
    const before = sorted(view);
    const next = fold(view, event);
    if (sorted(view) !== before) return { index, event, wrong: "the given view was changed" };
    if (sorted(next) !== sorted(expected)) return { index, event, wrong: next, expected };
    view = next;
  }
  return null;
}
"""


# Heads-up, six and nine seats.
TABLES = {5: 2, 2: 6, 1: 9}


@cache
def recorded(seed: int) -> Recording:
    recording = Recording(seed, seats=TABLES[seed])
    if TABLES[seed] == 6:
        recording.play_rare_scenes()
    while len(recording.steps) < 2_500:
        recording.play(100)
    recording.close()
    return recording


@pytest.mark.parametrize("seed", TABLES)
def test_every_event_of_real_games_folds_to_the_engines_view(modules: Page, seed: int) -> None:
    recording = recorded(seed)
    # As text: Playwright takes a minute to hand over so much data.
    recorded_json = json.dumps([as_json(recording.first), recording.steps])
    assert modules.evaluate(FOLD_ALL, recorded_json) is None


def test_the_games_have_events_of_every_kind() -> None:
    steps = [step for seed in TABLES for step in recorded(seed).steps]
    known = {snake_case(event.__name__) for event in public_events()}
    assert known == {event["type"] for event, _ in steps}
    boards = {event.get("board") for event, _ in steps if event["type"] == "pot_awarded"}
    assert boards == {1, 2}
    assert {event["kind"] for event, _ in steps if event["type"] == "blind_posted"} == {
        *("small", "big", "straddle", "post")
    }
    assert any(event["bomb_pot"] for event, _ in steps if event["type"] == "hand_started")
    assert any(event["debts"] for event, _ in steps if event["type"] == "hand_voided")
