"""Buying in, topping up, sitting out and leaving."""

import pytest

from tables.engine import commands as c
from tables.engine.events import (
    ChipsAdded,
    HandFinished,
    HandScheduled,
    LeaveRequested,
    PlayerFolded,
    PlayerSatIn,
    PlayerSatOut,
    ReservationCancelled,
    SeatLeft,
    SeatTaken,
    TopUpConfirmed,
    TopUpReturned,
)
from tests.engine.room import Room, names


def reserve(seat: int = 0, *, user: int = 100, amount: int = 5_000, key: str = "b") -> c.Command:
    return c.ReserveSeat(user, "someone", seat, amount, key)


def seated_room() -> Room:
    """Three players between hands, each with 5,000."""
    return Room(5_000, 5_000, 5_000, min_buy_in_krw=2_000, max_buy_in_krw=10_000)


def test_a_seat_is_reserved_then_taken_with_its_chips() -> None:
    room = Room()
    reserved = room.do(reserve())[0]
    assert reserved.expires_ms == room.now_ms + 60_000  # type: ignore[attr-defined]
    assert room.state.seats[0].stack_krw == 0
    taken = room.do(c.ConfirmBuyIn("b"))[0]
    assert taken == SeatTaken(0, 100, "someone", False, 5_000, "b")
    assert room.refusal(c.ConfirmBuyIn("b")) == "unknown_reservation"


def test_a_refused_buy_in_frees_the_seat() -> None:
    room = Room()
    room.do(reserve())
    cancelled = room.do(c.CancelBuyIn("b", "insufficient_funds"))
    assert cancelled == [ReservationCancelled(0, 100, "b", "insufficient_funds")]
    assert room.state.seats == {}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (reserve(6, user=1), "no_such_seat"),
        (reserve(-1, user=1), "no_such_seat"),
        (reserve(0, user=1), "seat_taken"),
        (reserve(3, user=100), "already_seated"),
        (reserve(3, user=1, amount=1_999), "buy_in_out_of_range"),
    ],
)
def test_reservations_that_are_refused(command: c.Command, code: str) -> None:
    assert seated_room().refusal(command) == code


def test_a_reserved_seat_can_neither_leave_nor_play_nor_top_up() -> None:
    room = Room(5_000)
    room.do(reserve(3, user=7))
    for command in (c.Leave(7), c.SitOut(7), c.SitIn(7), c.RequestTopUp(7, 1, "t")):
        assert room.refusal(command) == "not_ready"
    assert room.state.next_hand_at_ms is None


def test_who_is_not_seated_is_told_so() -> None:
    room = seated_room()
    for command in (c.Leave(7), c.SitOut(7), c.SitIn(7), c.RequestTopUp(7, 1, "t")):
        assert room.refusal(command) == "not_seated"


def test_a_hand_is_scheduled_with_two_players_and_taken_back_with_one() -> None:
    room = Room(5_000)
    assert room.all(HandScheduled) == []
    room.sit(1, 5_000)
    assert room.last(HandScheduled).at_ms == room.now_ms + 3_000
    room.do(c.SitOut(101))
    assert room.last(HandScheduled).at_ms is None
    assert room.refusal(c.StartHand("h", ())) == "not_ready"


def test_who_sits_down_during_a_hand_plays_the_next() -> None:
    room = Room(5_000, 5_000)
    room.deal()
    room.sit(2, 5_000)
    assert room.state.next_hand_at_ms is None
    room.play("0 fold")
    room.deal()
    assert room.state.hand is not None
    assert len(room.state.hand.players) == 3


def test_leaving_between_hands_is_at_once() -> None:
    room = seated_room()
    left = room.leave(1)[0]
    assert isinstance(left, SeatLeft)
    assert (left.seat, left.user_id, left.stack_krw) == (1, 101, 5_000)
    assert left.cash_out_id.startswith("out:buy-in 1")
    assert 1 not in room.state.seats


def test_leaving_in_turn_folds_and_goes_after_the_hand() -> None:
    room = seated_room()
    room.deal(button=0)
    assert names(room.leave(0)) == ["leave_requested", "player_folded", "turn_started"]
    assert room.refusal(c.Leave(100)) == "already_leaving"
    assert names(room.play("1 fold"))[-4:] == [
        "pot_awarded",
        "hand_finished",
        "seat_left",
        "hand_scheduled",
    ]


def test_leaving_out_of_turn_folds_when_the_turn_comes() -> None:
    room = seated_room()
    room.deal(button=0)
    assert room.leave(1) == [LeaveRequested(1)]
    assert names(room.play("0 call")) == ["player_called", "player_folded", "turn_started"]


def test_a_leaver_who_is_first_on_a_new_street_folds_even_unasked() -> None:
    room = seated_room()
    room.deal(button=0)
    room.play("0 fold, 1 call")
    room.leave(1)
    events = room.play("2 check")
    assert PlayerFolded(1) in events
    assert room.last(HandFinished).results[1].net_krw == 100


def test_an_all_in_player_who_leaves_still_plays_for_the_pot() -> None:
    room = Room(1_000, 5_000, 5_000)
    room.deal("3c4d 5c6d AsAh", "2c7d9hJsKd", button=0)
    room.play("0 raise 1000, 1 call")
    room.leave(0)
    room.play("2 fold")
    assert room.last(SeatLeft).stack_krw == 2_100


