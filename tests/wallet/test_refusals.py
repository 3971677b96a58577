"""What the database refuses, asked in plain SQL by the tables' owner."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, transaction

from poker_site.embedded.postgresql import ROLE, PostgreSQL
from tests.wallet.house import account_of, execute, guards_off, make_player, refused
from wallet import chart
from wallet.models import Account, Entry
from wallet.services import buy_in, cash_out

pytestmark = pytest.mark.django_db

INSERT_TRANSACTION = """INSERT INTO wallet_transaction (kind, key, content_hash, meta)
    VALUES ('test', %s, 'hash', '{}') RETURNING id"""
INSERT_ENTRIES = """INSERT INTO wallet_entry (transaction_id, account_id, side, amount)
    SELECT %s, * FROM unnest(%s::bigint[], %s::text[], %s::numeric[])"""


@pytest.fixture
def pair() -> tuple[Account, Account]:
    """Two players' accounts with 1,000 won each."""
    return account_of(make_player(1_000)), account_of(make_player(1_000))


def begin(key: str = "test") -> int:
    number: int = execute(INSERT_TRANSACTION, [key])[0][0]
    return number


def enter(transaction_id: int, *entries: tuple[Account, str, int]) -> None:
    accounts, sides, amounts = zip(*entries, strict=True)
    ids = [account.pk for account in accounts]
    execute(INSERT_ENTRIES, [transaction_id, ids, list(sides), list(amounts)])


Pair = tuple[Account, Account]


def test_a_balanced_transaction_is_accepted_and_moves_the_balances(pair: Pair) -> None:
    a, b = pair
    enter(begin(), (a, "D", 400), (b, "C", 400))
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.balance, b.balance) == (600, 1_400)
    assert list(a.entries.order_by("ordinal").values_list("ordinal", "balance_after")) == [
        (1, 1_000),
        (2, 600),
    ]


def test_an_unbalanced_transaction(pair: Pair) -> None:
    a, b = pair
    with refused("wallet_transaction_balanced"):
        enter(begin(), (a, "D", 400), (b, "C", 401))


def test_a_transaction_that_balances_only_across_currencies(pair: Pair) -> None:
    satoshi = Account.objects.create(
        code="house:btc", kind="play_money", currency="BTC", normal_side="D"
    )
    with refused("wallet_transaction_balanced"):
        enter(begin(), (satoshi, "D", 400), (pair[0], "C", 400))


def test_a_transaction_without_entries() -> None:
    with refused("wallet_transaction_complete"):
        begin()


def test_a_transaction_of_one_entry(pair: Pair) -> None:
    with refused("wallet_transaction_two_entries"):
        enter(begin(), (pair[0], "C", 400))


def test_a_transaction_whose_entries_come_one_by_one(pair: Pair) -> None:
    a, b = pair
    with refused("wallet_transaction_two_entries"):
        number = begin()
        enter(number, (a, "D", 400))
        enter(number, (b, "C", 400))


def test_entries_of_two_transactions_in_one_statement(pair: Pair) -> None:
    a, b = pair
    with refused("wallet_entry_one_transaction"):
        numbers = [begin("one"), begin("two")]
        execute(
            """INSERT INTO wallet_entry (transaction_id, account_id, side, amount)
            VALUES (%s, %s, 'D', 1), (%s, %s, 'C', 1)""",
            [numbers[0], a.pk, numbers[1], b.pk],
        )


def test_more_entries_for_a_transaction_that_has_its_own(pair: Pair) -> None:
    a, b = pair
    enter(number := begin(), (a, "D", 400), (b, "C", 400))
    c, d = account_of(make_player(1_000)), account_of(make_player(1_000))
    with refused("wallet_transaction_closed"):
        enter(number, (c, "D", 1), (d, "C", 1))


def test_more_entries_after_the_deferred_checks_were_run_early(pair: Pair) -> None:
    a, b = pair
    with refused("wallet_transaction_closed"):
        enter(number := begin(), (a, "D", 400), (b, "C", 400))
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("SET CONSTRAINTS ALL DEFERRED")
        enter(number, (account_of(make_player(9)), "D", 9), (account_of(make_player(9)), "C", 9))


def test_an_account_twice_in_a_transaction(pair: Pair) -> None:
    a, b = pair
    with refused("wallet_entry_account_once"):
        enter(begin(), (a, "D", 4), (a, "D", 4), (b, "C", 8))


