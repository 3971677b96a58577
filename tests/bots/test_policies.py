"""Every choice of every policy is legal, and hands end."""

from itertools import cycle, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tables.bots.policies import POLICIES, Spot
from tables.bots.strength import RANKS, made_strength, start_strength
from tables.engine import TableConfig, TableState, decide, new_table, private_events, public_view
from tables.engine.commands import Act, ConfirmBuyIn, ReserveSeat, StartHand
from tables.engine.events import HoleCardsDealt

DECK = tuple(rank + suit for rank, suit in product(RANKS, "cdhs"))
NOW_MS = 1_700_000_000_000
# As many smallest raises as the largest stack has big blinds, and everybody's checks and calls.
MOST_TURNS = 40_000 // 100 + 6 * 4 * 2

stacks = st.lists(st.integers(100, 40_000), min_size=2, max_size=6)


def seated(amounts: list[int]) -> TableState:
    state = new_table(
        1,
        TableConfig(
            seats=6, small_blind_krw=50, big_blind_krw=100, min_buy_in_krw=100,
            max_buy_in_krw=40_000, ante_krw=10,
        ),
    )  # fmt: skip
    for seat, amount in enumerate(amounts):
        bought = f"b{seat}"
        reserve = ReserveSeat(
            user_id=seat + 1, nickname=f"n{seat}", seat=seat, amount_krw=amount, buy_in_id=bought
        )
        state = decide(state, reserve, NOW_MS).state
        state = decide(state, ConfirmBuyIn(buy_in_id=bought), NOW_MS).state
    return state


def spot_of(state: TableState) -> tuple[int, Spot] | None:
    """Who is asked now (a user) and what that player sees."""
    view = public_view(state)
    if view.hand is None or view.hand.turn is None or view.hand.finished:
        return None
    seat = next(seat for seat in view.seats if seat.seat == view.hand.turn.seat)
    own = private_events(state, seat.user_id)
    cards = next(event.cards for event in own if isinstance(event, HoleCardsDealt))
    return seat.user_id, Spot(view, view.hand, view.hand.turn, seat, cards)


@pytest.mark.parametrize("name", sorted(POLICIES))
@given(
    amounts=stacks,
    deck=st.permutations(DECK),
    rolls=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=40),
)
@settings(max_examples=40, deadline=None)
def test_every_choice_is_legal_and_the_hand_ends(
    name: str, amounts: list[int], deck: list[str], rolls: list[float]
) -> None:
    state = decide(seated(amounts), StartHand(hand_id="h", deck=tuple(deck)), NOW_MS).state
    asked = 0
    chance = cycle(rolls).__next__
    while (found := spot_of(state)) is not None:
        user_id, spot = found
        choice = POLICIES[name](spot, chance)
        act = Act(
            user_id=user_id,
            hand_id="h",
            turn=spot.turn.turn,
            action=choice.action,
            to_krw=choice.to_krw,
        )
        state = decide(state, act, NOW_MS).state  # raises Refused when it is not legal
        asked += 1
        assert asked < MOST_TURNS
    assert state.hand is None


def test_better_cards_are_stronger() -> None:
    assert start_strength(("As", "Ah")) == 1.0
    assert start_strength(("As", "Ks")) > start_strength(("As", "Kh"))
    assert start_strength(("Ts", "Th")) > start_strength(("9s", "8s"))
    assert start_strength(("7s", "2h")) < 0.1

    dry = ("Kd", "7c", "2h")
    full = made_strength(("Ks", "Kh"), ("Kd", "7c", "7h"))
    trips = made_strength(("Ks", "Kh"), dry)
    top_pair = made_strength(("Kh", "Qs"), dry)
    small_pair = made_strength(("2s", "3s"), dry)
    nothing = made_strength(("Js", "4s"), dry)
    assert full > trips > top_pair > small_pair > nothing


def test_a_pair_on_the_board_is_nobodys() -> None:
    board = ("Kd", "Kc", "2h", "5s", "9d")
    assert made_strength(("4s", "3s"), board) < 0.2


def test_a_low_straight_and_a_flush_draw_count() -> None:
    assert made_strength(("As", "2h"), ("3d", "4c", "5s")) > 0.8
    assert made_strength(("As", "9s"), ("2s", "7s", "Kd")) == 0.5
