"""What we write down, read by PokerKit: the same board and the same result, hand by hand.

Each test plays hands through the engine. `docs/hand-histories.md` says where PokerKit's model ends;
the tests of those cases are at the end.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pokerkit.notation import HandHistory
from pokerkit.state import State

from tables.engine.phh import read_phh, read_phhs
from tables.engine.record import Record
from tables.engine.replay import replay
from tables.history.phh import phh, phhs
from tables.history.played import PlayedHand
from tables.history.pokerstars import pokerstars
from tests.engine.room import Room
from tests.histories.dealer import entry_of, random_hand, room, seen

MANY = 200


@contextmanager
def pokerkits_warnings() -> Iterator[None]:
    """It warns of free folds, and of its own parser's field for the time zone."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "There is no reason for this player to fold")
        warnings.filterwarnings("ignore", "The field 'time_zone_abbreviation'")
        yield


def from_phh(text: str, **how: Any) -> tuple[HandHistory, State]:
    with pokerkits_warnings():
        history = HandHistory.loads(text, **how)
        return history, list(history)[-1]


def from_pokerstars(text: str) -> tuple[HandHistory, State]:
    with pokerkits_warnings():
        (history,) = HandHistory.from_pokerstars(text, error_status=True)
        return history, list(history)[-1]


def board(state: State) -> tuple[str, ...]:
    return tuple(repr(card) for card in state.get_board_cards(0)) if state.board_cards else ()


def net(hand: PlayedHand) -> list[int]:
    return [player.net_krw for player in hand.players]


def by_name(hand: PlayedHand, history: HandHistory, values: Any) -> list[int]:
    """Values of PokerKit's players in the order of ours; who did nothing is unknown to it."""
    assert history.players is not None
    found = dict(zip(history.players, values, strict=True))
    return [found.get(player.nickname, 0) for player in hand.players]


def short_big_blind(hand: PlayedHand) -> bool:
    """The big blind was posted short, or not at all after an ante that took everything."""
    posted = [e for e in hand.events if e["type"] == "blind_posted" and e["kind"] == "big"]
    return not posted or posted[0]["amount_krw"] < hand.big_blind_krw


def beyond_the_parser(hand: PlayedHand) -> bool:
    """PokerKit's parser of PokerStars text takes these hands for others."""
    equal_blinds = hand.small_blind_krw == hand.big_blind_krw
    return short_big_blind(hand) or (len(hand.players) == 2 and equal_blinds)


def odd_chips(hand: PlayedHand) -> int:
    """How many chips may lie elsewhere: we give odd ones pot by pot, one each; PokerKit gives all
    of them to one winner, of pots that it has merged once beaten hands are dead."""
    awards = [event["shares"] for event in hand.events if event["type"] == "pot_awarded"]
    return sum(len(shares) - 1 for shares in awards)


def same_result(hand: PlayedHand, payoffs: list[int]) -> bool:
    """Equal, but for the rake, which PokerKit is not told, and odd chips of split pots."""
    gifts = {
        player.seat: theirs - player.net_krw
        for theirs, player in zip(payoffs, hand.players, strict=True)
    }
    losers = gifts.keys() - hand.won_krw().keys()
    if sum(gifts.values()) != hand.rake_krw or any(gifts[seat] for seat in losers):
        return False
    spare = odd_chips(hand)
    return all(-spare <= gift <= spare + hand.rake_krw for gift in gifts.values())


@pytest.mark.parametrize("part", range(4))
def test_phh_gives_pokerkit_the_same_board_and_result(part: int) -> None:
    for number in range(MANY):
        hand = random_hand((part, number))
        text = phh(hand)
        try:
            history, state = from_phh(text)
        except ValueError:
            assert short_big_blind(hand), text
            continue
        assert not state.status, text
        assert board(state) == hand.board, text
        assert same_result(hand, list(state.payoffs)), text
        assert history.finishing_stacks == [p.stack_krw + p.net_krw for p in hand.players]
        assert history.winnings == [hand.won_krw().get(p.seat, 0) for p in hand.players]


