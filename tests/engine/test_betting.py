"""Whose turn it is, what is offered, and what is refused."""

import pytest

from tables.engine.commands import Act
from tables.engine.events import (
    BlindPosted,
    PlayerBet,
    PlayerCalled,
    PlayerChecked,
    PlayerFolded,
    PlayerRaised,
    UncalledBetReturned,
)
from tests.engine.room import Room, names


def offer(room: Room) -> tuple[int, int, int | None, int | None]:
    turn = room.turn
    return turn.seat, turn.call_krw, turn.min_raise_to_krw, turn.max_raise_to_krw


def test_first_to_act_is_left_of_the_big_blind_then_left_of_the_button() -> None:
    room = Room(10_000, 10_000, 10_000, 10_000)
    room.deal(button=0)
    assert offer(room) == (3, 100, 200, 10_000)
    room.play("3 call, 0 call, 1 call, 2 check")
    assert offer(room) == (1, 0, 100, 9_900)


def test_heads_up_the_button_posts_the_small_blind_and_acts_first_before_the_flop_only() -> None:
    room = Room(10_000, 10_000)
    room.deal(button=0)
    assert [(blind.seat, blind.kind) for blind in room.all(BlindPosted)] == [
        (0, "small"),
        (1, "big"),
    ]
    assert room.turn.seat == 0
    room.play("0 call, 1 check")
    assert room.turn.seat == 1


def test_the_big_blind_has_the_option_in_an_unraised_pot() -> None:
    room = Room(10_000, 10_000, 10_000)
    room.deal(button=0)
    room.play("0 call, 1 call")
    assert offer(room) == (2, 0, 200, 10_000)
    assert isinstance(room.play("2 raise 300")[0], PlayerRaised)


def test_the_first_wager_of_a_street_is_a_bet_the_next_a_raise() -> None:
    room = Room(10_000, 10_000)
    room.deal(button=0)
    room.play("0 call, 1 check")
    bet = room.play("1 raise 250")[0]
    assert bet == PlayerBet(1, 250, 250, all_in=False)
    assert room.play("0 raise 600")[0] == PlayerRaised(0, 600, 600, all_in=False)
    assert room.play("1 call")[0] == PlayerCalled(1, 350, 600, all_in=False)


def test_the_minimum_raise_is_the_largest_raise_of_the_street() -> None:
    room = Room(10_000, 10_000, 10_000)
    room.deal(button=0)
    room.play("0 raise 400")
    assert offer(room) == (1, 350, 700, 10_000)
    room.play("1 raise 1000")
    assert offer(room) == (2, 900, 1_600, 10_000)
    room.play("2 call, 0 call")
    assert offer(room)[2] == 100, "a new street starts again from the big blind"


def test_a_raise_of_less_than_the_minimum_is_legal_only_all_in() -> None:
    room = Room(10_000, 10_000, 650)
    room.deal(button=0)
    room.play("0 raise 400, 1 fold")
    assert offer(room) == (2, 300, 650, 650)
    assert room.play("2 raise 650")[0] == PlayerRaised(2, 550, 650, all_in=True)


def test_a_short_all_in_does_not_reopen_the_betting_for_who_has_acted() -> None:
    room = Room(10_000, 10_000, 10_000, 450)
    room.deal(button=0)
    room.play("3 call, 0 raise 300, 1 call, 2 call, 3 raise 450")
    assert offer(room) == (0, 150, None, None)
    assert room.refusal(room.act("raise", 1_000)) == "raise_not_allowed"


def test_short_all_ins_that_add_up_to_a_raise_reopen_the_betting() -> None:
    room = Room(10_000, 10_000, 400, 500, 10_000)
    room.deal(button=0)
    room.play("3 call, 4 raise 300, 0 call, 1 fold, 2 raise 400, 3 raise 500")
    assert offer(room) == (4, 200, 700, 10_000)


def test_an_all_in_of_less_than_a_raise_over_limps_does_not_let_the_limpers_raise() -> None:
    room = Room(10_000, 150, 10_000, 10_000)
    room.deal(button=0)
    room.play("3 call, 0 call, 1 raise 150")
    assert offer(room) == (2, 50, 250, 10_000), "the big blind has not acted"
    room.play("2 call")
    assert offer(room) == (3, 50, None, None)