def test_sitting_out_takes_effect_after_the_hand() -> None:
    room = seated_room()
    room.deal(button=0)
    assert room.do(c.SitOut(100)) == [PlayerSatOut(0, "asked", room.now_ms + 600_000)]
    assert room.refusal(c.SitOut(100)) == "nothing_due"
    room.play("0 fold, 1 fold")
    room.deal()
    assert room.state.hand is not None
    assert not room.state.hand.plays(0)
    assert room.do(c.SitIn(100)) == [PlayerSatIn(0)]
    assert room.refusal(c.SitIn(100)) == "nothing_due"


def test_a_busted_player_sits_out_and_cannot_sit_in_without_chips() -> None:
    room = Room(1_000, 1_000, 5_000)
    room.deal("3c4d 5c6d AsAh", "2c7d9hJsKd", button=0)
    room.play("0 raise 1000, 1 call, 2 fold")
    assert room.last(PlayerSatOut) == PlayerSatOut(1, "busted", room.now_ms + 120_000)
    assert room.refusal(c.SitIn(101)) == "no_chips"


def test_a_busted_player_plays_again_with_a_top_up() -> None:
    room = Room(1_000, 1_000, 5_000)
    room.deal("3c4d 5c6d AsAh", "2c7d9hJsKd", button=0)
    room.play("0 raise 1000, 1 call, 2 fold")
    room.do(c.RequestTopUp(101, 3_000, "t"))
    assert names(room.do(c.ConfirmTopUp("t"))) == [
        "top_up_confirmed",
        "chips_added",
        "player_sat_in",
    ]


def test_a_top_up_reaches_the_stack_at_once_between_hands() -> None:
    room = seated_room()
    room.do(c.RequestTopUp(100, 5_000, "t"))
    assert room.do(c.ConfirmTopUp("t")) == [
        TopUpConfirmed(0, 5_000, "t"),
        ChipsAdded(0, 5_000, 10_000),
    ]
    assert room.refusal(c.ConfirmTopUp("t")) == "unknown_reservation"


def test_a_top_up_waits_for_the_end_of_the_hand() -> None:
    room = seated_room()
    room.deal(button=0)
    room.do(c.RequestTopUp(100, 1_000, "t"))
    assert room.do(c.ConfirmTopUp("t")) == [TopUpConfirmed(0, 1_000, "t")]
    assert room.refusal(c.RequestTopUp(100, 1, "u")) == "top_up_pending"
    room.play("0 fold")
    assert ChipsAdded(0, 1_000, 6_000) in room.play("1 fold")


def test_of_a_top_up_that_a_won_hand_makes_too_large_the_rest_goes_back() -> None:
    room = Room(9_000, 5_000, max_buy_in_krw=10_000)
    room.deal("2c2d AsAh", "3c7d9hJsKd", button=0)
    room.do(c.RequestTopUp(100, 1_000, "t"))
    room.do(c.ConfirmTopUp("t"))
    room.play("0 call")
    events = room.play("1 fold" if room.turn.call_krw else "1 check")
    assert not [event for event in events if isinstance(event, TopUpReturned)]
    room.play("1 raise 700")
    events = room.play("0 raise 4900, 1 fold")
    assert ChipsAdded(0, 200, 10_000) in events
    assert TopUpReturned(0, 100, 800, "back:t") in events
    assert room.state.seats[0].top_up is None


def test_top_ups_stop_at_the_tables_maximum() -> None:
    room = seated_room()
    assert room.refusal(c.RequestTopUp(100, 5_001, "t")) == "top_up_too_large"
    assert room.refusal(c.RequestTopUp(100, 0, "t")) == "amount_too_small"
    room.deal(button=0)
    room.play("0 raise 1000")
    assert room.refusal(c.RequestTopUp(100, 5_001, "t")) == "top_up_too_large"


def test_a_refused_top_up_may_be_asked_again() -> None:
    room = seated_room()
    room.do(c.RequestTopUp(100, 1_000, "t"))
    room.do(c.CancelTopUp("t", "insufficient_funds"))
    room.do(c.RequestTopUp(100, 1_000, "u"))


def test_a_leaver_waits_for_a_top_up_that_is_being_paid_and_takes_it_along() -> None:
    room = seated_room()
    room.do(c.RequestTopUp(100, 1_000, "t"))
    assert room.leave(0) == [LeaveRequested(0)]
    assert names(room.do(c.ConfirmTopUp("t"))) == ["top_up_confirmed", "chips_added", "seat_left"]
    assert room.last(SeatLeft).stack_krw == 6_000


def test_a_leaver_goes_when_the_top_up_is_refused() -> None:
    room = seated_room()
    room.do(c.RequestTopUp(100, 1_000, "t"))
    room.leave(0)
    assert names(room.do(c.CancelTopUp("t", "x"))) == ["top_up_cancelled", "seat_left"]


def test_a_confirmed_top_up_is_paid_out_with_the_stack_of_a_leaver() -> None:
    room = seated_room()
    room.deal(button=0)
    room.do(c.RequestTopUp(100, 1_000, "t"))
    room.do(c.ConfirmTopUp("t"))
    room.leave(0)
    room.play("1 fold")
    assert room.last(SeatLeft).stack_krw == 6_000


def test_a_top_up_still_being_paid_keeps_the_seat_after_the_hand() -> None:
    room = seated_room()
    room.deal(button=0)
    room.do(c.RequestTopUp(100, 1_000, "t"))
    room.leave(0)
    room.play("1 fold")
    assert room.state.seats[0].leaving
    room.do(c.ConfirmTopUp("t"))
    assert 0 not in room.state.seats
