"""Percentiles, and the proof that an acknowledged action happened exactly once."""

from hypothesis import given
from hypothesis import strategies as st

from tables.bots.meters import Ledger, Meter, percentile, summary_ms


def test_nearest_rank_percentiles() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, p) for p in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([7.0], 50) == percentile([7.0], 99) == 7.0
    assert percentile([1.0, 2.0, 3.0], 50) == 2.0
    assert percentile([], 95) == 0.0


@given(st.lists(st.floats(0, 100), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_with_that_share_at_or_below(
    values: list[float], percent: int
) -> None:
    ordered = sorted(values)
    found = percentile(ordered, percent)
    assert found in ordered
    at_or_below = sum(value <= found for value in ordered)
    below = sum(value < found for value in ordered)
    assert at_or_below * 100 >= percent * len(ordered) > below * 100


def test_a_summary_is_in_milliseconds() -> None:
    assert summary_ms([0.002, 0.001]) == {"p50": 1.0, "p95": 2.0, "p99": 2.0, "max": 2.0}
    assert summary_ms([]) == {"p50": 0.0, "p95": 0.0, "p99": 0.0, "max": 0.0}


def test_an_action_is_timed_to_its_result_and_to_the_next_players_turn() -> None:
    meter = Meter(recording=True)
    meter.act_sent(1, ("h", 1), 10.0)
    meter.turn_seen(1, ("h", 2), 10.25)
    meter.result_seen(1, ("h", 1), 10.5)
    meter.turn_seen(2, ("h", 2), 11.0)  # another table
    meter.act_sent(1, ("i", 1), 20.0)
    meter.turn_seen(1, ("h", 2), 21.0)  # the hand before is forgotten
    assert (meter.actions, meter.latency_s, meter.next_turn_s) == (1, [0.5], [0.25])


def test_nothing_is_timed_while_players_sit_down() -> None:
    meter = Meter()
    meter.act_sent(1, ("h", 1), 10.0)
    meter.result_seen(1, ("h", 1), 10.5)
    meter.hand_finished("h")
    assert (meter.actions, meter.hands) == (0, set())


def test_the_ledger_of_actions_finds_lost_and_doubled_ones() -> None:
    ledger = Ledger()
    ledger.hand_started("h")
    for turn in (1, 2, 3):
        ledger.acked(("h", turn))
    ledger.seen(("h", 1))
    ledger.seen(("h", 2))
    ledger.seen(("h", 2))
    ledger.close()
    assert (ledger.judged, ledger.lost, ledger.doubled, ledger.unseen) == (3, 1, 1, 0)


def test_an_event_may_come_before_or_after_its_acknowledgement() -> None:
    ledger = Ledger()
    for number in range(6):
        hand = f"h{number}"
        ledger.hand_started(hand)
        ledger.seen((hand, 1))
        ledger.acked((hand, 1))
        ledger.acked((hand, 2))
        ledger.seen((hand, 2))
    ledger.close()
    assert (ledger.judged, ledger.lost, ledger.doubled) == (12, 0, 0)


def test_a_jump_leaves_actions_unseen_and_a_void_hand_takes_them_back() -> None:
    ledger = Ledger()
    ledger.acked(("h", 1))
    ledger.jumped("h")
    ledger.acked(("i", 1))
    ledger.void("i")
    ledger.close()
    assert (ledger.judged, ledger.lost, ledger.unseen) == (1, 0, 1)
