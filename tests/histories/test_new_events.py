"""Hands with straddles, posts, dead blinds, bomb pots and two boards, as events tell of them."""

from copy import deepcopy
from typing import Any

import pytest
from pokerkit.notation import HandHistory

from tables.engine.phh import read_phh
from tables.engine.replay import replay
from tables.history.phh import phh
from tables.history.pokerstars import pokerstars
from tables.history.story import story
from tests.histories.dealer import entry_of as entry_of_room
from tests.histories.dealer import random_entries, room, seen
from tests.histories.test_exports import board, from_phh, net, same_result

ALL_IN = "0 fold, 1 raise 1000, 2 call"
BOARD = "2c3d4h9s9d"


@pytest.fixture
def entry() -> dict[str, Any]:
    """Seat 1 has aces, seat 2 kings; all-in before the flop; the button folded."""
    game = room(1_000, 1_000, 1_000)
    game.deal("AsAd KsKd 7c2d", BOARD, button=0)
    game.play(ALL_IN)
    return deepcopy(entry_of_room(game))


def put_after(entry: dict[str, Any], kind: str, *events: dict[str, Any]) -> None:
    places = [place for place, event in enumerate(entry["events"]) if event["type"] == kind]
    entry["events"][places[-1] + 1 : places[-1] + 1] = events


