"""Identifiers that are unique without asking anyone."""

import os
import uuid


def new_id(now_ms: int) -> str:
    """A UUID version 7 (RFC 9562): 48 bits of time, then 74 random bits; sorts by time."""
    value = (now_ms << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return str(uuid.UUID(int=value))
