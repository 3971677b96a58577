"""The engine beside bare PokerKit: the same where the rules agree, different only where they must
(`test_where_pokerkit_differs.py`)."""

from collections.abc import Sequence
from time import process_time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tables.engine import Refused, TableConfig, TableState, decide, new_table
from tables.engine import commands as c
from tables.engine.cards import ALL_CARDS
from tables.engine.events import HandFinished
from tests.engine.bare import Bare


def seated(stacks: Sequence[int], *, big_blind: int = 100, ante: int = 0) -> TableState:
    """A table whose next hand deals the stacks in this order from left of the button."""
    config = TableConfig(9, big_blind // 2, big_blind, 1, 10**9, ante)
    state = new_table(1, config)
    for seat, stack in enumerate((stacks[-1], *stacks[:-1])):
        reserve = c.ReserveSeat(seat, f"p{seat}", seat, stack, f"b{seat}")
        state = decide(state, reserve, 0).state
        state = decide(state, c.ConfirmBuyIn(f"b{seat}"), 0).state
    return state


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_offers_and_results_agree_where_the_rules_do(data: st.DataObject) -> None:
    """Big blinds are never short here; raises that only PokerKit allows (rule 1) are not made."""
    big_blind = data.draw(st.sampled_from([2, 10, 100]))
    ante = data.draw(st.sampled_from([0, big_blind // 10]))
    stack = st.one_of(
        st.integers(big_blind + ante, 4 * big_blind), st.integers(4 * big_blind, 50 * big_blind)
    )
    stacks = data.draw(st.lists(stack, min_size=2, max_size=9))
    deck = tuple(data.draw(st.permutations(ALL_CARDS)))
    bare = Bare(stacks, deck, big_blind=big_blind, ante=ante)
    state = seated(stacks, big_blind=big_blind, ante=ante)
    decision = decide(state, c.StartHand("h", deck), 0)
    while (hand := decision.state.hand) is not None:
        turn = hand.turn
        assert turn is not None
        assert bare.state.actor_index == hand.index(turn.seat)
        call, least, most = bare.offer()
        assert turn.call_krw == call
        if turn.min_raise_to_krw is not None:
            assert (turn.min_raise_to_krw, turn.max_raise_to_krw) == (least, most)
        action, to_krw = _choose(data, turn)
        command = c.Act(turn.seat, "h", turn.turn, action, to_krw)  # type: ignore[arg-type]
        decision = decide(decision.state, command, 0)
        bare.act(action, to_krw)
    while bare.state.actor_index is not None:
        bare.act("check")
    finished = next(event for event in decision.events if isinstance(event, HandFinished))
    net = [result.net_krw for result in finished.results]
    odd_chips = 2 * len(stacks)
    assert all(
        abs(ours - theirs) < odd_chips for ours, theirs in zip(net, bare.state.payoffs, strict=True)
    )


def _choose(data: st.DataObject, turn: Any) -> tuple[str, int | None]:
    calm = "call" if turn.call_krw else "check"
    actions = [calm, calm] + (["fold"] if turn.call_krw else [])
    if turn.min_raise_to_krw is not None:
        actions += ["raise", "raise"]
    action = data.draw(st.sampled_from(actions))
    if action != "raise":
        return action, None
    return action, data.draw(st.integers(turn.min_raise_to_krw, turn.max_raise_to_krw))


# What it costs


def test_a_hand_costs_at_most_1_4_times_bare_pokerkit() -> None:
    """The best of some runs each, in CPU time, so that a busy machine does not decide."""
    state = seated([10_000] * 6)
    script = ["raise", "call", "fold", "fold", "call", "fold"] + ["check"] * 9

    def ours() -> None:
        after = decide(state, c.StartHand("h", ALL_CARDS), 0).state
        for action in script:
            assert after.hand is not None
            assert after.hand.turn is not None
            to_krw = 300 if action == "raise" else None
            turn = after.hand.turn
            act = c.Act(turn.seat, "h", turn.turn, action, to_krw)  # type: ignore[arg-type]
            after = decide(after, act, 0).state
        assert after.hand is None

    def bare() -> None:
        hand = Bare([10_000] * 6, ALL_CARDS)
        for action in script:
            hand.act(action, 300)
        assert not hand.state.status

    assert _best_of(ours) <= 1.4 * _best_of(bare)


def test_refusing_costs_less_than_accepting() -> None:
    state = decide(seated([10_000] * 6), c.StartHand("h", ALL_CARDS), 0).state
    assert state.hand is not None
    assert state.hand.turn is not None
    seat = state.hand.turn.seat

    def refused() -> None:
        try:
            decide(state, c.Act(seat, "h", 2, "call"), 0)
        except Refused:
            return
        raise AssertionError

    assert _best_of(refused) < _best_of(lambda: decide(state, c.Act(seat, "h", 1, "call"), 0))


def _best_of(run: Any, rounds: int = 5, times: int = 4) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = process_time()
        for _ in range(times):
            run()
        best = min(best, process_time() - start)
    return best
