"""Cards and the strength of hands, by PokerKit."""

from collections.abc import Iterable

from pokerkit import Card, StandardHighHand
from pokerkit.lookups import Entry

DECK = tuple(Card.parse("".join(rank + suit for rank in "23456789TJQKA" for suit in "cdhs")))
_CARDS = {repr(card): card for card in DECK}
ALL_CARDS = tuple(_CARDS)


def parse_cards(cards: Iterable[str]) -> tuple[Card, ...]:
    """`As` → PokerKit's card."""
    return tuple(_CARDS[card] for card in cards)


def strength(hole: Iterable[str], board: Iterable[str]) -> Entry:
    """The best five of seven cards; a stronger hand is greater, `label` is its category."""
    return StandardHighHand.from_game(parse_cards(hole), parse_cards(board)).entry


def category(entry: Entry) -> str:
    """`full_house`."""
    return str(entry.label).lower().replace(" ", "_")
