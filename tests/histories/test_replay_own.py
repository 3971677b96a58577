"""Every hand that we write as PHH comes back through our own engine: board and result, exactly."""

from collections import Counter
from functools import cache
from typing import Any

import pytest

from tables.engine.commands import Answer, Leave, SetOptions, SitIn, SitOut, VoidHand
from tables.engine.phh import read_phh
from tables.engine.record import Malformed, Record
from tables.engine.replay import Mismatch
from tables.engine.replay import replay as play
from tables.history.phh import phh
from tables.history.played import PlayedHand
from tests.engine.room import Room
from tests.histories.crowded import crowded_entries
from tests.histories.dealer import entry_of, room, seen

TABLES = 16
HANDS = 60


def back(hand: PlayedHand) -> Record:
    """The hand, written, read and played again."""
    record = read_phh(phh(hand))
    play(record)
    assert tuple(record.board) == hand.board
    assert tuple(record.second_board) == hand.second_board
    assert record.net == [player.net_krw for player in hand.players]
    assert record.void == hand.is_void
    return record


def kinds(record: Record) -> set[str]:
    """What is uncommon in a hand."""
    small, _ = record.blind_seats()
    posts = record.posts
    found = {
        "ante": record.ante and not record.bomb_pot,
        "bomb pot": record.bomb_pot,
        "dead small blind": small is None and not record.bomb_pot,
        "equal blinds heads-up": record.sb == record.bb and len(record.stacks) == 2,
        "live post": any(post.live and not post.dead for post in posts),
        "dead post": any(post.dead and not post.live for post in posts),
        "live and dead post": any(post.dead and post.live for post in posts),
        "rake": sum(record.net) < 0,
        "run twice": record.second_board,
        "short blind or ante": min(record.stacks) < record.bb + record.ante,
        "straddle": record.straddle is not None,
        "void": record.void,
    }
    return {kind for kind, happened in found.items() if happened}


@cache
def crowded(seed: int) -> Counter[str]:
    """Play a table's hands again, as somebody's file and as the staff's; how often what came."""
    counts: Counter[str] = Counter()
    for entry in crowded_entries(seed, HANDS):
        viewer = entry["players"][entry["hand_no"] % len(entry["players"])]["seat"]
        record = back(seen(entry, viewer=viewer))
        back(seen(entry, viewer=None))
        counts.update(kinds(record))
    return counts


@pytest.mark.parametrize("seed", range(TABLES))
def test_every_hand_of_a_table_where_anything_happens_comes_back(seed: int) -> None:
    assert crowded(seed)


def test_every_kind_of_hand_was_among_them() -> None:
    total = sum((crowded(seed) for seed in range(TABLES)), Counter[str]())
    assert len(total) == 12, total


# Kind by kind


def last(game: Room) -> PlayedHand:
    return seen(entry_of(game))


def test_a_straddle() -> None:
    game = room(1_000, 1_000, 1_000, straddle=True)
    game.do(SetOptions(100, straddle=True))
    game.deal("AsAd KsKd 7c2d", "2c3d4h9s9d", button=0)
    game.play("1 raise 400, 2 call, 0 fold, 1 check, 2 check, 1 check, 2 check, 1 check, 2 check")
    record = back(last(game))
    assert (record.straddle, record.net) == (2, [600, -400, -200])


def test_who_comes_back_posts_one_blind_live_and_one_dead() -> None:
    game = room(1_000, 1_000, 1_000, 1_000, 1_000)
    game.deal(button=0)
    game.do(SitOut(104))
    game.play("3 fold, 4 fold, 0 fold, 1 fold")
    for _ in range(3):
        game.deal()
        while game.state.hand is not None:
            game.do(game.act("fold"))
    game.do(SetOptions(104, post_blinds=True))
    game.do(SitIn(104))
    game.deal()
    while game.state.hand is not None:
        turn = game.turn
        game.do(game.act("call" if turn.call_krw else "check"))
    hand = last(game)
    record = back(hand)
    assert [(post.live, post.dead) for post in record.posts] == [(100, 50)]
    assert "ante_trimming_status = false" in phh(hand)


def test_a_dead_small_blind_and_a_dead_button() -> None:
    game = room(1_000, 1_000, 1_000, 1_000)
    game.deal(button=0)
    game.play("3 fold, 0 fold, 1 fold")
    game.do(Leave(102))
    game.deal()  # The small blind falls to seat 2, where nobody is.
    game.play("0 fold, 1 fold")
    record = back(last(game))
    assert record.blind_seats() == (None, 0)
    game.deal()  # And now the button.
    assert game.state.button_seat == 2
    game.play("1 fold, 3 fold")
    record = back(last(game))
    assert record.blind_seats() == (0, 1)


def test_a_short_big_blind_is_called_in_full_and_raised_from_there() -> None:
    game = room(1_000, 1_000, 60, 1_000)
    game.deal("AsAd KsKd 7c2d 8h3h", "2c3d4h9s9d", button=0)
    game.play("3 call, 0 raise 200, 1 fold, 3 call, 3 check, 0 check, 3 check, 0 check, 3 check")
    game.play("0 check")
    hand = last(game)
    assert '"p3 cbr 100"' in phh(hand)
    back(hand)