def the(entry: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(event for event in entry["events"] if event["type"] == kind)
    return found


def paid(entry: dict[str, Any], seat: int, amount: int) -> None:
    """Move `amount` from a folded seat to the winner, seat 1."""
    for player in entry["players"]:
        player["net_krw"] += {seat: -amount, 1: amount}.get(player["seat"], 0)
    the(entry, "pot_awarded")["shares"][0]["amount_krw"] += amount
    entry["pot_krw"] += amount


def test_a_straddle(entry: dict[str, Any]) -> None:
    put_after(
        entry,
        "blind_posted",
        {"type": "blind_posted", "seat": 0, "kind": "straddle", "amount_krw": 200, "all_in": False},
    )
    # The straddler acts last before the flop.
    fold = the(entry, "player_folded")
    entry["events"].remove(fold)
    put_after(entry, "player_called", fold)
    paid(entry, 0, 200)
    hand = seen(entry, viewer=1)
    assert "blinds_or_straddles = [50, 100, 200]" in phh(hand)
    _, state = from_phh(phh(hand))
    assert (board(state), list(state.payoffs)) == (hand.board, net(hand))
    assert "player 0: posts straddle" in pokerstars(hand).replace("플레이어", "player ")
    assert any("200" in line.text for line in story(hand)[0].lines)


def test_a_live_post_and_a_dead_one(entry: dict[str, Any]) -> None:
    put_after(
        entry,
        "blind_posted",
        {"type": "dead_blind_posted", "seat": 0, "amount_krw": 50, "all_in": False},
        {"type": "blind_posted", "seat": 0, "kind": "post", "amount_krw": 100, "all_in": False},
    )
    paid(entry, 0, 150)
    hand = seen(entry, viewer=1)
    text = phh(hand)
    assert "ante_trimming_status = false" in text
    assert "antes = [0, 0, 50]" in text
    assert "blinds_or_straddles = [50, 100, -100]" in text
    _, state = from_phh(text)
    assert (board(state), list(state.payoffs)) == (hand.board, net(hand))
    written = pokerstars(hand)
    assert "posts dead blind ₩50" in written
    assert "플레이어0: posts big blind ₩100" in written


def test_a_dead_button_and_a_dead_small_blind(entry: dict[str, Any]) -> None:
    start = the(entry, "hand_started")
    start |= {"button_seat": 7, "small_blind_seat": None}
    entry["events"].remove(next(e for e in entry["events"] if e.get("kind") == "small"))
    hand = seen(entry, viewer=1)
    assert "blinds_or_straddles = [0, 100, 0]" in phh(hand)
    assert "Seat #8 is the button" in pokerstars(hand)
    _, state = from_phh(phh(hand))
    assert list(state.payoffs) == net(hand)


def test_a_bomb_pot_is_checked_around_before_the_flop() -> None:
    game = room(1_000, 1_000, 1_000)
    game.deal("AsAd KsKd 7c2d", BOARD, button=0)
    streets = "1 check, 2 check, 0 check"
    game.play("0 call, 1 call, 2 check, " + ", ".join([streets] * 3))
    entry = deepcopy(entry_of_room(game))
    events = entry["events"]
    first = next(place for place, e in enumerate(events) if e["type"] == "street_dealt")
    antes = [
        {"type": "ante_posted", "seat": seat, "amount_krw": 100, "all_in": False}
        for seat in (1, 2, 0)
    ]
    start = events[0] | {"bomb_pot": True, "small_blind_seat": None}
    entry["events"] = [start, *antes, *events[first:]]
    hand = seen(entry, viewer=1)
    _, state = from_phh(phh(hand))
    assert (board(state), list(state.payoffs)) == (hand.board, net(hand))
    assert {p.seat: p.position for p in hand.players} == {0: "BTN", 1: "SB", 2: "BB"}
    assert "posts the ante ₩100" in pokerstars(hand)


@pytest.fixture
def twice(entry: dict[str, Any]) -> dict[str, Any]:
    """The flop is shared; turn and river come twice, and seat 2 wins the second board."""
    put_after(
        entry,
        "bets_collected",
        {"type": "run_it_twice_offered", "seats": [1, 2], "deadline_ms": 9},
        {"type": "run_it_twice_answered", "seat": 1, "agreed": True},
        {"type": "run_it_twice_agreed"},
    )
    second = [("turn", ["Kc"]), ("river", ["Kh"])]
    put_after(
        entry,
        "street_dealt",
        *({"type": "street_dealt", "street": s, "cards": c, "board": 2} for s, c in second),
    )
    award = the(entry, "pot_awarded")
    half = award["shares"][0]["amount_krw"] // 2
    award |= {"board": 1, "shares": [{"seat": 1, "amount_krw": half}]}
    put_after(
        entry,
        "pot_awarded",
        award | {"board": 2, "hand": "four_of_a_kind", "shares": [{"seat": 2, "amount_krw": half}]},
    )
    for player in entry["players"]:
        player["net_krw"] = 0
    return entry


def test_a_hand_that_was_run_twice_has_two_boards(twice: dict[str, Any]) -> None:
    hand = seen(twice, viewer=1)
    assert hand.board == ("2c", "3d", "4h", "9s", "9d")
    assert hand.second_board == ("2c", "3d", "4h", "Kc", "Kh")
    text = phh(hand)
    history, state = from_phh(text)
    assert board(state) == hand.board
    assert history.finishing_stacks == [1_000, 1_000, 1_000]
    assert history.winnings == [1_000, 1_000, 0]
    assert history.user_defined_fields["_boards"] == ["2c3d4h9s9d", "2c3d4hKcKh"]
    written = pokerstars(hand)
    assert "*** SECOND TURN *** [2c 3d 4h] [Kc]" in written
    assert "*** SECOND RIVER *** [2c 3d 4h Kc] [Kh]" in written
    assert "Hand was run twice" in written
    parsed = next(iter(_stars(written)))
    assert board(list(parsed)[-1]) == hand.board


def test_the_story_says_which_board_was_won(twice: dict[str, Any]) -> None:
    from django.utils.translation import override

    with override("en"):
        sections = story(seen(twice, viewer=1))
        won = [line.text for line in sections[-1].lines if line.kind == "won"]
    assert won[0].startswith("First board: ")
    assert won[1].startswith("Second board: ")
    assert [section.cards for section in sections].count("Kc") == 1


def test_running_tables_with_every_option_are_read_by_pokerkit_as_recorded() -> None:
    seen_kinds: set[str] = set()
    for number in range(45):
        for entry in random_entries(("options", number)):
            hand = seen(entry, viewer=None)
            seen_kinds |= {event.get("kind", event["type"]) for event in hand.events}
            text = phh(hand)
            history, state = from_phh(text)
            assert not state.status, text
            assert board(state) == hand.board, text
            assert history.finishing_stacks == [p.stack_krw + p.net_krw for p in hand.players]
            assert hand.second_board or same_result(hand, list(state.payoffs)), text
            assert story(hand)
            assert pokerstars(hand).count("*** SUMMARY ***") == 1
    assert seen_kinds >= {"straddle", "post", "dead_blind_posted", "run_it_twice_agreed"}


def test_heads_up_with_equal_blinds() -> None:
    game = room(1_000, 1_000, small_blind_krw=100)
    game.deal(button=1)
    game.play("1 raise 300, 0 fold")
    hand = seen(entry_of_room(game), viewer=0)
    assert "blinds_or_straddles = [-100, 100]" in phh(hand)
    _, state = from_phh(phh(hand))
    assert list(state.payoffs) == net(hand)
    replay(read_phh(phh(hand)))


def test_events_that_nobody_knows_yet_are_passed_over(entry: dict[str, Any]) -> None:
    for kind in ("extra_time_started", "extra_time_used", "moon_landed"):
        put_after(entry, "player_called", {"type": kind, "seat": 1, "board": 1})
    hand = seen(entry, viewer=1)
    _, state = from_phh(phh(hand))
    assert list(state.payoffs) == net(hand)
    assert story(hand)
    assert "*** RIVER ***" in pokerstars(hand)


def test_a_void_hand_is_written_as_far_as_it_came() -> None:
    from tables.engine.commands import VoidHand

    game = room(1_000, 1_000)
    game.deal(button=0)
    game.play("0 raise 300")
    game.do(VoidHand("the house"))
    hand = seen(entry_of_room(game), viewer=0)
    history, _ = from_phh(phh(hand))
    assert history.finishing_stacks == [1_000, 1_000]
    assert history.user_defined_fields["_void"] is True
    assert "Hand cancelled" in pokerstars(hand)


def _stars(text: str) -> Any:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(HandHistory.from_pokerstars(text, error_status=True))
