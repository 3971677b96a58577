"""Encryption of what only the dealing process may read (AES-256-GCM).

The place a sealed text belongs to is bound to it as associated data: it opens nowhere else.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed text was changed, moved, or sealed with another key."""


class Seal:
    """Seals and opens with one key of 256 bits, given in hex."""

    def __init__(self, key_hex: str) -> None:
        key = bytes.fromhex(key_hex)
        if len(key) != 32:
            raise ValueError("the key must have 64 hex digits")
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, place: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, place.encode())).decode()

    def open(self, sealed: str, place: str) -> bytes:
        raw = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        except InvalidTag as error:
            raise SealBroken(f"cannot open what was sealed for {place}: wrong DECK_KEY?") from error
