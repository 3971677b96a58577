"""How deep a value must lie: never less for more, and reached once reached."""

from hypothesis import given
from hypothesis import strategies as st

from wallet.assets import Network
from wallet.deposits.depth import FINAL_CONFIRMATIONS, final_height, needed
from wallet.deposits.reading import Reached
from wallet.models import Policy

values = st.integers(min_value=0, max_value=10**15)
heights = st.integers(min_value=0, max_value=10**7)


@given(network=st.sampled_from(Network), less=values, more=values, height=heights, depth=heights)
def test_what_is_deep_enough_for_more_is_for_less(
    network: Network, less: int, more: int, height: int, depth: int
) -> None:
    less, more = sorted((less, more))
    rules = Policy()
    reached = Reached(height + depth, height + depth - 4, height + depth - 8)
    if needed(network, more, rules).is_reached(height, reached):
        assert needed(network, less, rules).is_reached(height, reached)
    if needed(network, None, rules).is_reached(height, reached):
        assert needed(network, more, rules).is_reached(height, reached)


@given(network=st.sampled_from(Network), value=values, height=heights, depth=heights)
def test_a_block_more_never_makes_a_deposit_less_deep(
    network: Network, value: int, height: int, depth: int
) -> None:
    depth_needed = needed(network, value, Policy())
    now, later = (Reached(tip, tip - 4, tip - 8) for tip in (height + depth, height + depth + 1))
    if depth_needed.is_reached(height, now):
        assert depth_needed.is_reached(height, later)


@given(network=st.sampled_from(Network), value=values, tip=heights)
def test_what_is_final_is_deep_enough_for_everything(
    network: Network, value: int, tip: int
) -> None:
    reached = Reached(tip, tip - 4, tip - 8)
    assert needed(network, value, Policy()).is_reached(final_height(network, reached), reached)


def test_a_node_that_knows_no_final_block_finalizes_nothing() -> None:
    reached = Reached(100)
    assert not needed(Network.ETHEREUM, 0, Policy()).is_reached(0, reached)
    assert final_height(Network.ETHEREUM, reached) < 0
    assert final_height(Network.BITCOIN, reached) == 101 - FINAL_CONFIRMATIONS
