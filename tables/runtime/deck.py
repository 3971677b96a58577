"""The deal: where the cards of a hand come from.

A fresh 256-bit seed from the operating system for each hand, a deterministic random bit generator
(HMAC_DRBG with SHA-256, NIST SP 800-90A), and a Fisher–Yates shuffle whose choices are drawn by
rejection sampling, so that every order of the deck is equally likely. Nothing about stakes,
players or history goes in.
"""

import hashlib
import hmac
import os

RANKS = "23456789TJQKA"
SUITS = "cdhs"
CARDS: tuple[str, ...] = tuple(rank + suit for rank in RANKS for suit in SUITS)
SEED_BYTES = 32


class HmacDrbg:
    """HMAC_DRBG with SHA-256 (NIST SP 800-90A, 10.1.2); never reseeded, a deck needs ~60 bytes."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
        self._key = b"\x00" * 32
        self._value = b"\x01" * 32
        self._update(seed)
        self._buffer = b""

    def _update(self, data: bytes = b"") -> None:
        for separator in (b"\x00", b"\x01"):
            self._key = hmac.digest(self._key, self._value + separator + data, hashlib.sha256)
            self._value = hmac.digest(self._key, self._value, hashlib.sha256)
            if not data:
                return

    def read(self, size: int) -> bytes:
        """The next `size` bytes of the stream."""
        while len(self._buffer) < size:
            self._value = hmac.digest(self._key, self._value, hashlib.sha256)
            self._buffer += self._value
        out, self._buffer = self._buffer[:size], self._buffer[size:]
        return out

    def below(self, bound: int) -> int:
        """A uniform integer in [0, bound), 1 ≤ bound ≤ 256: bytes past the last full multiple of
        `bound` are thrown away, for a remainder of them would favour small numbers."""
        limit = 256 // bound * bound
        while True:
            byte = self.read(1)[0]
            if byte < limit:
                return byte % bound


def shuffled(seed: bytes) -> tuple[str, ...]:
    """The 52 cards in the order that `seed` stands for."""
    stream = HmacDrbg(seed)
    cards = list(CARDS)
    for last in range(len(cards) - 1, 0, -1):
        pick = stream.below(last + 1)
        cards[last], cards[pick] = cards[pick], cards[last]
    return tuple(cards)


def fresh_deck() -> tuple[str, ...]:
    """A deck for one hand. Raises `OSError` when the system has no randomness: then no hand."""
    return shuffled(os.urandom(SEED_BYTES))