@pytest.mark.parametrize("amount", [0, -5])
def test_an_amount_that_is_not_above_zero(pair: Pair, amount: int) -> None:
    a, b = pair
    with refused("wallet_entry_amount_positive"):
        enter(begin(), (a, "D", amount), (b, "C", amount))


def test_an_unknown_side(pair: Pair) -> None:
    a, b = pair
    with refused("wallet_entry_side_known"):
        enter(begin(), (a, "X", 5), (b, "C", 5))


def test_an_entry_on_an_account_that_is_not_there(pair: Pair) -> None:
    with refused("wallet_entry_account_known"):
        enter(begin(), (pair[0], "D", 5), (Account(pk=2**40), "C", 5))


def test_an_overdraft(pair: Pair) -> None:
    a, b = pair
    with refused("wallet_account_not_overdrawn"):
        enter(begin(), (a, "D", 1_001), (b, "C", 1_001))


def test_an_overdraft_is_for_accounts_of_the_house_only() -> None:
    user_id = make_player()
    with refused("wallet_account_only_the_house_overdraws"):
        Account.objects.create(
            code="player:x",
            kind="player",
            currency="KRW",
            normal_side="C",
            user_id=user_id,
            may_overdraw=True,
        )


def test_an_account_of_the_house_that_may_be_overdrawn(pair: Pair) -> None:
    house = Account.objects.create(
        code="house:test", kind="play_money", currency="KRW", normal_side="C", may_overdraw=True
    )
    enter(begin(), (house, "D", 500), (pair[0], "C", 500))
    house.refresh_from_db()
    assert house.balance == -500


def test_the_same_key_twice() -> None:
    user_id = make_player(1_000)
    buy_in(user_id=user_id, table_id=1, amount_krw=10, key="once")
    with refused("wallet_transaction_key"):
        begin("once")


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


@pytest.mark.parametrize(
    "change",
    [
        "credits = credits + 1",
        "debits = debits + 1, credits = credits + 1",
        "credits = credits + 1, entry_count = entry_count + 1",
        "debits = 0, credits = 0, entry_count = 0",
        "entry_count = entry_count - 1",
        "entry_count = entry_count + 1",
    ],
)
def test_a_balance_moved_without_an_entry(pair: Pair, change: str) -> None:
    with refused("wallet_account_moved_by_entries"):
        execute(f"UPDATE wallet_account SET {change} WHERE id = %s", [pair[0].pk])


def test_a_balance_moved_from_another_trigger(pair: Pair) -> None:
    """A guard that trusts its depth would let this through."""
    execute("CREATE TABLE trap (id int)")
    execute(
        """CREATE FUNCTION spring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE wallet_account SET credits = credits + 1000000 WHERE kind = 'player';
        RETURN NEW; END $$"""
    )
    execute("CREATE TRIGGER spring AFTER INSERT ON trap EXECUTE FUNCTION spring()")
    with refused("wallet_account_moved_by_entries"):
        execute("INSERT INTO trap VALUES (1)")


def test_a_balance_moved_twice_by_one_entry(pair: Pair) -> None:
    """PostgreSQL lets no statement change a row that its own triggers have changed."""
    a, b = pair
    with pytest.raises(OperationalError, match="already modified"), transaction.atomic():
        execute(
            """WITH entered AS (
              INSERT INTO wallet_entry (transaction_id, account_id, side, amount)
              VALUES (%s, %s, 'D', 100), (%s, %s, 'C', 100) RETURNING account_id)
            UPDATE wallet_account SET debits = debits + 100, entry_count = entry_count + 1
            WHERE id = %s AND EXISTS (SELECT FROM entered)""",
            [number := begin(), a.pk, number, b.pk, a.pk],
        )


def test_a_balance_moved_by_a_table_that_poses_as_the_ledger(pair: Pair) -> None:
    """Temporary tables come first in a search path that does not say otherwise."""
    a, _ = pair
    with refused("wallet_account_moved_by_entries"):
        execute("CREATE TEMPORARY TABLE wallet_entry (LIKE public.wallet_entry) ON COMMIT DROP")
        execute(
            "INSERT INTO pg_temp.wallet_entry VALUES (1, 'C', 5000, %s, 6000, %s, 1)",
            [a.entry_count + 1, a.pk],
        )
        execute(
            """UPDATE public.wallet_account SET credits = credits + 5000,
            entry_count = entry_count + 1 WHERE id = %s""",
            [a.pk],
        )


