"""Antes, side pots, odd chips, uncalled bets and rake."""

from tables.engine.events import (
    AntePosted,
    BetsCollected,
    HandFinished,
    Pot,
    PotAwarded,
    RakeTaken,
    Share,
    UncalledBetReturned,
)
from tables.engine.pots import rake, share, split_pots
from tests.engine.room import Room

BOARD = "2c7d9hJs5d"


def test_every_all_in_makes_a_pot_and_the_rest_goes_back() -> None:
    room = Room(3_000, 500, 1_000)
    room.deal("AsAh KsKh QsQh", BOARD, button=0)
    room.play("0 raise 3000, 1 call, 2 call")
    assert room.last(UncalledBetReturned) == UncalledBetReturned(0, 2_000)
    assert room.last(BetsCollected).pots == (Pot(1_500, (1, 2, 0)), Pot(1_000, (2, 0)))
    assert [award.shares for award in room.all(PotAwarded)] == [
        (Share(1, 1_500),),
        (Share(2, 1_000),),
    ]
    assert room.stacks() == {0: 2_000, 1: 1_500, 2: 1_000}


def test_folded_chips_stay_in_the_pots() -> None:
    assert split_pots([300, 100, 300, 200], [True, True, True, False]) == [
        (400, (0, 1, 2)),
        (500, (0, 2)),
    ]


def test_folded_chips_above_every_live_level_fall_to_the_last_pot() -> None:
    assert split_pots([50, 30, 50], [False, True, False]) == [(130, (1,))]


def test_odd_chips_go_one_each_clockwise_from_the_button() -> None:
    assert share(1_001, [4, 2]) == [(2, 501), (4, 500)]
    assert share(302, [0, 1, 3]) == [(0, 101), (1, 101), (3, 100)]


def test_the_odd_chip_of_a_hand_goes_to_the_first_winner_left_of_the_button() -> None:
    room = Room(1_000, 1_000, 1_000, small_blind_krw=25, big_blind_krw=75)
    room.deal("3c4c AsQh AdQd", BOARD, button=0)
    room.play("0 call, 1 fold, 2 check")
    room.play("2 check, 0 check, 2 check, 0 check, 2 check, 0 check")
    assert room.last(PotAwarded).shares == (Share(2, 88), Share(0, 87))


def test_each_pot_has_its_own_odd_chips() -> None:
    room = Room(1_000, 101, 1_000, 1_000, small_blind_krw=1, big_blind_krw=2)
    room.deal("AsQh AdQd AhQc 3c4c", BOARD, button=0)
    room.play("3 raise 202, 0 fold, 1 call, 2 call")
    room.play("2 raise 101, 3 call")
    room.play("2 check, 3 check, 2 check, 3 check")
    main, side = room.all(PotAwarded)
    assert main.shares == (Share(1, 101), Share(2, 101), Share(3, 101))
    assert side.shares == (Share(2, 202), Share(3, 202))


def test_antes_go_to_the_pot_and_are_no_bet() -> None:
    room = Room(1_000, 1_000, 1_000, ante_krw=10)
    room.deal(button=0)
    assert room.all(AntePosted) == [AntePosted(seat, 10, all_in=False) for seat in (1, 2, 0)]
    assert (room.turn.call_krw, room.turn.max_raise_to_krw) == (100, 990)
    room.play("0 fold, 1 fold")
    assert room.stacks() == {0: 990, 1: 940, 2: 1_070}


def test_a_player_all_in_for_the_ante_plays_for_the_antes_alone() -> None:
    room = Room(1_000, 1_000, 5, ante_krw=10)
    room.deal("KsKh AsAh 3c4d", BOARD, button=0)
    assert [ante.amount_krw for ante in room.all(AntePosted)] == [10, 5, 10]
    room.play("0 call, 1 call, 1 check, 0 check, 1 check, 0 check, 1 check, 0 check")
    assert room.stacks() == {0: 890, 1: 1_100, 2: 15}


def test_everyone_all_in_by_the_ante_still_plays_the_hand() -> None:
    room = Room(10, 7, ante_krw=10)
    room.deal("KsKh AsAh", BOARD, button=0)
    assert room.state.hand is None
    assert room.stacks() == {0: 17, 1: 0}


def test_the_hand_of_a_pot_is_named_and_none_when_the_others_folded() -> None:
    room = Room(1_000, 1_000)
    room.deal("KsKh AsAh", BOARD, button=0)
    room.play("0 raise 1000, 1 call")
    assert room.last(PotAwarded).hand == "one_pair"
    room = Room(1_000, 1_000)
    room.deal(button=0)
    room.play("0 fold")
    assert room.last(PotAwarded).hand is None


def test_rake_is_a_capped_percentage_of_the_contested_pot_rounded_down() -> None:
    assert rake([1_999], bps=500, cap_krw=1_000, flop_seen=True) == [99]
    assert rake([1_999], bps=500, cap_krw=50, flop_seen=True) == [50]
    assert rake([1_999], bps=500, cap_krw=1_000, flop_seen=False) == [0]
    assert rake([600, 300], bps=500, cap_krw=1_000, flop_seen=True) == [30, 15]
    assert rake([600, 300], bps=500, cap_krw=10, flop_seen=True) == [6, 4]


def test_rake_leaves_the_pot_and_the_results_sum_to_minus_the_rake() -> None:
    room = Room(3_000, 1_000, rake_bps=500, rake_caps_krw=(300,))
    room.deal("KsKh AsAh", BOARD, button=0)
    room.play("0 raise 3000, 1 call")
    assert room.last(RakeTaken).amount_krw == 100, "the uncalled 2,000 are not raked"
    finished = room.last(HandFinished)
    assert finished.rake_krw == 100
    assert sum(result.net_krw for result in finished.results) == -100
    assert room.stacks() == {0: 3_900, 1: 0}


def test_no_flop_no_rake_event() -> None:
    room = Room(3_000, 1_000, rake_bps=500, rake_caps_krw=(300,))
    room.deal(button=0)
    room.play("0 fold")
    assert room.all(RakeTaken) == []
