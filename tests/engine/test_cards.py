"""Our search for the best five cards against PokerKit's own."""

from random import Random  # noqa: TID251  (cards of a test may come from a seed)

import pytest
from pokerkit import StandardHighHand

from tables.engine.cards import ALL_CARDS, category, parse_cards, strength


def pokerkits(cards: list[str]) -> object:
    return StandardHighHand.from_game(parse_cards(cards[:2]), parse_cards(cards[2:])).entry


@pytest.mark.parametrize("suits", ["cdhs", "cd", "c"])
def test_strength_is_pokerkits(suits: str) -> None:
    """Fewer suits make flushes and straight flushes common."""
    random = Random(suits)
    deck = [card for card in ALL_CARDS if card[1] in suits]
    for _ in range(400):
        cards = random.sample(deck, 7)
        assert strength(cards[:2], cards[2:]) == pokerkits(cards)


@pytest.mark.parametrize(
    ("cards", "name"),
    [
        ("As Ks Qs Js Ts 9s 8s", "straight_flush"),
        ("Ac Ad Ah As Kc Kd Kh", "four_of_a_kind"),
        ("Ac Ad Ah Kc Kd Kh 2s", "full_house"),
        ("Ac 2c 3c 4d 5c 6h 9c", "flush"),
        ("Ac 2d 3c 4d 5c 5h 5s", "straight"),
        ("Ac Ad Kc Kd Qc Qd 2h", "two_pair"),
    ],
)
def test_the_best_five_count(cards: str, name: str) -> None:
    seven = cards.split()
    assert category(strength(seven[:2], seven[2:])) == name
    assert strength(seven[:2], seven[2:]) == pokerkits(seven)
