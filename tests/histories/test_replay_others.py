"""PHH hands of other programs: what our rules can play of straddles, posts and antes, and what they
cannot. The result is PokerKit's."""

import pytest

from tables.engine.phh import read_phh
from tables.engine.record import Malformed
from tables.engine.replay import Mismatch, replay


def others_hand(players: int, actions: str, **fields: str) -> str:
    """A hand as other programs write it, without a result; PokerKit's is compared then."""
    told = {
        "variant": '"NT"',
        "antes": str([0] * players),
        "min_bet": "100",
        "starting_stacks": str([10_000] * players),
    }
    deals = [f"d dh p{number + 1} ????" for number in range(players)]
    lines = deals + [action.strip() for action in actions.split(",")]
    told |= fields | {"actions": str(lines).replace("'", '"')}
    return "".join(f"{name} = {value}\n" for name, value in told.items())


@pytest.mark.parametrize(
    ("players", "actions", "fields"),
    [
        # A straddle, and all to the straddler.
        (4, "p4 f, p1 f, p2 f", {"blinds_or_straddles": "[50, 100, 200, 0]"}),
        # The button straddles three-handed, and its raise is called.
        (
            3,
            "p1 cc, p2 cc, p3 cbr 600, p1 f, p2 cc, d db 2c3d4h, p2 cbr 300, p3 f",
            {"blinds_or_straddles": "[50, 100, 200]"},
        ),
        # A straddle where nobody posts the small blind.
        (
            4,
            "p3 f, p4 cbr 500, p1 f, p2 f",
            {"blinds_or_straddles": "[100, 200, 0, 0]", "_blind_players": "[0, 1]"},
        ),
        # Somebody comes in: with a big blind, with a dead small one too, and with that alone.
        (
            4,
            "p3 cc, p4 cbr 400, p1 f, p2 f, p3 f",
            {"blinds_or_straddles": "[50, 100, -100, 0]"},
        ),
        (
            4,
            "p3 f, p4 cc, p1 f, p2 cc, d db 2c3d4h, p2 cbr 100, p4 f",
            {"blinds_or_straddles": "[50, 100, 0, -100]", "antes": "[0, 0, 0, 50]"},
        ),
        (
            4,
            "p3 f, p4 cc, p1 f, p2 cc, d db 2c3d4h, p2 cbr 100, p4 f",
            {"blinds_or_straddles": "[50, 100, 0, 0]", "antes": "[10, 10, 10, 60]"},
        ),
        # On the button, and where a dead small blind is told by nothing else.
        (
            3,
            "p2 f, p3 cc, p1 cc, d db 2c3d4h, p1 cc, p3 cbr 100, p1 f",
            {"blinds_or_straddles": "[100, 0, -100]", "antes": "[0, 0, 50]"},
        ),
        # The player left of the button posts nothing.
        (3, "p3 f, p1 f", {"blinds_or_straddles": "[0, 100, 0]"}),
        # One player antes for all, as in tournaments; and any other antes that differ.
        (
            4,
            "p3 cbr 250, p4 f, p1 f, p2 cc, d db 2c3d4h, p2 cc, p3 cbr 300, p2 f",
            {"blinds_or_straddles": "[50, 100, 0, 0]", "antes": "[0, 100, 0, 0]"},
        ),
        (2, "p2 cbr 250, p1 f", {"blinds_or_straddles": "[50, 100]", "antes": "[0, 100]"}),
        (
            4,
            "p3 cc, p4 f, p1 f, p2 cc, d db 2c3d4h, p2 cc, p3 cbr 300, p2 f",
            {"blinds_or_straddles": "[50, 100, 0, 0]", "antes": "[7, 11, 7.5, 9]"},
        ),
        # What the big blind antes for all goes to who wins the main pot, short or not.
        (
            3,
            "p3 cbr 9900, p1 cc, d db 2c3d4h, d db 5s, d db 6d, p3 sm 9h9d, p1 sm 9c8c, p2 sm AsAd",
            {
                "blinds_or_straddles": "[50, 100, 0]",
                "antes": "[0, 100, 0]",
                "starting_stacks": "[9900, 200, 9900]",
            },
        ),
        # Antes that a short stack cannot pay.
        (
            3,
            "p3 cbr 300, p1 f, d db 2c3d4h, d db 5s, d db 6d, p2 sm 9h9d, p3 sm AsAd",
            {
                "blinds_or_straddles": "[50, 100, 0]",
                "antes": "[20, 20, 20]",
                "starting_stacks": "[10000, 15, 10000]",
            },
        ),
        # A short ante in the same pot as all others.
        (
            3,
            "p3 cbr 300, p1 cc, d db 2c3d4h, p1 cc, p3 cc, d db 5s, p1 cc, p3 cc, d db 6d, p1 cc,"
            " p3 cc, p1 sm KsKd, p3 sm QsQd, p2 sm AsAd",
            {
                "ante_trimming_status": "false",
                "blinds_or_straddles": "[50, 100, 0]",
                "antes": "[20, 20, 20]",
                "starting_stacks": "[10000, 15, 10000]",
            },
        ),
        # A bomb pot.
        (
            3,
            "p1 cc, p2 cc, p3 cc, d db 2c3d4h, p1 cbr 300, p2 f, p3 f",
            {"blinds_or_straddles": "[0, 0, 0]", "antes": "[200, 200, 200]"},
        ),
    ],
)
def test_hands_of_others_with_straddles_posts_and_antes_are_exact(
    players: int, actions: str, fields: dict[str, str]
) -> None:
    different = len(set(fields.get("antes", "[0]").strip("[]").split(", "))) > 1
    trimmed = "false" if different else "true"
    text = others_hand(players, actions, **({"ante_trimming_status": trimmed} | fields))
    replay(read_phh(text))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (
            {"antes": "[0, 100, 0, 0]", "starting_stacks": "[900, 150, 900, 900]"},
            "player 2 antes 100, others 0: here the blind comes first, and there are too few chips",
        ),
        (
            {"antes": "[0, 0, 30, 0]", "blinds_or_straddles": "[50, 100, 200, 0]"},
            "player 3 antes 30, others 0: who straddles antes like the others",
        ),
        ({"antes": "[20, 10, 20, 20]", "_ante": "20"}, "player 2 antes 10, others 20: nobody"),
        (
            {"antes": "[20, 10, 20, 20]", "blinds_or_straddles": "[0, 0, 0, 0]"},
            "player 2 antes 10, others 20: in a bomb pot all ante the same",
        ),
        ({"blinds_or_straddles": "[50, 100, 200, 400]"}, "player 4 straddles 400; .* left of"),
        ({"_blind_players": "[1, 5]"}, "_blind_players are two of 4 players, or 0 and one"),
        ({"_blind_players": "[1, 3]"}, "the small blind is at least 0, at most the big one"),
        ({"blinds_or_straddles": "[50, 100, 0, 200]"}, "player 4 straddles 200; .* left of"),
        ({"blinds_or_straddles": "[50, 100, 0, -150]"}, "player 4 posts 150; .* big blind, 100"),
    ],
)
def test_what_our_rules_do_not_know_says_why(fields: dict[str, str], reason: str) -> None:
    fields = {"blinds_or_straddles": "[50, 100, 0, 0]"} | fields
    with pytest.raises(Malformed, match=reason):
        read_phh(others_hand(4, "p3 f, p4 f, p1 f", **fields))


def test_antes_that_nobody_can_match_are_trimmed_where_the_file_says_so() -> None:
    fields = {"blinds_or_straddles": "[50, 100, 0]", "antes": "[0, 0, 50]"}
    text = others_hand(3, "p3 f, p1 f", ante_trimming_status="true", **fields)
    record = read_phh(text)
    assert (record.ante, record.posts) == (0, [])
    replay(record)


def test_a_straddle_that_is_short_is_none_of_ours() -> None:
    stacks = {"starting_stacks": "[10000, 10000, 150, 10000]"}
    blinds = {"blinds_or_straddles": "[50, 100, 200, 0]"}
    record = read_phh(others_hand(4, "p4 f, p1 f, p2 f", **stacks, **blinds))
    with pytest.raises(Mismatch, match="seat 2 has too few chips to straddle"):
        replay(record)
