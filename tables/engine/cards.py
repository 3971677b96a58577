"""Cards and the strength of hands, by PokerKit."""

from collections.abc import Iterable
from functools import cache
from itertools import combinations
from operator import attrgetter

from pokerkit import Card, StandardHighHand
from pokerkit.lookups import Entry

DECK = tuple(Card.parse("".join(rank + suit for rank in "23456789TJQKA" for suit in "cdhs")))
_CARDS = {repr(card): card for card in DECK}
ALL_CARDS = tuple(_CARDS)


def parse_cards(cards: Iterable[str]) -> tuple[Card, ...]:
    """`As` → PokerKit's card."""
    return tuple(_CARDS[card] for card in cards)


def strength(hole: Iterable[str], board: Iterable[str]) -> Entry:
    """The best five of seven cards; a stronger hand is greater, `label` is its category.

    As PokerKit's `StandardHighHand.from_game`, whose own search is far slower.
    """
    cards = sorted((*hole, *board))
    fives = [(five, False) for five in combinations([card[0] for card in cards], 5)]
    for suit in "cdhs":
        ranks = [card[0] for card in cards if card[1] == suit]
        fives += [(five, True) for five in combinations(ranks, 5)]
    return max((_five(ranks, suited) for ranks, suited in fives), key=attrgetter("index"))


@cache
def _five(ranks: tuple[str, ...], suited: bool) -> Entry:
    """PokerKit's entry of five cards with equal ranks side by side; there are 7,462."""
    suits = "sssss" if suited else "cdhsc"
    cards = "".join(rank + suit for rank, suit in zip(ranks, suits, strict=True))
    return StandardHighHand(cards).entry


def category(entry: Entry) -> str:
    """`full_house`."""
    return str(entry.label).lower().replace(" ", "_")
