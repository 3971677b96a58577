"""The world of a test, database and chain, as it was at a moment, again and again.

Two worlds are the same where all rows of the wallet's tables are, but for the time of day in them,
and the newest block and what waits in the mempool: what signers do from there on is the same.

The database: a copy of the wallet's tables, put back row by row with the triggers off, which only
the test servers allow. The chain: back to a block, with what waited in the mempool sent again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

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

    def state(self) -> str:
        """The same text for the same world, as it is now."""
        return f"{self._tables.state()} {self._chain.state()}"

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
    def __init__(self) -> None:
        self._schema = f"saved_{next(_numbers)}"
        self._columns = _wallet_columns()
        self._sequences = {name: _position(name) for name in _wallet_sequences()}
        self._state = _state_query(self._columns)
        self._run(
            sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self._schema)),
            *(
                sql.SQL("CREATE UNLOGGED TABLE {} AS TABLE {}").format(*self._both(name))
                for name in self._columns
            ),
        )

    def state(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute(self._state)
            return str(cursor.fetchone()[0])

    def restore(self) -> None:
        self._run(
            sql.SQL("BEGIN"),
            sql.SQL("SET LOCAL session_replication_role = replica"),
            *(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in self._columns),
            *(
                sql.SQL("INSERT INTO {1} SELECT * FROM {0}").format(*self._both(name))
                for name in self._columns
            ),
            # The same numbers again, so that the same is the same.
            *(
                sql.SQL("SELECT setval({}, {}, {})").format(name, *position)
                for name, position in self._sequences.items()
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


def _rows(query: str | sql.Composable) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _wallet_columns() -> dict[str, list[tuple[str, str]]]:
    """(column, type) by table."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in _rows(
        "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        " AND starts_with(c.table_name, 'wallet_') ORDER BY c.table_name, c.ordinal_position"
    ):
        columns.setdefault(table, []).append((column, kind))
    return columns


def _wallet_sequences() -> list[str]:
    rows = _rows(
        "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
        " AND starts_with(sequencename, 'wallet_') ORDER BY sequencename"
    )
    return [name for (name,) in rows]


def _position(sequence: str) -> tuple[int, bool]:
    query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(sequence))
    ((last, is_called),) = _rows(query)
    return last, is_called


def _state_query(columns: dict[str, list[tuple[str, str]]]) -> sql.Composable:
    """One hash over all rows of all tables; of a time, whether there is one."""
    hashes = []
    for table, of_table in columns.items():
        values = sql.SQL(", ").join(
            sql.SQL("{} IS NULL" if kind.startswith("timestamp") else "{}").format(
                sql.Identifier(column)
            )
            for column, kind in of_table
        )
        hashes.append(
            sql.SQL(
                "(SELECT md5(string_agg(r, chr(10) ORDER BY r))"
                " FROM (SELECT ROW({})::text AS r FROM {}) rows)"
            ).format(values, sql.Identifier(table))
        )
    return sql.SQL("SELECT md5(ROW({})::text)").format(sql.SQL(", ").join(hashes))


class _SavedBitcoin:
    def __init__(self, house: BitcoinHouse) -> None:
        self._node = house.node
        self._tip = house.node.tip()
        self._waiting = [house.node.raw_transaction(each) for each in house.node.mempool_txids()]

    def state(self) -> str:
        return f"{self._node.tip()} {sorted(self._node.mempool_txids())}"

    def restore(self) -> None:
        self._node.call("resetto", self._tip)
        for raw in self._waiting:
            self._node.broadcast(raw)
        mempool.forget()


class _SavedEthereum:
    def __init__(self, house: EthereumHouse) -> None:
        self._node = house.node
        self._snapshot = house.node.snapshot()
        self._waiting = [house.node.raw_transaction(txid) for txid in self._mempool_txids()]

    def state(self) -> str:
        return f"{self._node.block_hash(self._node.height())} {sorted(self._mempool_txids())}"

    def restore(self) -> None:
        self._node.revert(self._snapshot)
        self._snapshot = self._node.snapshot()
        for raw in self._waiting:
            self._node.call("eth_sendRawTransaction", raw)

    def _mempool_txids(self) -> list[str]:
        pool = self._node.call("txpool_content")
        return [
            str(each["hash"])
            for part in ("pending", "queued")
            for by_nonce in pool[part].values()
            for each in by_nonce.values()
        ]
