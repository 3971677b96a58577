"""What holds for every table, whatever its options and whatever is played at it.

A table is played from a seed; Hypothesis looks for the smallest options and the fewest hands that
break one. The many hands of a normal run are in `test_many_hands.py`.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from tables.engine import TableConfig
from tests.engine.simulation import Simulation
from tests.engine.simulation.twin import Twins

seeds = st.integers(0, 2**32)


@st.composite
def configs(draw: st.DrawFn) -> TableConfig:
    """Any options; they shrink towards none of them."""
    big = draw(st.integers(2, 120))
    times = st.sampled_from([0, 1, 2_500, 30_000])
    return TableConfig(
        seats=draw(st.integers(2, 9)),
        small_blind_krw=draw(st.integers(1, big)),
        big_blind_krw=big,
        min_buy_in_krw=1,
        max_buy_in_krw=draw(st.sampled_from([20, 40, 200])) * big,
        ante_krw=draw(st.integers(0, big)),
        straddle=draw(st.booleans()),
        run_it_twice=draw(st.booleans()),
        rabbit_hunt=draw(st.booleans()),
        bomb_pot_every=draw(st.integers(0, 4)),
        bomb_pot_ante_krw=draw(st.sampled_from([0, 1, 3 * big])),
        time_bank_ms=draw(times),
        time_bank_refill_ms=draw(times),
        disconnect_ms=draw(times),
        rake_bps=draw(st.sampled_from([0, 500])),
        rake_caps_krw=draw(st.sampled_from([(), (25,), (0, 25, 1_000)])),
    )


@settings(max_examples=50, deadline=None)
@given(configs(), seeds, st.integers(1, 8), st.sampled_from([0.0, 0.15, 0.5]))
def test_a_table_stays_sound_whatever_is_played(
    config: TableConfig, seed: int, hands: int, mischief: float
) -> None:
    """Every tenth command is checked with everything: what is legal, and JSON and back."""
    Simulation(seed, config=config, mischief=mischief, probes=0.1, stores=0.1).play(hands)


@settings(max_examples=100, deadline=None)
@given(seeds, st.sampled_from([0, 3, 4, 5]), st.integers(0, 6))
def test_what_is_seen_does_not_depend_on_cards_that_are_hidden(
    seed: int, board: int, warm_up: int
) -> None:
    Twins(seed, warm_up=warm_up).play_until_revealed(board=board)


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(0, 6))
def test_folded_cards_are_never_noticed(seed: int, warm_up: int) -> None:
    Twins(seed, warm_up=warm_up).play_with_other_folded_cards()


def test_what_is_seen_is_compared_for_long_enough() -> None:
    """Of the pairs that the tests above play, enough go on for several commands."""
    compared = [Twins(seed, warm_up=3).play_until_revealed(board=5) for seed in range(40)]
    assert sum(count > 3 for count in compared) > 10
