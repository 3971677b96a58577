"""Starting, voiding and following hands: the button, the clock, and the house."""

import pytest

from tables.engine import TableConfig, next_wakeup, private_events
from tables.engine import commands as c
from tables.engine.cards import ALL_CARDS
from tables.engine.events import (
    BlindPosted,
    ClocksMoved,
    Event,
    HandScheduled,
    HandStarted,
    HandVoided,
    HoleCardsDealt,
    PlayerChecked,
    PlayerFolded,
    PlayerSatOut,
    SeatLeft,
)
from tests.engine.room import CONFIG, Room, names


def blinds(room: Room) -> tuple[int, int, int]:
    """Button, small and big blind of the last hand."""
    started = room.last(HandStarted)
    assert started.small_blind_seat is not None
    return started.button_seat, started.small_blind_seat, started.big_blind_seat


def test_the_button_moves_to_the_next_player() -> None:
    room = Room(5_000, 5_000, 0, 5_000)
    places = []
    for script in ("0 fold, 1 fold", "1 fold, 3 fold", "3 fold, 0 fold"):
        room.deal()
        places.append(blinds(room))
        room.play(script)
    assert places == [(0, 1, 3), (1, 3, 0), (3, 0, 1)]


def test_heads_up_the_blinds_alternate() -> None:
    room = Room(5_000, 0, 5_000)
    room.deal()
    assert blinds(room) == (0, 0, 2)
    room.play("0 fold")
    room.deal()
    assert blinds(room) == (2, 2, 0)


@pytest.mark.parametrize("leaver", [0, 1, 2])
def test_from_three_to_two_nobody_posts_the_big_blind_twice_running(leaver: int) -> None:
    room = Room(5_000, 5_000, 5_000)
    room.deal(button=0)
    room.play("0 fold, 1 fold")
    room.leave(leaver)
    room.deal()
    assert blinds(room)[2] != 2
    assert blinds(room)[0] == blinds(room)[1]


def test_a_blind_that_takes_the_whole_stack_is_all_in() -> None:
    room = Room(5_000, 5_000, 70)
    room.deal(button=0)
    assert room.last(BlindPosted) == BlindPosted(2, "big", 70, all_in=True)


def test_the_next_hand_follows_after_the_pause() -> None:
    room = Room(5_000, 5_000)
    room.deal()
    assert room.state.next_hand_at_ms is None
    room.now_ms = 50_000
    room.play("0 fold")
    assert room.last(HandScheduled).at_ms == 53_000


def test_a_deck_is_52_different_cards() -> None:
    room = Room(5_000, 5_000)
    with pytest.raises(ValueError, match="52 different"):
        room.do(c.StartHand("h", (*ALL_CARDS[:51], ALL_CARDS[0])))


def test_only_one_hand_at_a_time() -> None:
    room = Room(5_000, 5_000)
    room.deal()
    for command in (c.StartHand("h", ALL_CARDS), c.CloseTable(), c.Reconfigure(CONFIG)):
        assert room.refusal(command) == "hand_running"


def test_own_cards_are_known_to_their_owner_also_after_folding() -> None:
    room = Room(5_000, 5_000, 5_000)
    room.deal("3c4d AsAh KsKh", button=0)
    room.play("0 fold")
    assert _own_cards(room, 100) == [HoleCardsDealt(0, ("Ks", "Kh"))]
    assert _own_cards(room, 101) == [HoleCardsDealt(1, ("3c", "4d"))]
    assert private_events(room.state, 999) == []
    room.play("1 fold")
    assert _own_cards(room, 100) == []


def _own_cards(room: Room, user_id: int) -> list[Event]:
    return [e for e in private_events(room.state, user_id) if isinstance(e, HoleCardsDealt)]


# The clock


def test_time_running_out_folds_and_sits_out() -> None:
    room = Room(5_000, 5_000, 5_000, time_bank_ms=0)
    room.deal(button=0)
    assert next_wakeup(room.state) == room.turn.deadline_ms == room.now_ms + 20_000
    room.now_ms += 19_999
    assert room.refusal(c.Tick()) == "nothing_due"
    room.now_ms += 1
    events = room.do(c.Tick())
    assert events[:2] == [
        PlayerFolded(0, timed_out=True),
        PlayerSatOut(0, "timed_out", room.now_ms + 600_000),
    ]
    assert room.turn.seat == 1


def test_time_running_out_checks_when_it_is_free() -> None:
    room = Room(5_000, 5_000, time_bank_ms=0)
    room.deal()
    room.play("0 call")
    room.now_ms += 20_000
    events = room.do(c.Tick())
    assert events[0] == PlayerChecked(1, timed_out=True)
    assert room.turn.seat == 1, "still in the hand, asked again by the clock"
    room.now_ms += 20_000
    assert names(room.do(c.Tick()))[0:2] == ["player_checked", "turn_started"], "sat out already"