def test_antes_that_take_a_stack_and_blinds_that_are_short() -> None:
    game = room(1_000, 8, 15, 1_000, ante_krw=10)
    game.deal("AsAd KsKd 7c2d 8h3h", "2c3d4h9s9d", button=0)
    game.play("3 call, 0 call, 3 check, 0 check, 3 check, 0 check, 3 check, 0 check")
    record = back(last(game))
    assert (record.ante, record.sb, record.bb) == (10, 50, 100)


def test_blinds_that_put_everybody_else_all_in() -> None:
    """Nobody is asked; other writers of PHH let the big blind check."""
    game = room(50, 1_000, small_blind_krw=50)
    game.deal("AsAd KsKd", "2c3d4h9s9d", button=0)
    hand = last(game)
    back(hand)
    text = phh(hand).replace('  "d db 2c3d4h",', '  "p1 cc",\n  "d db 2c3d4h",')
    assert text != phh(hand)
    play(read_phh(text))
    with pytest.raises(Mismatch, match="the hand is over"):
        play(read_phh(text.replace('"p1 cc"', '"p1 cbr 200"')))


@pytest.mark.parametrize("stacks", [(1_000, 1_000, 1_000), (1_000, 60, 90), (1_000, 100)])
def test_a_bomb_pot(stacks: tuple[int, ...]) -> None:
    game = room(*stacks, bomb_pot_every=1, bomb_pot_ante_krw=100)
    game.deal("AsAd KsKd", "2c3d4h9s9d", button=0)
    while game.state.hand is not None:
        game.do(game.act("check"))
    record = back(last(game))
    assert record.bomb_pot


def run_twice(*stacks: int, **options: Any) -> PlayedHand:
    game = room(*stacks, run_it_twice=True, **options)
    for seat in range(len(stacks)):
        game.do(SetOptions(100 + seat, run_it_twice="yes"))
    game.deal("AsAd KsKd 7c2d", "2c3d4h9s9dKcKh", button=0)
    game.play("0 call, 1 call, 2 check, 1 check, 2 raise 500, 0 fold, 1 raise 1900, 2 call")
    return last(game)


def test_a_hand_that_is_run_twice_with_rake() -> None:
    hand = run_twice(2_000, 2_000, 2_000, rake_bps=500, rake_caps_krw=(77,))
    assert (hand.rake_krw, len(hand.second_board)) == (77, 5)
    record = back(hand)
    assert record.second_run() == ["Kc", "Kh"]
    text = phh(hand)
    with pytest.raises(Mismatch, match="net is"):
        play(read_phh(text.replace("9dKcKh", "9dKcQh").replace("2c3d4hKcKh", "2c3d4hQcQh")))
    with pytest.raises(Malformed, match="two whole boards"):
        read_phh(text.replace("2c3d4hKcKh", "2c3dKcKh4h"))


def test_a_hand_that_is_called_off_while_a_player_is_asked() -> None:
    game = room(1_000, 1_000, 1_000)
    game.deal(button=0)
    game.play("0 raise 300, 1 call")
    game.do(VoidHand("the house"))
    hand = last(game)
    assert back(hand).void
    with pytest.raises(Mismatch, match="not over"):
        play(read_phh(phh(hand).replace("_void = true", "_void = false")))


def test_a_hand_that_is_called_off_while_all_are_all_in() -> None:
    game = room(1_000, 1_000, run_it_twice=True)
    game.deal(button=0)
    game.play("0 raise 1000, 1 call")
    game.do(Answer(100, "hand 1", "run_it_twice", agree=True))
    game.do(VoidHand("the house"))
    assert back(last(game)).void


def test_who_leaves_folds_even_for_free() -> None:
    game = room(1_000, 1_000, 1_000)
    game.deal(button=0)
    game.play("0 call, 1 call, 2 check")
    game.leave(1)
    game.play("2 check, 0 check, 2 check, 0 check, 2 check, 0 check")
    back(last(game))


def test_another_result_of_a_hand_with_posts_is_found_out() -> None:
    game = room(1_000, 1_000, 1_000, straddle=True)
    game.do(SetOptions(102, straddle=True))
    game.deal(button=2)
    game.play("0 fold, 1 fold")
    text = phh(last(game))
    play(read_phh(text))
    wrong = text.replace(
        "blinds_or_straddles = [50, 100, 200]", "blinds_or_straddles = [50, 100, 0]"
    )
    assert wrong != text
    with pytest.raises(Mismatch, match="seat 2 is asked"):
        play(read_phh(wrong))


def test_the_stakes_need_not_be_named() -> None:
    """What other writers leave out follows from the blinds and antes themselves, and who has the
    blinds where those are the first two."""
    replayed: Counter[str] = Counter()
    for seed in range(100, 106):
        for entry in crowded_entries(seed, HANDS):
            hand = seen(entry, viewer=None)
            if hand.is_void or hand.second_board:
                continue
            lines = phh(hand).splitlines(keepends=True)
            usual = "_blind_players = [1, 2]" in phh(hand)
            kept = "_blind_players" if not usual else "\n"
            text = "".join(line for line in lines if line[0] != "_" or line.startswith(kept))
            record = read_phh(text)
            play(record)
            replayed.update(kinds(record))
    assert {"straddle", "live post", "live and dead post", "dead small blind"} <= set(replayed)
