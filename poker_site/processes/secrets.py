"""Secrets: which programs may have them, and those that are made once for a data directory.

Each of the latter is in a file that only this user may read.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path

from poker_site.embedded.registry import private_dir, write_private

# What loads the keys that can spend (`wallet.keys.signing`).
SIGNER_ONLY = (
    "WALLET_SIGNER",
    "WALLET_SEED",
    "WALLET_VAULT_ADDR",
    "WALLET_VAULT_TOKEN",
    "WALLET_VAULT_PATH",
)
TABLES_ONLY = ("DECK_KEY",)
# The role that owns the tables could switch their guards off.
PREPARATION_ONLY = ("DATABASE_OWNER_URL",)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without what belongs to one program alone."""
    kept_back = {*SIGNER_ONLY, *TABLES_ONLY, *PREPARATION_ONLY}
    return {name: value for name, value in environment.items() if name not in kept_back}


def signer_environment(
    environment: Mapping[str, str], data_dir: Path, *, development: bool
) -> dict[str, str]:
    """What the signer alone gets; empty where there is no seed, so nothing to sign with.

    In development a seed is made for the data directory, for worthless coins.
    """
    given = {name: environment[name] for name in SIGNER_ONLY if environment.get(name)}
    given.pop("WALLET_SIGNER", None)
    if not given and development:
        given = {"WALLET_SEED": wallet_seed(data_dir)}
    return given | {"WALLET_SIGNER": "1"} if given else {}


def deck_key(data_dir: Path) -> str:
    """256 bits in hex: what the decks of running hands are encrypted with at rest."""
    return _made_once(data_dir, "deck_key")


def wallet_seed(data_dir: Path) -> str:
    """256 bits in hex: the seed of the development wallets' keys (BIP32)."""
    return _made_once(data_dir, "wallet_seed")


def _made_once(data_dir: Path, name: str) -> str:
    path = private_dir(data_dir / "secrets") / name
    if not path.exists():
        write_private(path, secrets.token_hex(32) + "\n")
    return path.read_text().strip()
