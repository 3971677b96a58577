"""Nobody changes or empties what is written; a role needs no more than to add."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from poker_site.embedded.postgresql import ROLE, PostgreSQL
from tests.wallet.house import execute, guards_off, make_player, refused
from tests.wallet.refusals.plain_sql import Pair, begin, enter
from wallet.models import Account

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("table", ["wallet_transaction", "wallet_entry"])
@pytest.mark.parametrize(
    "sql", ["UPDATE {} SET id = id", "UPDATE {} SET id = id WHERE false", "DELETE FROM {}"]
)
def test_a_change_of_what_is_written(pair: Pair, table: str, sql: str) -> None:
    with refused("wallet_append_only"):
        execute(sql.format(table))


@pytest.mark.parametrize(
    "sql",
    [
        "TRUNCATE wallet_entry",
        "TRUNCATE wallet_transaction CASCADE",
        "TRUNCATE wallet_account CASCADE",
        "TRUNCATE accounts_user CASCADE",
        "DELETE FROM wallet_account",
        """INSERT INTO wallet_transaction (kind, key, content_hash, meta)
           VALUES ('test', 'k', 'h', '{}') ON CONFLICT (key) DO UPDATE SET kind = 'other'""",
    ],
)
@pytest.mark.django_db(transaction=True)
def test_emptying_or_overwriting(sql: str) -> None:
    make_player(1_000)
    with refused("wallet_append_only"):
        execute(sql)


@pytest.fixture
def bare_role(postgresql: PostgreSQL) -> Iterator[str]:
    """A role without rights that the site's role may act as."""
    role = "bare_role_of_a_test"
    with psycopg.connect(postgresql.url(superuser=True), autocommit=True) as server:
        server.execute(f"CREATE ROLE {role}")
        server.execute(f"GRANT {role} TO {ROLE}")
        yield role
        server.execute(f"DROP ROLE {role}")


def test_a_role_with_the_grants_of_the_docs_posts_and_can_do_nothing_else(
    pair: Pair, bare_role: str
) -> None:
    a, b = pair
    with transaction.atomic():
        _act_with_the_grants_of_the_docs(bare_role, a, b)
        transaction.set_rollback(True)


def _act_with_the_grants_of_the_docs(role: str, a: Account, b: Account) -> None:
    execute(
        f"""GRANT USAGE ON SCHEMA public TO {role};
        GRANT SELECT, INSERT ON wallet_account, wallet_transaction, wallet_entry TO {role};
        GRANT UPDATE (closed_at) ON wallet_account TO {role};
        SET LOCAL ROLE {role}"""
    )
    enter(begin(), (a, "D", 400), (b, "C", 400))
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for sql in (
        "UPDATE wallet_account SET credits = credits + 1",
        "DELETE FROM wallet_entry",
        "TRUNCATE wallet_entry",
        "ALTER TABLE wallet_entry DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
    ):
        with pytest.raises((ProgrammingError, DatabaseError)) as caught, transaction.atomic():
            execute(sql)
        assert isinstance(caught.value.__cause__, psycopg.errors.InsufficientPrivilege), sql
    a.refresh_from_db()
    assert a.balance == 600


def test_what_only_a_superuser_could_do(pair: Pair) -> None:
    with guards_off():
        execute("UPDATE wallet_account SET credits = credits + 1 WHERE id = %s", [pair[0].pk])
    pair[0].refresh_from_db()
    assert pair[0].balance == 1_001
    assert connection.is_usable()
