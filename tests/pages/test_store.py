"""The page's store: gaps are seen, duplicates ignored, own cards kept to their hand."""

from typing import Any

from playwright.sync_api import Page

from tests.pages.recording import Recording, as_json

ACCEPT_ALL = """
async ([userId, frames]) => {
  const { TableStore } = await import("/tables/js/store.js");
  const store = new TableStore(userId);
  const told = [];
  store.onEvent((event, before, after, fresh) => told.push([event.type, fresh]));
  const outcomes = frames.map((frame) => store.accept(frame));
  const { version, view } = store;
  return { outcomes, told, version, view, cards: store.myCards(), lacks: store.lacksCards() };
}
"""


def accept(modules: Page, *frames: dict[str, Any], user_id: int | None = None) -> dict[str, Any]:
    result: dict[str, Any] = modules.evaluate(ACCEPT_ALL, [user_id, list(frames)])
    return result


def snapshot(version: int, table: dict[str, Any]) -> dict[str, Any]:
    return {"type": "snapshot", "version": version, "table": table}


def happened(version: int, *events: dict[str, Any]) -> dict[str, Any]:
    return {"type": "events", "version": version, "events": list(events)}


def test_a_gap_is_seen_and_closed_by_the_missing_frames(modules: Page) -> None:
    game = Recording(1, seats=6)
    game.play(30)
    frames = [happened(11 + n, event) for n, (event, _) in enumerate(game.steps[:4])]
    late = [frames[0], frames[2], frames[1], frames[2], frames[3]]
    result = accept(modules, snapshot(10, as_json(game.first)), *late)
    assert result["outcomes"] == ["changed", "changed", "gap", "changed", "changed", "changed"]
    assert result["view"] == game.steps[3][1]


def test_a_duplicate_changes_nothing_and_a_heartbeat_ahead_is_a_gap(modules: Page) -> None:
    game = Recording(1, seats=6)
    game.play(30)
    frame = happened(11, game.steps[0][0])
    heartbeats = [{"type": "heartbeat", "version": 11}, {"type": "heartbeat", "version": 12}]
    result = accept(modules, snapshot(10, as_json(game.first)), frame, frame, *heartbeats)
    assert result["outcomes"] == ["changed", "changed", "ignored", "ignored", "gap"]
    assert len(result["told"]) == 1


def test_events_missed_while_away_are_told_after_the_snapshot_without_being_applied(
    modules: Page,
) -> None:
    game = Recording(1, seats=6)
    game.play(30)
    missed = [happened(11 + n, event) for n, (event, _) in enumerate(game.steps[:3])]
    result = accept(
        modules, snapshot(10, as_json(game.first)), snapshot(13, game.steps[2][1]), *missed
    )
    assert result["told"] == [[event["type"], False] for event, _ in game.steps[:3]]
    assert (result["version"], result["view"]) == (13, game.steps[2][1])


def test_own_cards_may_come_before_the_hand_and_go_with_it(modules: Page) -> None:
    game = Recording(1, seats=2)
    while not any(event["type"] == "hand_started" for event, _ in game.steps):
        game.play(10)
    start = next(n for n, (event, _) in enumerate(game.steps) if event["type"] == "hand_started")
    event, _ = game.steps[start]
    me = event["players"][0]
    before = game.steps[start - 1][1]
    cards = {"type": "hole_cards_dealt", "seat": me["seat"], "cards": ["As", "Kd"]}
    private = {"type": "private", "version": 11, "events": [cards]}
    first = [snapshot(10, before), private, happened(11, event)]
    user_id = me["user_id"]
    assert accept(modules, *first, user_id=user_id)["cards"] == ["As", "Kd"]
    assert accept(modules, first[0], first[2], first[1], user_id=user_id)["cards"] == ["As", "Kd"]
    without = accept(modules, first[0], first[2], user_id=user_id)
    assert (without["cards"], without["lacks"]) == (None, True)
    next_hand = accept(modules, *first, happened(12, {**event, "hand_id": "2"}), user_id=user_id)
    assert (next_hand["cards"], next_hand["lacks"]) == (None, True)


def test_a_snapshot_of_a_lower_version_holds_and_later_events_are_new(modules: Page) -> None:
    game = Recording(1, seats=6)
    game.play(60)
    late, early = game.steps[3][1], game.steps[0][1]
    following = [happened(21, game.steps[1][0]), happened(22, game.steps[2][0])]
    result = accept(modules, snapshot(90, late), snapshot(20, early), *following)
    assert result["outcomes"] == ["changed"] * 4
    assert (result["version"], result["view"]) == (22, game.steps[2][1])
    assert [fresh for _, fresh in result["told"]] == [True, True]


PLAN = """
async (frames) => {
  const { TableStore } = await import("/tables/js/store.js");
  const store = new TableStore(1);
  for (const frame of frames) store.accept(frame);
  return { planned: store.own.planned?.action ?? null, options: store.own.options };
}
"""


def private(version: int, *events: dict[str, Any]) -> dict[str, Any]:
    return {"type": "private", "version": version, "events": list(events)}


def test_plans_end_with_the_own_action_whichever_frame_comes_first(modules: Page) -> None:
    hand: dict[str, Any] = {"hand_id": "1", "turn": None, "board": []}
    table = {"seats": [{"seat": 3, "user_id": 1}], "hand": hand, "waiting": []}
    plan = {"type": "pre_action_set", "seat": 3, "action": "check", "call_krw": None}
    planned = private(11, plan)
    cancelled = private(12, {"type": "pre_action_cancelled", "seat": 3})
    waited = happened(11, {"type": "chat_posted"})
    acted = happened(12, {"type": "player_checked", "seat": 3})
    other = happened(12, {"type": "player_checked", "seat": 4})
    first = snapshot(10, table)

    def kept(*frames: dict[str, Any]) -> str | None:
        action: str | None = modules.evaluate(PLAN, [first, *frames])["planned"]
        return action

    assert kept(planned, waited) == kept(waited, planned, other) == "check"
    assert kept(planned, waited, acted) is kept(waited, acted, planned) is None
    assert kept(planned, cancelled) is kept(cancelled, planned) is None


def test_options_are_the_latest_told(modules: Page) -> None:
    table: dict[str, Any] = {"seats": [], "hand": None, "waiting": []}
    off = private(11, {"type": "options_set", "seat": 3, "options": {"straddle": False}})
    on = private(12, {"type": "options_set", "seat": 3, "options": {"straddle": True}})
    options = modules.evaluate(PLAN, [snapshot(10, table), on, off])["options"]
    assert options["straddle"]
    assert options["run_it_twice"] == "ask"
