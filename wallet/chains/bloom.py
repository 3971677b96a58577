"""The logs bloom of Ethereum's headers (Yellow Paper, 4.3.1): which events a block cannot have.

2,048 bits, here as a number. Each event sets three bits for its contract and three for each of its
topics. Where one of them is not set the event is not there; where all are set it may be.
"""

from collections.abc import Iterable
from functools import lru_cache

from wallet.chains.eip55 import keccak256

BLOOM_BYTES = 256
_BITS = 2048


def bloom_of(items: Iterable[str]) -> int:
    """The bits of addresses and topics, in hexadecimal with `0x`."""
    bloom = 0
    for item in items:
        bloom |= _bits_of(item)
    return bloom


def may_have(bloom: int, *items: str) -> bool:
    """False: no event of the block has all of these."""
    wanted = bloom_of(items)
    return bloom & wanted == wanted


@lru_cache(maxsize=4096)
def _bits_of(item: str) -> int:
    digest = keccak256(bytes.fromhex(item.removeprefix("0x")))
    bits = 0
    for first in (0, 2, 4):
        bits |= 1 << (int.from_bytes(digest[first : first + 2]) % _BITS)
    return bits
