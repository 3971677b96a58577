"""Advisory locks of PostgreSQL: one at a time for work that has no row of its own to lock.

A lock has a class (what kind of work) and a number within it (a network, say). Nobody waits for one
while holding another, so they cannot wait for each other in a circle.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import DatabaseError, connection

from wallet.assets import Network

NETWORK_NUMBER = {Network.BITCOIN: 1, Network.ETHEREUM: 2}


class LockClass(IntEnum):
    """The first of a lock's two numbers; others of this database stay away from these."""

    ADDRESSES = 7_301
    SCANNER = 7_302
    # 7_303 is `wallet.withdrawals.ceilings`'.
    RECONCILIATION = 7_304
    OLD_RATES = 7_305


def wait_for(lock_class: LockClass, network: str) -> None:
    """Hold the lock until the end of the database transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _key(lock_class, network))


@contextmanager
def held(lock_class: LockClass, network: str = "", *, wait: bool = False) -> Iterator[bool]:
    """Hold the lock for the block, over several transactions.

    False at once where another has it, unless it is to be waited for. It ends with the connection:
    who dies in the middle leaves no lock behind.
    """
    key = _key(lock_class, network)
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT true FROM pg_advisory_lock(%s, %s)", key)
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        row = cursor.fetchone()
    if row is None or not row[0]:
        yield False
        return
    try:
        yield True
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
        except DatabaseError:
            # A connection that cannot unlock must not go back to the pool with the lock.
            connection.close()


def _key(lock_class: LockClass, network: str) -> tuple[int, int]:
    return int(lock_class), NETWORK_NUMBER[Network(network)] if network else 0
