"""What the fields of messages have in common: limits, and the kinds of values.

Amounts are whole won, times milliseconds since 1970 by the server's clock, seats count from 0.
"""

from typing import Annotated

from msgspec import Meta

PROTOCOL = 1
MAX_FRAME_BYTES = 8 * 1024
MAX_AMOUNT_KRW = 10**15
MAX_CHAT_LENGTH = 200

# `$` alone would let a line feed at the end pass.
ID_PATTERN = r"^[A-Za-z0-9_.:-]+$(?!\n)"

RequestId = Annotated[
    str,
    Meta(
        pattern=ID_PATTERN,
        min_length=1,
        max_length=64,
        description="your name for this request; the answer carries it",
    ),
]
HandId = Annotated[
    str, Meta(pattern=ID_PATTERN, min_length=1, max_length=64, description="the hand's id")
]
SeatNumber = Annotated[int, Meta(ge=0, le=8, description="seat, counted from 0")]
Version = Annotated[int, Meta(ge=0, le=2**53 - 1, description="the table's version")]
Milliseconds = Annotated[int, Meta(description="server time, ms since 1970")]


def amount(description: str) -> Meta:
    """A positive amount of won."""
    return Meta(ge=1, le=MAX_AMOUNT_KRW, description=description)
