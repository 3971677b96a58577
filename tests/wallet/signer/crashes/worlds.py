"""The world of a test, database and chain, as it was at a moment, again and again.

The database: a copy of the wallet's tables, put back row by row with the triggers off, which only
the test servers allow. The chain: back to a block, with what waited in the mempool sent again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.db import connection
from psycopg import sql

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import EthereumHouse
from wallet.deposits import mempool

House = BitcoinHouse | EthereumHouse
_numbers = count(1)


class SavedWorld:
    """`restore` makes everything as it was when this was made."""

    def __init__(self, house: House) -> None:
        self._tables = _SavedTables()
        self._chain = (
            _SavedBitcoin(house) if isinstance(house, BitcoinHouse) else _SavedEthereum(house)
        )

    def restore(self) -> None:
        self._tables.restore()
        self._chain.restore()

    def forget(self) -> None:
        self._tables.forget()


@contextmanager
def saved_world(house: House) -> Iterator[SavedWorld]:
    world = SavedWorld(house)
    try:
        yield world
    finally:
        world.forget()


class _SavedTables:
    """Numbers that sequences gave are not given again; everything else is as it was."""

    def __init__(self) -> None:
        self._schema = f"saved_{next(_numbers)}"
        self._names = _wallet_tables()
        self._run(
            sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self._schema)),
            *(
                sql.SQL("CREATE UNLOGGED TABLE {} AS TABLE {}").format(*self._both(name))
                for name in self._names
            ),
        )

    def restore(self) -> None:
        self._run(
            sql.SQL("BEGIN"),
            sql.SQL("SET LOCAL session_replication_role = replica"),
            *(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in self._names),
            *(
                sql.SQL("INSERT INTO {1} SELECT * FROM {0}").format(*self._both(name))
                for name in self._names
            ),
            sql.SQL("COMMIT"),
        )

    def forget(self) -> None:
        self._run(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(self._schema)))

    def _both(self, name: str) -> tuple[sql.Identifier, sql.Identifier]:
        return sql.Identifier(self._schema, name), sql.Identifier(name)

    def _run(self, *statements: sql.Composable) -> None:
        connection.ensure_connection()
        # All in one message to the server, beside Django, which sends one at a time.
        connection.connection.execute(sql.SQL("; ").join(statements))


def _wallet_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND starts_with(tablename, 'wallet_') ORDER BY tablename"
        )
        return [name for (name,) in cursor.fetchall()]


class _SavedBitcoin:
    def __init__(self, house: BitcoinHouse) -> None:
        self._node = house.node
        self._tip = house.node.tip()
        self._waiting = [house.node.raw_transaction(each) for each in house.node.mempool_txids()]

    def restore(self) -> None:
        self._node.call("resetto", self._tip)
        for raw in self._waiting:
            self._node.broadcast(raw)
        mempool.forget()


class _SavedEthereum:
    def __init__(self, house: EthereumHouse) -> None:
        self._node = house.node
        self._snapshot = house.node.snapshot()
        pool = house.node.call("txpool_content")
        self._waiting = [
            house.node.raw_transaction(each["hash"])
            for part in ("pending", "queued")
            for by_nonce in pool[part].values()
            for each in by_nonce.values()
        ]

    def restore(self) -> None:
        self._node.revert(self._snapshot)
        self._snapshot = self._node.snapshot()
        for raw in self._waiting:
            self._node.call("eth_sendRawTransaction", raw)