@pytest.mark.parametrize(
    "change",
    [
        "currency = 'BTC'",
        "normal_side = 'D'",
        "code = 'other'",
        "kind = 'rake', user_id = NULL, table_id = 1",
        "user_id = user_id + 1",
        "id = id + 1000000",
        "may_overdraw = true",
        "opened_at = now() - interval '1 year'",
    ],
)
def test_another_identity_for_an_account(pair: Pair, change: str) -> None:
    with refused("wallet_account_identity"):
        execute(f"UPDATE wallet_account SET {change} WHERE id = %s", [pair[0].pk])


@pytest.mark.parametrize("given", [{"credits": 5}, {"debits": 5, "credits": 5}, {"entry_count": 1}])
def test_an_account_that_is_opened_with_money(given: dict[str, int]) -> None:
    spec = chart.rake(5)
    with refused("wallet_account_opens_empty"):
        Account.objects.create(
            code=spec.code, kind="rake", currency="KRW", normal_side="C", table_id=5, **given
        )


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"currency": "XRP"}, "wallet_account_currency_known"),
        (
            {"kind": "play_money", "table_id": None, "normal_side": "X", "may_overdraw": True},
            "wallet_account_side_known",
        ),
        ({"table_id": None}, "wallet_account_owner_fits_kind"),
        ({"kind": "gift"}, "wallet_account_owner_fits_kind"),
    ],
)
def test_an_account_that_makes_no_sense(given: dict[str, Any], constraint: str) -> None:
    fields = {"kind": "rake", "currency": "KRW", "normal_side": "C", "table_id": 5, **given}
    with refused(constraint):
        Account.objects.create(code="test", **fields)


def test_closing_an_account_with_money(pair: Pair) -> None:
    with refused("wallet_account_closed_empty"):
        execute("UPDATE wallet_account SET closed_at = now() WHERE id = %s", [pair[0].pk])


def test_entries_on_a_closed_account(pair: Pair) -> None:
    a, b = pair
    enter(begin(), (a, "D", 1_000), (b, "C", 1_000))
    execute("UPDATE wallet_account SET closed_at = now() WHERE id = %s", [a.pk])
    with refused("wallet_entry_account_open"):
        enter(begin("late"), (a, "C", 5), (b, "D", 5))


def test_a_reversal_that_is_no_mirror_image(pair: Pair) -> None:
    a, b = pair
    enter(original := begin(), (a, "D", 400), (b, "C", 400))
    for number, amount in enumerate([400, 399]):
        sides = ("D", "C") if number == 0 else ("C", "D")
        with refused("wallet_transaction_mirrors"):
            reversal = execute(
                """INSERT INTO wallet_transaction (kind, key, content_hash, meta, reverses_id)
                VALUES ('reversal', 'r', 'h', '{}', %s) RETURNING id""",
                [original],
            )[0][0]
            enter(reversal, (a, sides[0], amount), (b, sides[1], amount))


def test_made_up_ordinals_and_balances_are_overwritten(pair: Pair) -> None:
    a, b = pair
    number = begin()
    execute(
        """INSERT INTO wallet_entry
        (transaction_id, account_id, side, amount, ordinal, balance_after)
        VALUES (%s, %s, 'D', 1, 99, 99), (%s, %s, 'C', 1, 99, 99)""",
        [number, a.pk, number, b.pk],
    )
    entries = Entry.objects.filter(transaction_id=number).order_by("balance_after")
    assert list(entries.values_list("ordinal", "balance_after")) == [(2, 999), (2, 1_001)]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_transaction_of_another_time(pair: Pair, hours: int) -> None:
    a, b = pair
    with refused("wallet_transaction_happens_now"):
        number = execute(
            """INSERT INTO wallet_transaction (kind, key, content_hash, meta, created_at)
            VALUES ('test', 'old', 'h', '{}', clock_timestamp() + make_interval(hours => %s))
            RETURNING id""",
            [hours],
        )[0][0]
        enter(number, (a, "D", 1), (b, "C", 1))


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


def test_money_survives_the_way_there_and_back() -> None:
    user_id = make_player(10**15)
    buy_in(user_id=user_id, table_id=3, amount_krw=10**15, key="in")
    cash_out(user_id=user_id, table_id=3, amount_krw=10**15, key="out")
    assert account_of(user_id).balance == 10**15
