"""Codes of refusals are for programs, so they stay; and the status over REST with them.

A new refusal is entered here. A code that changes breaks what others have written.
"""

import importlib
import pkgutil
from collections.abc import Iterator

import wallet
from wallet.api.errors import status_of
from wallet.chains.errors import ChainError
from wallet.errors import WalletError
from wallet.keys.errors import AddressRefused
from wallet.signer.errors import SignerError

ROOTS = (WalletError, AddressRefused, ChainError, SignerError)
# Class: code, and the status where it reaches a program.
CODES = {
}


def found() -> dict[str, tuple[str, int | None]]:
    for module in pkgutil.walk_packages(wallet.__path__, "wallet."):
        if "migrations" not in module.name:
            importlib.import_module(module.name)
    return {
        kind.__name__: (
            str(getattr(kind, "code", "says why")),
            status_of(kind.__new__(kind)) if issubclass(kind, WalletError | AddressRefused) else None,
        )
        for root in ROOTS
        for kind in (root, *_below(root))
    }


def _below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("wallet."):
            yield each
            yield from _below(each)


def test_codes_and_their_status_stay() -> None:
    assert found() == CODES


