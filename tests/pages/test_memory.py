"""What the page remembers of a hand goes with that hand, also when its end was missed."""

from typing import Any

from playwright.sync_api import Page

REMEMBER = """
async (steps) => {
  const { HandMemory } = await import("/tables/js/memory.js");
  const memory = new HandMemory();
  for (const step of steps) {
    if (typeof step === "object" && step !== null) memory.remember(step);
    else memory.follow(step);
  }
  const { handId, actions, wins } = memory;
  return { handId, actions: Object.fromEntries(actions), wins: Object.fromEntries(wins) };
}
"""

START = {"type": "hand_started", "hand_id": "1"}
CALL = {"type": "player_called", "seat": 2, "all_in": False}
WIN = {"type": "pot_awarded", "shares": [{"seat": 2, "amount_krw": 300}], "hand": None}
NEXT = {"type": "hand_started", "hand_id": "2"}


def remember(modules: Page, *steps: dict[str, Any] | str | None) -> dict[str, Any]:
    result: dict[str, Any] = modules.evaluate(REMEMBER, list(steps))
    return result


def test_actions_and_wins_are_kept_until_the_next_hand(modules: Page) -> None:
    kept = remember(modules, START, "1", CALL, WIN, "1")
    assert (kept["actions"], kept["wins"]) == ({"2": "call"}, {"2": 300})
    assert remember(modules, START, "1", WIN, NEXT)["wins"] == {}


def test_a_snapshot_of_another_hand_ends_what_is_remembered(modules: Page) -> None:
    away = remember(modules, START, "1", CALL, WIN, "2")
    assert away == {"handId": "2", "actions": {}, "wins": {}}
    assert remember(modules, START, "1", WIN, None)["wins"] == {}


def test_events_told_late_bring_the_memory_up_to_the_shown_hand(modules: Page) -> None:
    late = remember(modules, START, "1", CALL, "2", WIN, NEXT, CALL, "2")
    assert late == {"handId": "2", "actions": {"2": "call"}, "wins": {}}


def test_the_first_hand_seen_is_remembered_from_its_middle(modules: Page) -> None:
    assert remember(modules, "1", CALL, "1")["actions"] == {"2": "call"}
