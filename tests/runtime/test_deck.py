"""The deal is fair, repeatable from its seed, and a naive shuffle would be caught."""

import hashlib
from collections.abc import Callable

import pytest

from tables.runtime.deck import CARDS, HmacDrbg, fresh_deck, shuffled

# Two-sided 0.1 % bounds of χ² with 51² degrees of freedom.
LOWEST, HIGHEST = 2370.2, 2844.9
SHUFFLES = 20_000


def seeds(count: int) -> list[bytes]:
    return [hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(count)]


def position_statistic(deals: list[tuple[str, ...]]) -> float:
    """T = (51/52) · ΣΣ (O−E)²/E over card × position."""
    counts = {(card, place): 0 for card in CARDS for place in range(52)}
    for deal in deals:
        for place, card in enumerate(deal):
            counts[card, place] += 1
    expected = len(deals) / 52
    return 51 / 52 * sum((count - expected) ** 2 / expected for count in counts.values())


def naive_shuffle(seed: bytes) -> tuple[str, ...]:
    """Swap every card with any card: a well-known wrong way."""
    stream = HmacDrbg(seed)
    cards = list(CARDS)
    for place in range(52):
        pick = stream.below(52)
        cards[place], cards[pick] = cards[pick], cards[place]
    return tuple(cards)


def test_a_deck_has_every_card_once() -> None:
    assert sorted(fresh_deck()) == sorted(CARDS)


def test_the_same_seed_gives_the_same_deck_and_another_seed_another() -> None:
    first, second = seeds(2)
    assert shuffled(first) == shuffled(first)
    assert shuffled(first) != shuffled(second)


def test_two_fresh_decks_differ() -> None:
    assert fresh_deck() != fresh_deck()


def test_a_seed_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        shuffled(b"short")


@pytest.mark.parametrize(
    ("shuffle", "fair"), [(shuffled, True), (naive_shuffle, False)], ids=["ours", "naive"]
)
def test_every_card_is_equally_likely_in_every_position(
    shuffle: Callable[[bytes], tuple[str, ...]], fair: bool
) -> None:
    statistic = position_statistic([shuffle(seed) for seed in seeds(SHUFFLES)])
    assert (LOWEST <= statistic <= HIGHEST) is fair


def test_numbers_below_a_bound_are_uniform_where_a_remainder_would_not_be() -> None:
    stream = HmacDrbg(seeds(1)[0])
    counts = [0] * 200
    for _ in range(200_000):
        counts[stream.below(200)] += 1
    # By remainder, 0–55 would come twice as often as the rest.
    assert 0.9 < sum(counts[:56]) / 56 / (sum(counts[56:]) / 144) < 1.1
