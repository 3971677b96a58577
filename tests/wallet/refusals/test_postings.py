"""Transactions and entries that are refused."""

import pytest

from tests.wallet.house import account_of, execute, make_player, refused
from tests.wallet.refusals.plain_sql import Pair, begin, enter
from wallet.models import Account, Entry
from wallet.services import buy_in, cash_out

pytestmark = pytest.mark.django_db


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


def test_the_same_key_twice() -> None:
    user_id = make_player(1_000)
    buy_in(user_id=user_id, table_id=1, amount_krw=10, key="once")
    with refused("wallet_transaction_key"):
        begin("once")


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


def test_money_survives_the_way_there_and_back() -> None:
    user_id = make_player(10**15)
    buy_in(user_id=user_id, table_id=3, amount_krw=10**15, key="in")
    cash_out(user_id=user_id, table_id=3, amount_krw=10**15, key="out")
    assert account_of(user_id).balance == 10**15
