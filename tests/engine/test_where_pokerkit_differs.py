"""Where PokerKit 0.7.7 differs from the rules of the house.

Each difference is a test of PokerKit, so that an upgrade that changes one is noticed; how it is at
our tables stands in `tests/scenarios/rules/`.
"""

from functools import partial

import pytest
from pokerkit import HoleCardsShowingOrMucking, Mode, rake

from tables.engine.cards import ALL_CARDS
from tests.engine.bare import Bare
from tests.engine.room import stacked_deck

BOARD = "2c7d9hJs5s"


# Rule 1


def test_pokerkit_lets_limpers_raise_over_a_short_all_in() -> None:
    bare = Bare([150, 10_000, 10_000, 10_000], ALL_CARDS)
    for action, to_krw in (("call", None), ("call", None), ("raise", 150), ("call", None)):
        bare.act(action, to_krw)
    assert bare.offer() == (50, 250, 10_000)


def test_pokerkit_lets_a_checker_raise_over_a_short_first_bet() -> None:
    bare = Bare([10_000, 160, 10_000], ALL_CARDS)
    for action in ("call", "call", "call", "check"):
        bare.act(action)
    bare.act("raise", 60)
    bare.act("call")
    assert bare.state.actor_index == 0
    assert bare.offer() == (60, 160, 9_900)


# Rule 3


def test_pokerkit_lets_a_short_big_blind_be_called_for_its_size() -> None:
    bare = Bare([10_000, 60, 10_000, 10_000], ALL_CARDS)
    assert bare.offer() == (60, 160, 10_000)


def test_pokerkit_asks_a_player_whom_nobody_can_bet_against() -> None:
    bare = Bare([10_000, 30, 10_000], ALL_CARDS)
    bare.act("fold")
    assert bare.state.actor_index == 0


# Rule 6


def test_pokerkit_refuses_a_fold_for_free_in_tournaments_and_only_warns_in_cash_games() -> None:
    """Neither makes a check of it."""
    hands = [Bare([10_000] * 3, ALL_CARDS, mode=mode) for mode in (Mode.TOURNAMENT, Mode.CASH_GAME)]
    for bare in hands:
        bare.act("call")
        bare.act("call")
        assert bare.offer()[0] == 0
    tournament, cash_game = hands
    with pytest.raises(ValueError, match="no reason for this player to fold"):
        tournament.act("fold")
    with pytest.warns(UserWarning, match="no reason for this player to fold"):
        cash_game.act("fold")
    assert [bare.state.statuses.count(False) for bare in hands] == [0, 1]


# Rule 11


def test_pokerkit_counts_raises_over_a_straddle_from_the_big_blind() -> None:
    bare = Bare([10_000] * 4, ALL_CARDS, straddle=200)
    assert bare.offer() == (200, 300, 10_000)


# Rule 14


def test_pokerkit_gives_all_odd_chips_to_the_first_winner() -> None:
    deck = stacked_deck(4, "AsQh AdQd AhQc 3c4c", "2c7d9hJs5d")
    bare = Bare([101, 101, 101, 101], deck, big_blind=2)
    for to_krw in (101, None, None, None):
        bare.act("raise" if to_krw else "call", to_krw)
    assert bare.state.stacks == [136, 134, 134, 0]


# Rule 15


def test_pokerkit_rakes_each_pot_by_itself_rounds_and_caps_each() -> None:
    deck = stacked_deck(3, "AsAh QsQh KsKh", BOARD)
    bare = Bare([110, 5_000, 5_000], deck, rake=partial(rake, percentage=0.05, cap=15))
    for action in ("raise", "call", "call"):
        bare.act(action, 225)
    assert [pot.raked_amount for pot in bare.state.pots] == [15, 12], "of 330 and 230"


def test_pokerkit_leaves_matched_chips_of_the_last_street_out_of_the_rake_when_all_fold() -> None:
    bare = Bare([10_000, 10_000], ALL_CARDS, rake=partial(rake, percentage=0.05))
    for action, to_krw in (("raise", 300), ("call", None), ("raise", 200), ("raise", 600)):
        bare.act(action, to_krw)
    bare.act("fold")
    assert 20_000 - sum(bare.state.stacks) == 40, "of 1,000 that were matched"


def test_pokerkits_rake_knows_no_flop_no_drop_only_when_told() -> None:
    bare = Bare([10_000, 10_000], ALL_CARDS, rake=partial(rake, percentage=0.05))
    bare.act("raise", 300)
    bare.act("fold")
    assert 20_000 - sum(bare.state.stacks) > 0


# Rule 16


def _all_in() -> Bare:
    bare = Bare([1_000, 1_000], ALL_CARDS, mode=Mode.CASH_GAME)
    bare.state.complete_bet_or_raise_to(1_000)
    bare.state.check_or_call()
    return bare


def test_pokerkit_takes_the_players_number_for_the_number_of_boards() -> None:
    with pytest.raises(ValueError, match="runout count 0 is not positive"):
        _all_in().state.select_runout_count(2, player_index=0)
    assert _all_in().state.select_runout_count(2, player_index=1).player_index == 0


def test_pokerkit_counts_an_abstention_as_agreement() -> None:
    state = _all_in().state
    state.select_runout_count(None)
    state.select_runout_count(2)
    assert state.runout_count == 2


# Rule 18


def test_pokerkit_opens_everyone_whenever_anyone_is_all_in_by_the_river() -> None:
    deck = stacked_deck(3, "KsKh AsAh 3c4d", BOARD)
    bare = Bare([5_000, 1_000, 5_000], deck)
    script = ["raise", "call", "call", "check", "check", "check", "check", "raise", "call"]
    for action, to_krw in zip(script, [1_000] * 7 + [500] * 2, strict=True):
        bare.act(action, to_krw)
    shown = [o for o in bare.state.operations if isinstance(o, HoleCardsShowingOrMucking)]
    assert [operation.player_index for operation in shown] == [0, 1, 2]
    assert all(operation.hole_cards for operation in shown), "the beaten 3c 4d too"
