"""The page folds events exactly as the engine does."""

from collections import Counter

import pytest
from playwright.sync_api import Page

from tables.engine.names import snake_case
from tables.protocol.messages import public_events
from tests.pages.recording import Recording, as_json

FOLD_ALL = """
async ([first, steps]) => {
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


@pytest.mark.parametrize(("seed", "seats"), [(1, 2), (2, 6), (3, 9)])
def test_every_event_of_real_games_folds_to_the_engines_view(
    modules: Page, seed: int, seats: int
) -> None:
    recording = Recording(seed, seats=seats)
    while len(recording.steps) < 1_200:
        recording.play(100)
    recording.close()
    assert modules.evaluate(FOLD_ALL, [as_json(recording.first), recording.steps]) is None
    seen = Counter(event["type"] for event, _ in recording.steps)
    known = {snake_case(event.__name__) for event in public_events()}
    assert known - set(seen) <= {"ante_posted", "rake_taken", "hand_voided", "clock_resumed"}
