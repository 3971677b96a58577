"""Keys that are made once for a data directory, each in a file only this user may read."""

import secrets
from pathlib import Path

from poker_site.embedded.registry import private_dir, write_private


def deck_key(data_dir: Path) -> str:
    """256 bits in hex: what the decks of running hands are encrypted with at rest."""
    path = private_dir(data_dir / "secrets") / "deck_key"
    if not path.exists():
        write_private(path, secrets.token_hex(32) + "\n")
    return path.read_text().strip()