def test_a_first_bet_all_in_for_less_than_the_big_blind_bars_who_has_checked() -> None:
    room = Room(10_000, 10_000, 160)
    room.deal(button=0)
    room.play("0 call, 1 call, 2 check, 1 check")
    assert offer(room) == (2, 0, 60, 60)
    room.play("2 raise 60")
    assert offer(room) == (0, 60, 160, 9_900), "who has not acted may still raise"
    room.play("0 call")
    assert offer(room) == (1, 60, None, None)


def test_a_short_big_blind_is_still_called_in_full() -> None:
    room = Room(10_000, 10_000, 60, 10_000)
    room.deal(button=0)
    assert offer(room) == (3, 100, 200, 10_000)
    room.play("3 raise 200")
    assert offer(room) == (0, 200, 300, 10_000), "a raise to 200 was one of 100"


def test_a_short_big_blind_alone_is_called_for_its_size() -> None:
    room = Room(10_000, 10_000, 60)
    room.deal(button=0)
    room.play("0 fold")
    assert offer(room) == (1, 10, None, None)


def test_nobody_is_asked_when_the_short_big_blind_is_covered() -> None:
    room = Room(10_000, 10_000, 30)
    room.deal(button=0)
    events = room.play("0 fold")
    assert UncalledBetReturned(1, 20) in events
    assert room.state.hand is None


def test_nobody_can_raise_when_all_others_are_all_in() -> None:
    room = Room(10_000, 10_000, 500)
    room.deal(button=0)
    room.play("0 fold, 1 call, 2 raise 500")
    assert offer(room) == (1, 400, None, None)


def test_folding_with_nothing_to_call_is_a_check() -> None:
    room = Room(10_000, 10_000)
    room.deal(button=0)
    room.play("0 call")
    assert room.play("1 fold")[0] == PlayerChecked(1)
    assert PlayerFolded(1) in room.play("1 check, 0 raise 100, 1 fold")


def test_everyone_folds_and_the_winner_shows_nothing() -> None:
    room = Room(10_000, 10_000, 10_000)
    room.deal(button=0)
    events = room.play("0 raise 300, 1 fold, 2 fold")
    assert names(events)[-6:] == [
        "player_folded",
        "uncalled_bet_returned",
        "bets_collected",
        "pot_awarded",
        "hand_finished",
        "hand_scheduled",
    ]
    assert room.stacks() == {0: 10_150, 1: 9_950, 2: 9_900}


@pytest.mark.parametrize(
    ("action", "to_krw", "code"),
    [
        ("check", None, "illegal_action"),
        ("call", 100, "illegal_action"),
        ("fold", 100, "illegal_action"),
        ("raise", None, "illegal_action"),
        ("raise", 199, "amount_too_small"),
        ("raise", -5, "amount_too_small"),
        ("raise", 10_001, "amount_too_large"),
    ],
)
def test_wrong_actions_are_refused(action: str, to_krw: int | None, code: str) -> None:
    room = Room(10_000, 10_000, 10_000)
    room.deal(button=0)
    assert room.refusal(room.act(action, to_krw)) == code  # type: ignore[arg-type]


def test_calling_nothing_is_refused() -> None:
    room = Room(10_000, 10_000)
    room.deal(button=0)
    room.play("0 call")
    assert room.refusal(room.act("call")) == "illegal_action"


def test_an_action_must_name_the_running_hand_and_turn_and_come_from_its_player() -> None:
    room = Room(10_000, 10_000, 10_000)
    assert room.refusal(Act(100, "hand 1", 1, "fold")) == "hand_over"
    room.deal(button=0)
    assert room.refusal(Act(100, "hand 0", 1, "fold")) == "hand_over"
    assert room.refusal(Act(100, "hand 1", 2, "fold")) == "stale_turn"
    assert room.refusal(Act(101, "hand 1", 1, "fold")) == "not_your_turn"
    assert room.refusal(Act(999, "hand 1", 1, "fold")) == "not_seated"
    first = room.act("call")
    room.do(first)
    assert room.refusal(first) == "stale_turn"
    room.play("1 fold, 2 check, 2 check, 0 check, 2 check, 0 check, 2 check")
    last = room.act("check")
    room.do(last)
    assert room.refusal(last) == "hand_over"
