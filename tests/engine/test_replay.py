"""Recorded hands through the engine, and what `manage.py replay_hands` says about them."""

import json
import lzma
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tables.engine.record import Malformed, read
from tables.engine.replay import Mismatch, replay

HANDS = Path(__file__).parent / "data" / "pluribus.jsonl.xz"

HEADS_UP = {
    "id": 7,
    "sb": 50,
    "bb": 100,
    "ante": 10,
    "stacks": [1_000, 500],
    "button": 1,
    "holes": [["As", "Ah"], None],
    "actions": [
        ["raise_to", 1, 490],
        ["call", 0, 390],
        ["deal", ["Ad", "Kd", "2c"]],
        ["deal", ["2d"]],
        ["deal", ["2h"]],
    ],
    "board": ["Ad", "Kd", "2c", "2d", "2h"],
    "net": [500, -500],
}


def line(**changes: Any) -> bytes:
    return json.dumps(HEADS_UP | changes).encode()


def run(path: Path) -> tuple[str, str, int]:
    """Output, complaints and exit status of the command."""
    out, err = StringIO(), StringIO()
    try:
        call_command("replay_hands", str(path), stdout=out, stderr=err)
    except SystemExit as stop:
        return out.getvalue(), err.getvalue(), int(stop.code or 0)
    return out.getvalue(), err.getvalue(), 0


def test_recorded_hands_are_exact(tmp_path: Path) -> None:
    hands = tmp_path / "pluribus.jsonl"
    hands.write_bytes(lzma.decompress(HANDS.read_bytes()))
    assert run(hands) == ("1591 hands, 1591 exact, 0 wrong\n", "", 0)


def test_unknown_hole_cards_and_antes_work() -> None:
    replay(read(line()))


def test_a_hand_that_was_raked_is_exact_too() -> None:
    replay(read(line(net=[480, -500])))


def test_a_free_fold_is_replayed_as_a_fold() -> None:
    actions = [["call", 1, 50], ["fold", 0]]
    replay(read(line(actions=actions, board=[], net=[-110, 110])))


FOUR: dict[str, Any] = {
    "ante": 0,
    "stacks": [1_000, 1_000, 1_000, 1_000],
    "button": 3,
    "holes": [None, None, None, None],
    "board": [],
}


@pytest.mark.parametrize(
    ("changes", "actions", "net"),
    [
        ({"straddle": 2}, "3 0 1", [-50, -100, 150, 0]),
        ({"blinds": [None, 0]}, "1 2 3", [0, 0, 0, 0]),
        ({"blinds": [None, 0], "straddle": 1}, "2 3 0", [-100, 100, 0, 0]),
        ({"posts": [{"seat": 3, "live": 100}]}, "2 3 0", [-50, 150, 0, -100]),
        ({"posts": [{"seat": 2, "live": 100, "dead": 50}]}, "2 3 0", [-50, 200, -150, 0]),
        ({"posts": [{"seat": 2, "dead": 50}]}, "2 3 0", [-50, 100, -50, 0]),
        ({"posts": [{"seat": 1, "dead": 100}]}, "2 3 0", [-50, 50, 0, 0]),
    ],
)
def test_a_record_says_who_posts_what(
    changes: dict[str, Any], actions: str, net: list[int]
) -> None:
    folds = [["fold", int(seat)] for seat in actions.split()]
    replay(read(line(**FOUR | changes, actions=folds, net=net)))


def test_a_bomb_pot_and_a_void_hand_of_a_record() -> None:
    bomb = FOUR | {"bomb_pot": True, "ante": 200, "board": ["Ad", "Kd", "2c"]}
    flop = [["deal", ["Ad", "Kd", "2c"]], ["raise_to", 0, 100]]
    folds = [["fold", seat] for seat in (1, 2, 3)]
    replay(read(line(**bomb, actions=flop + folds, net=[600, -200, -200, -200])))
    replay(read(line(**bomb, actions=flop, net=[0, 0, 0, 0], void=True)))
    with pytest.raises(Mismatch, match="not over"):
        replay(read(line(**bomb, actions=flop, net=[0, 0, 0, 0])))


