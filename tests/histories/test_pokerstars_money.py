"""Every won of a hand is in its PokerStars text, also where PokerKit's parser cannot read it:
straddles, posts, dead blinds, bomb pots, two boards, rake."""

import re
from collections import Counter

import pytest

from tables.history.played import PlayedHand
from tables.history.pokerstars import pokerstars
from tests.histories.crowded import crowded_entries
from tests.histories.dealer import seen

BACK = re.compile(r"Uncalled bet \(₩(?P<krw>\d+)\) returned to (?P<name>\S+)")
WON = re.compile(r"(?P<name>\S+) collected ₩(?P<krw>\d+) from ")
PAID = re.compile(r"(?P<name>\S+): (posts|calls|bets)\D+₩(?P<krw>\d+)")
RAISED = re.compile(r"(?P<name>\S+): raises ₩\d+ to ₩(?P<krw>\d+)")
DEAD = re.compile(r"\S+: posts (the ante|dead blind) ")
STREET = re.compile(r"\*\*\* (FLOP|TURN|RIVER)")


def net_by_text(text: str) -> Counter[str]:
    """What each player won or lost, added up line by line."""
    net: Counter[str] = Counter()
    bets: Counter[str] = Counter()
    for line in text.partition("*** SUMMARY ***")[0].splitlines():
        if STREET.match(line):
            bets.clear()
        if got := BACK.match(line) or WON.match(line):
            net[got["name"]] += int(got["krw"])
        elif paid := PAID.match(line):
            net[paid["name"]] -= int(paid["krw"])
            if not DEAD.match(line):
                bets[paid["name"]] += int(paid["krw"])
        elif raised := RAISED.match(line):
            net[raised["name"]] -= int(raised["krw"]) - bets[raised["name"]]
            bets[raised["name"]] = int(raised["krw"])
    return net


def uncommon(hand: PlayedHand) -> set[str]:
    kinds = {event.get("kind", event["type"]) for event in hand.events}
    return kinds & {"straddle", "post", "dead_blind_posted", "run_it_twice_agreed", "rake_taken"}


@pytest.mark.parametrize("part", range(2))
def test_the_lines_add_up_to_the_result(part: int) -> None:
    happened: set[str] = set()
    for seed in range(300 + 5 * part, 305 + 5 * part):
        for entry in crowded_entries(seed, 60):
            hand = seen(entry, viewer=None)
            if not hand.is_void:
                text = pokerstars(hand)
                net = net_by_text(text)
                assert {p.nickname: net[p.nickname] for p in hand.players} == {
                    p.nickname: p.net_krw for p in hand.players
                }, text
                happened |= uncommon(hand)
    assert len(happened) == 5, happened
