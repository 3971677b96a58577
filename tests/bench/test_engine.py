"""The engine beside bare PokerKit: both play the same, and we are fast enough."""

import pytest

from tables.bench.engine import arrange, measure_engine, play_ours
from tables.engine import Refused, decide


def test_hands_are_the_same_every_time() -> None:
    assert arrange(7) == arrange(7)
    assert arrange(7).start.deck != arrange(8).start.deck


@pytest.mark.parametrize("number", range(12))
def test_both_sides_play_the_hand_to_its_end(number: int) -> None:
    """`arrange` compares the results."""
    hand = arrange(number)
    assert sum(hand.net_krw) == 0
    play_ours(hand)


def test_what_is_measured_as_refused_is_refused() -> None:
    steps = [step for number in range(12) for step in arrange(number).steps]
    codes = set()
    for step in steps:
        with pytest.raises(Refused) as refused:
            decide(step.table, step.refused, 0)
        codes.add(refused.value.code)
    assert {"stale_turn", "not_your_turn", "amount_too_large"} <= codes


def test_the_engine_keeps_its_figures() -> None:
    """At least 0.7 of bare PokerKit, in CPU time by turns; refusing costs less than accepting."""
    found = measure_engine(hands=30, rounds=5)
    assert found["ratio"] >= 0.7
    assert 0 < found["refused_us"] < found["accepted_us"]
    assert found["hands_per_s"] > 0
    assert found["pokerkit_hands_per_s"] > 0