def test_a_record_that_is_run_twice() -> None:
    """Aces and kings: each wins a board."""
    record = {
        "ante": 0,
        "stacks": [500, 500],
        "holes": [["As", "Ah"], ["Ks", "Kh"]],
        "actions": [["raise_to", 1, 500], ["call", 0, 400], ["deal", ["2c", "3d", "4h"]]],
        "board": ["2c", "3d", "4h", "9s", "9d"],
        "net": [0, 0],
    }
    replay(read(line(**record, second_board=["Kc", "Qd", "8h", "8s", "7d"])))
    with pytest.raises(Mismatch, match="net is"):
        replay(read(line(**record, second_board=["Jc", "Qd", "8h", "8s", "7d"])))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"straddle": 1}, "only the seat left of the big blind straddles"),
        ({"posts": [{"seat": 1, "live": 100}]}, "posts the big blind, and has no other"),
        ({"posts": [{"seat": 3, "live": 60}]}, "posts the big blind, and has no other"),
        ({"posts": [{"seat": 2, "dead": 50}], "straddle": 2}, "does not straddle"),
        ({"posts": [{"seat": 3, "live": 100}] * 2}, "posts once"),
        ({"posts": [{"seat": 3}]}, "seat 3 posts 0 live and 0 dead"),
        ({"posts": [{"seat": 3, "live": 100, "dead": -1}]}, "seat 3 posts 100 live and -1 dead"),
        ({"posts": [{"seat": 1, "dead": 901}]}, "from what is left"),
        ({"posts": [{"seat": 4, "dead": 1}]}, "who posts plays"),
        ({"blinds": [0, 0]}, "two different seats"),
        ({"blinds": [0, 4]}, "two different seats"),
        ({"bomb_pot": True}, "in a bomb pot all ante"),
        ({"bomb_pot": True, "ante": 5, "straddle": 2}, "in a bomb pot all ante"),
        ({"stacks": [900, 0, 0, 900], "straddle": 3}, "nobody heads-up"),
        ({"void": True, "net": [1, -1, 0, 0]}, "a void hand has no net"),
        ({"second_board": ["2c", "3d", "4h", "5h", "6h"]}, "two whole boards"),
        (
            {
                "board": ["2c", "3d", "4h", "5h", "6h"],
                "second_board": ["2c", "3d", "7s", "8s", "9s"],
            },
            "two whole boards",
        ),
    ],
)
def test_who_posts_what_must_be_possible(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read(line(**FOUR | {"actions": [], "net": [0, 0, 0, 0]} | changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"net": [490, -490]}, "net is"),
        ({"board": ["Ad", "Kd", "2c", "2d", "3h"]}, "the board is"),
        ({"actions": [["raise_to", 1, 490]], "board": []}, "not over"),
        ({"actions": [["call", 0, 50]]}, "seat 1 is asked"),
        ({"actions": [["call", 1, 51]]}, "a call is 50"),
        ({"actions": [["check", 1]]}, "illegal_action"),
        ({"actions": [["raise_to", 1, 150]]}, "amount_too_small"),
        ({"actions": [["fold", 1], ["check", 0]]}, "the hand is over"),
    ],
)
def test_a_hand_that_differs_is_wrong(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Mismatch, match=reason):
        replay(read(line(**changes)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"{", "truncated"),
        (b"\xff", "invalid|malformed"),
        (b"[]", "Expected `object`"),
        (b'{"id": 1}', "missing required field"),
        (b"[" * 100_000, "recursion|Expected"),
        (line(stacks=[1_000]), "1 stacks"),
        (line(stacks=[1_000, 2.5]), "Expected `int`"),
        (line(stacks=[1_000, 0]), "need chips"),
        (line(net=[0]), "differ in length"),
        (line(button=2), "button"),
        (line(bb=0), "blinds"),
        (line(holes=[["As", "Ah", "Ac"], None]), "two hole cards"),
        (line(holes=[["As", "Xx"], None]), "'Xx' is no card"),
        (line(holes=[["As", "As"], None]), "twice"),
        (line(board=["2c", "2d"]), "board of 2"),
        (line(actions=[["jump", 1]]), "action 1"),
        (line(actions=[["fold", 2]]), "action 1"),
        (line(actions=[["fold"]]), "action 1"),
        (line(actions=[["deal", 3]]), "action 1"),
        (line(actions=[[]]), "action 1"),
    ],
)
def test_a_malformed_line_says_why(text: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read(text)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "hands.jsonl"
    path.write_bytes(b"\n".join((line(), b"nonsense", b"", line(id=8, net=[1, -1]))))
    return path


def test_the_command_names_each_bad_line_and_fails(mixed: Path) -> None:
    out, err, status = run(mixed)
    assert out.strip() == "3 hands, 1 exact, 2 wrong"
    assert "line 2: malformed: JSON" in err
    assert "line 4: hand 8: net is [500, -500], not [1, -1]" in err
    assert status == 1


def test_a_file_without_hands_or_no_file_fails(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    assert run(empty)[2] == 1
    with pytest.raises(CommandError):
        call_command("replay_hands", str(tmp_path / "missing"))