def test_a_pause_of_the_house_costs_a_player_no_time() -> None:
    room = Room(5_000)
    assert room.refusal(c.ResumeClock(5_000)) == "nothing_due"
    room.sit(1, 5_000)
    room.deal()
    deadline = room.turn.deadline_ms
    assert room.do(c.ResumeClock(5_000)) == [ClocksMoved(5_000)]
    assert next_wakeup(room.state) == deadline + 5_000


def test_who_sits_out_too_long_leaves_the_seat() -> None:
    room = Room(5_000, 5_000, 5_000)
    room.do(c.SitOut(101))
    assert next_wakeup(room.state) == room.now_ms + 600_000
    room.now_ms += 600_000
    assert names(room.do(c.Tick())) == ["seat_left"]
    assert room.last(SeatLeft).stack_krw == 5_000
    assert next_wakeup(room.state) is None


def test_nobody_is_removed_in_a_hand_or_while_a_payment_is_under_way() -> None:
    room = Room(5_000, 5_000, 5_000, sit_out_limit_ms=1_000)
    room.deal(button=0)
    room.do(c.SitOut(101))
    room.do(c.RequestTopUp(101, 1_000, "t"))
    room.now_ms += 2_000
    assert room.refusal(c.Tick()) == "nothing_due"
    room.play("0 fold, 1 fold")
    assert room.refusal(c.Tick()) == "nothing_due"
    room.do(c.CancelTopUp("t", "x"))
    assert names(room.do(c.Tick())) == ["seat_left"]


# The house


def test_a_void_hand_gives_every_stack_back() -> None:
    room = Room(5_000, 4_000, 3_000)
    room.deal(button=0)
    room.play("0 raise 1000, 1 call")
    room.leave(1)
    events = room.do(c.VoidHand("journal_lost"))
    assert names(events) == ["hand_voided", "seat_left", "hand_scheduled"]
    voided = room.last(HandVoided)
    assert {result.seat: result.stack_krw for result in voided.results} == {
        0: 5_000,
        1: 4_000,
        2: 3_000,
    }
    assert room.stacks() == {0: 5_000, 2: 3_000}
    assert room.refusal(c.VoidHand("again")) == "hand_over"


def test_closing_sends_everyone_off_with_their_chips() -> None:
    room = Room(5_000, 5_000)
    room.do(c.ReserveSeat(7, "late", 3, 5_000, "late"))
    room.do(c.RequestTopUp(101, 500, "t"))
    assert names(room.do(c.CloseTable())) == [
        "table_closed",
        "seat_left",
        "leave_requested",
        "hand_scheduled",
    ]
    assert names(room.do(c.ConfirmBuyIn("late"))) == ["seat_taken", "seat_left"]
    assert names(room.do(c.ConfirmTopUp("t"))) == ["top_up_confirmed", "chips_added", "seat_left"]
    assert room.state.seats == {}
    assert room.refusal(c.CloseTable()) == "table_closed"
    assert room.refusal(c.ReserveSeat(8, "x", 0, 5_000, "b")) == "table_closed"


def test_options_change_between_hands_but_take_no_ones_seat_away() -> None:
    room = Room(5_000, 0, 0, 5_000)
    assert room.refusal(c.Reconfigure(_seats(3))) == "seat_taken"
    assert names(room.do(c.Reconfigure(_seats(4)))) == ["table_reconfigured"]


def test_a_closed_table_opens_again_with_its_options() -> None:
    room = Room(0, 0)
    room.do(c.CloseTable())
    assert names(room.do(c.Reconfigure(_seats(2)))) == ["table_reconfigured"]
    assert not room.state.closed
    room.do(c.ReserveSeat(8, "x", 0, 5_000, "b"))


def _seats(seats: int) -> TableConfig:
    return TableConfig(seats, 50, 100, 1, 20_000)


def test_presence_is_told_once() -> None:
    room = Room(5_000)
    assert names(room.do(c.MarkDisconnected(100))) == ["player_disconnected"]
    assert room.refusal(c.MarkDisconnected(100)) == "nothing_due"
    assert names(room.do(c.MarkConnected(100))) == ["player_connected"]
    assert room.refusal(c.MarkConnected(7)) == "not_seated"


def test_chat_is_told_and_changes_nothing() -> None:
    room = Room(5_000)
    before = room.state
    assert names(room.do(c.PostChat(7, "watcher", "hi"))) == ["chat_posted"]
    assert room.state == before
