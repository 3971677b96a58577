"""`manage.py replay_hands` on PHH files, good and bad."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tables.engine.phh import read_phh
from tables.engine.record import Malformed
from tables.engine.replay import replay
from tables.history.phh import phhs
from tests.histories.dealer import random_hand
from tests.histories.test_exports import short_big_blind

# The hand of the format's own documentation: Dwan against Ivey, 2009.
DWAN_IVEY = """
variant = "NT"
ante_trimming_status = true
antes = [500, 500, 500]
blinds_or_straddles = [1000, 2000, 0]
min_bet = 2000
starting_stacks = [1125600, 2000000, 553500]
actions = [
  "d dh p1 Ac2d",
  "d dh p2 ????",
  "d dh p3 7h6h",
  "p3 cbr 7000 # opens",
  "p1 cbr 23000",
  "p2 f",
  "p3 cc",
  "d db Jc3d5c",
  "p1 cbr 35000",
  "p3 cc",
  "d db 4h",
  "p1 cbr 90000",
  "p3 cbr 232600",
  "p1 cbr 1067100",
  "p3 cc",
  "p1 sm Ac2d",
  "p3 sm 7h6h",
  "d db Jh",
]
author = "Juho Kim"
"""

SMALL = """
variant = "NT"
antes = [0, 0]
blinds_or_straddles = [0.25, 0.5]
min_bet = 0.5
starting_stacks = [50, 12.25]
actions = ["d dh p1 AsAd", "d dh p2 ????", "p2 cbr 1.5", "p1 cc", "d db 2c3d4h", "p1 cc", "p2 f"]
"""


def run(path: Path) -> tuple[str, str, int]:
    out, err = StringIO(), StringIO()
    try:
        call_command("replay_hands", str(path), stdout=out, stderr=err)
    except SystemExit as stop:
        return out.getvalue(), err.getvalue(), int(stop.code or 0)
    return out.getvalue(), err.getvalue(), 0


def test_a_hand_without_a_result_is_compared_with_pokerkits(tmp_path: Path) -> None:
    path = tmp_path / "dwan.phh"
    path.write_text(DWAN_IVEY)
    assert run(path) == ("1 hands, 1 exact, 0 wrong\n", "", 0)
    record = read_phh(DWAN_IVEY)
    assert record.net == [-553500, -2500, 556000]
    assert record.holes == [["Ac", "2d"], None, ["7h", "6h"]]


def test_cents_become_whole_numbers() -> None:
    record = read_phh(SMALL)
    assert (record.sb, record.bb, record.stacks) == (25, 50, [5000, 1225])
    assert record.net == [150, -150]
    replay(record)


def test_a_raked_hand_is_compared_by_its_winnings() -> None:
    record = read_phh(SMALL + "winnings = [2.85, 0]\n")
    assert record.net == [135, -150]
    replay(record)


def test_our_own_exports_replay_exactly(tmp_path: Path) -> None:
    hands = [random_hand(("cli", number)) for number in range(60)]
    path = tmp_path / "hands.phhs"
    path.write_text("".join(phhs(hands)))
    assert any(short_big_blind(hand) for hand in hands)
    assert run(path) == ("60 hands, 60 exact, 0 wrong\n", "", 0)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('variant = "NT"', 'variant = "FT"', "variant 'FT'"),
        ('variant = "NT"', "variant = NT", r"Invalid value \(at line 2, column 11\)"),
        ('variant = "NT"', "", "missing required field `variant`"),
        ("[500, 500, 500]", '[500, "x", 500]', r"Expected `int \| decimal`, got `str`"),
        ("[500, 500, 500]", "[500, 500]", "2 antes for 3 starting_stacks"),
        ("[1000, 2000, 0]", "[1000, 2000, 3000]", "player 3 straddles 3000; .* 4000"),
        ("[1000, 2000, 0]", "[1000, 2000, -1500]", "player 3 posts 1500; .* 2000"),
        ("[1000, 2000, 0]", "[-1000, 0, -2000]", "nobody posts a big blind"),
        ("[1000, 2000, 0]", "[3000, 2000, 0]", "the small blind is at least 0"),
        ("[1000, 2000, 0]", "[0, 0, 0]", "a bomb pot, and nobody bets or folds before the flop"),
        ("[1125600, 2000000, 553500]", "[1125600]", "1 starting_stacks"),
        ("[1125600, 2000000, 553500]", "[1125600, 0, 553500]", "stacks are above 0"),
        ("553500]", "nan]", "no finite number"),
        ("553500]", "553500.12345678]", "decimal places"),
        ("p3 cbr 7000 # opens", "p1 cbr 7000", r"action 4 'p1 cbr 7000'.*player"),
        ("p3 cbr 7000 # opens", "p3 cbr 10", "action 4 'p3 cbr 10': .*below the minimum"),
        ("p3 cbr 7000 # opens", "p3 cbr lots", "action 4 'p3 cbr lots'"),
        ("p3 cbr 7000 # opens", "p3 jumps", "action 4 'p3 jumps': .*invalid action"),
        ("p3 cbr 7000 # opens", "p9 f", "action 4 'p9 f'"),
        ("d db 4h", "d db Xx", "action 11 'd db Xx'"),
        ("d db 4h", "d db Jc", "a card appears twice"),
        ('  "d db Jh",\n', "", "the actions end before"),
        ('  "p1 sm Ac2d",', '  "p1 f",', "action 16 'p1 f'"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(
    old: str, new: str, reason: str, tmp_path: Path
) -> None:
    text = DWAN_IVEY.replace(old, new)
    assert text != DWAN_IVEY
    with pytest.raises(Malformed, match=reason):
        read_phh(text)
    path = tmp_path / "bad.phh"
    path.write_text(text)
    out, err, status = run(path)
    assert (out, status) == ("1 hands, 0 exact, 1 wrong\n", 1)
    assert err.startswith("file: malformed: ")


def test_each_bad_hand_of_a_collection_is_named(tmp_path: Path) -> None:
    path = tmp_path / "some.phhs"
    path.write_text(f"[1]\n{SMALL}\n[2]\nvariant = 3\n[3]\n{SMALL}")
    out, err, status = run(path)
    assert (out, status) == ("3 hands, 2 exact, 1 wrong\n", 1)
    assert err.startswith("hand [2]: malformed: Expected `str`, got `int` - at `$.variant`")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "byte 1: malformed: this is no UTF-8"),
        (b"[1]\nx = ", "file: malformed: Invalid value (at end of document)"),
        (b"x = 1", "hand [x]: malformed: a .phhs file has one table for each hand"),
        (b"x = " + b"[" * 20_000, "malformed: "),
        (b"x = 1e999999999999999999999", "malformed: "),
    ],
)
def test_a_file_that_is_none_says_where(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "none.phhs"
    path.write_bytes(content)
    out, err, status = run(path)
    assert reason in err
    assert (out, status) == ("1 hands, 0 exact, 1 wrong\n", 1)


def test_a_hand_that_the_engine_plays_otherwise_is_no_match(tmp_path: Path) -> None:
    path = tmp_path / "other.phh"
    path.write_text(DWAN_IVEY + "finishing_stacks = [1125600, 2000000, 553500]\n")
    _, err, status = run(path)
    assert "file: hand phh: net is" in err
    assert status == 1
