"""One signer for each network.

The lock is PostgreSQL's, held by the session: a process that dies gives it back with its
connection. A session that was lost and opened again does not have it, so every transaction that
takes an input, takes a nonce or stores a signature asks again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

from wallet.assets import Network
from wallet.signer.errors import SignerBusy, SignerLockLost

# The first of the two numbers of an advisory lock; the second is the network's.
SIGNER = 0x5167
_QUESTIONS = {
    name: f"SELECT {name}(%s, %s)"
    for name in ("pg_try_advisory_lock", "pg_try_advisory_xact_lock", "pg_advisory_unlock")
}
_NUMBERS = {Network.BITCOIN: 1, Network.ETHEREUM: 2}


@contextmanager
def only_signer(network: Network) -> Iterator[None]:
    """Nobody else signs for the network inside. Raises SignerBusy at once where somebody does."""
    if not _ask("pg_try_advisory_lock", network):
        raise SignerBusy(network)
    try:
        yield
    finally:
        try:
            _ask("pg_advisory_unlock", network)
        except Error:
            # A session that cannot give it back must end, not go back to the pool.
            if connection.connection is not None:
                connection.connection.close()


def require_signer(network: str) -> None:
    """SignerLockLost unless this session is the network's signer until its transaction ends."""
    if not _ask("pg_try_advisory_xact_lock", Network(network)):
        raise SignerLockLost(network)


def _ask(function: str, network: Network) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_QUESTIONS[function], [SIGNER, _NUMBERS[network]])
        row = cursor.fetchone()
    return bool(row and row[0])