@pytest.mark.parametrize("part", range(2))
def test_phh_comes_back_through_our_own_engine(part: int) -> None:
    hands = [random_hand(("back", part, number)) for number in range(MANY // 2)]
    for (_, found), hand in zip(read_phhs("".join(phhs(hands))), hands, strict=True):
        assert isinstance(found, Record), (found, phh(hand))
        replay(found)
        assert tuple(found.board) == hand.board
        assert found.net == net(hand)


@pytest.mark.parametrize("part", range(2))
def test_pokerstars_text_gives_pokerkit_the_same_board_and_result(part: int) -> None:
    for number in range(MANY // 2):
        hand = random_hand(("stars", part, number), ante_krw=0)
        if beyond_the_parser(hand):
            continue
        text = pokerstars(hand)
        history, state = from_pokerstars(text)
        assert not state.status, text
        assert board(state) == hand.board, text
        assert same_result(hand, by_name(hand, history, state.payoffs)), text
        assert by_name(hand, history, history.winnings) == [
            hand.won_krw().get(p.seat, 0) for p in hand.players
        ], text


def test_several_hands_in_one_text_are_told_apart() -> None:
    hands = [random_hand(("file", number), ante_krw=0) for number in range(30)]
    hands = [hand for hand in hands if not beyond_the_parser(hand)]
    text = "".join(pokerstars(hand) for hand in hands)
    with pokerkits_warnings():
        histories = list(HandHistory.from_pokerstars(text, error_status=True))
        together = list(HandHistory.loads_all("".join(phhs(hands))))
    assert len(histories) == len(hands) == len(together)


# Hands one by one


def played_out(game: Room, script: str) -> PlayedHand:
    game.play(script)
    return seen(entry_of(game))


def check_both(hand: PlayedHand) -> None:
    _, state = from_phh(phh(hand))
    assert board(state) == hand.board
    assert list(state.payoffs) == net(hand)
    history, state = from_pokerstars(pokerstars(hand))
    assert board(state) == hand.board
    assert by_name(hand, history, state.payoffs) == net(hand)
    replay(read_phh(phh(hand)))


def test_a_walk() -> None:
    game = room(1_000, 1_000, 1_000)
    game.deal(button=0)
    check_both(played_out(game, "0 fold, 1 fold"))


def test_heads_up() -> None:
    game = room(1_000, 700)
    game.deal("AsAd KsKd", "2c3d4h9s9d", button=1)
    hand = played_out(game, "1 raise 300, 0 raise 700, 1 call")
    check_both(hand)
    assert hand.players[0].cards == "AsAd"


def test_three_all_ins_with_folded_money_and_a_split_side_pot() -> None:
    game = room(300, 900, 900, 2_000)
    game.deal("AsAd KsQd KdQs 7c2d", "2h8s3c4d9h", button=3)
    hand = played_out(game, "2 raise 250, 3 call, 0 raise 300, 1 raise 900, 2 call, 3 fold")
    assert set(hand.won_krw()) == {0, 1, 2}
    check_both(hand)


def test_a_split_pot_with_an_odd_chip() -> None:
    game = room(1_000, 1_000, 1_000, small_blind_krw=25, big_blind_krw=75)
    game.deal("AsKd 2c7d AdKs", "3h4h8sJcQd", button=2)
    hand = played_out(
        game,
        "2 raise 200, 0 call, 1 fold, 0 check, 2 check, 0 check, 2 check, 0 check, 2 check",
    )
    assert sorted(hand.won_krw().values()) == [237, 238]
    check_both(hand)


# Where PokerKit's model ends


def test_rake_is_in_the_file_and_exact_with_pokerkits_own_hook() -> None:
    game = room(5_000, 5_000, rake_bps=500, rake_caps_krw=(1_000,))
    game.deal("AsAd KsKd", "2c3d4h9s9d", button=1)
    hand = played_out(game, "1 raise 5000, 0 call")
    assert hand.rake_krw == 500
    _, state = from_phh(phh(hand), rake=lambda amount, state: (500, amount - 500))
    assert list(state.payoffs) == net(hand)


def test_a_call_of_a_short_big_blind_is_a_completion_in_phh() -> None:
    game = room(1_000, 1_000, 60, 1_000)
    game.deal("AsAd KsKd 7c2d 8h3h", "2c3d4h9s9d", button=0)
    hand = played_out(
        game, "3 call, 0 fold, 1 call, 1 check, 3 check, 1 check, 3 check, 1 check, 3 check"
    )
    assert '"p3 cbr 100"' in phh(hand)
    _, state = from_phh(phh(hand))
    assert list(state.payoffs) == net(hand)
    assert ": calls ₩100" in pokerstars(hand)
    replay(read_phh(phh(hand)))


def test_antes_are_written_though_pokerkits_pokerstars_parser_passes_over_them() -> None:
    game = room(1_000, 1_000, 1_000, ante_krw=10)
    game.deal("AsAd KsKd 7c2d", "2c3d4h9s9d", button=2)
    hand = played_out(
        game, "2 raise 300, 0 call, 1 fold, 0 check, 2 check, 0 check, 2 check, 0 check, 2 check"
    )
    text = pokerstars(hand)
    assert text.count("posts the ante ₩10") == 3
    history, state = from_pokerstars(text)
    assert board(state) == hand.board
    assert by_name(hand, history, history.winnings)[hand.order[0]] == hand.won_krw()[0]


def test_names_with_quotes_do_not_break_a_file() -> None:
    import msgspec

    hand = msgspec.structs.replace(random_hand("quotes"), table='"Kim\'s" \\ table\x7f')
    history, _ = from_phh(phh(hand))
    assert history.table == hand.table
