"""`check_money` finds what an intruder who got past every guard would leave behind."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from redis import Redis

from tables.invariants import check_tables, expected_escrow
from tables.models import Stake, Table, TableSettlement
from tables.runtime.audit import TableMoney
from tests.wallet.house import account_of, execute, guards_off, make_player
from wallet.invariants import check_ledger
from wallet.ledger import reverse
from wallet.models import Transaction
from wallet.services import buy_in

pytestmark = pytest.mark.django_db


def discrepancies() -> list[str]:
    return [line for check in check_ledger() for line in check.discrepancies]


@pytest.fixture
def held() -> Transaction:
    """A player's 400 of 1,000 won at table 1, which is only in the ledger."""
    return buy_in(user_id=make_player(1_000), table_id=1, amount_krw=400, key="in")


def test_an_honest_ledger_has_none(held: Transaction) -> None:
    reverse(transaction_id=held.pk, reason="test")
    assert discrepancies() == []
    figures = {name: value for check in check_ledger() for name, value in check.figures.items()}
    assert figures["issued_krw"] == figures["player_krw"] == 1_000
    assert (figures["transactions"], figures["entries"], figures["reversals"]) == (3, 6, 1)


PLANTED = [
    ("UPDATE wallet_account SET credits = credits + 7 WHERE kind = 'player'", "says debits"),
    ("UPDATE wallet_account SET credits = credits + 7 WHERE kind = 'player'", "KRW are -7 off"),
    ("UPDATE wallet_account SET entry_count = 9 WHERE kind = 'player'", "says debits"),
    ("UPDATE wallet_account SET credits = credits + 7 WHERE kind = 'player'", "issued are 1000"),
    (
        """ALTER TABLE wallet_account DROP CONSTRAINT wallet_account_closed_empty;
        UPDATE wallet_account SET closed_at = now() WHERE kind = 'player'""",
        "which it may not",
    ),
    (
        """ALTER TABLE wallet_account DROP CONSTRAINT wallet_account_not_overdrawn;
        UPDATE wallet_account SET debits = credits + 5 WHERE kind = 'escrow'""",
        "has -5, which it may not",
    ),
    ("UPDATE wallet_entry SET amount = amount + 1 WHERE side = 'C'", "transaction in is -1 KRW"),
    ("UPDATE wallet_entry SET amount = amount + 1 WHERE side = 'C'", "entries in KRW are -2 off"),
    ("UPDATE wallet_entry SET balance_after = 5 WHERE ordinal = 2", "says balance 5, should be"),
    ("UPDATE wallet_entry SET ordinal = ordinal + 5 WHERE ordinal = 2", "says debits"),
    ("DELETE FROM wallet_entry WHERE side = 'D'", "transaction in has 1 entries"),
    ("DELETE FROM wallet_entry", "transaction in has 0 entries"),
    ("DELETE FROM wallet_transaction WHERE key = 'in'", "moves nothing, or is of no transaction"),
    ("UPDATE wallet_transaction SET reverses_id = id WHERE key = 'in'", "does not mirror"),
]


@pytest.mark.parametrize(("sql", "line"), PLANTED)
def test_it_finds(held: Transaction, sql: str, line: str) -> None:
    with guards_off():
        execute(sql)
    assert any(line in found for found in discrepancies()), discrepancies()


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        (
            "ALTER TABLE wallet_entry DISABLE TRIGGER wallet_entry_posting",
            "wallet_entry_posting is switched off",
        ),
        ("DROP TRIGGER wallet_account_guard ON wallet_account", "account_guard is missing"),
    ],
)
def test_it_finds_guards_that_are_off(sql: str, line: str) -> None:
    execute(sql)
    assert any(line in found for found in discrepancies())


def _table() -> Table:
    stake = Stake.objects.create(
        name="s", small_blind_krw=50, big_blind_krw=100, min_buy_in_krw=100, max_buy_in_krw=10_000
    )
    return Table.objects.create(name="t", stake=stake)


def test_it_finds_escrow_where_no_chips_are(redis_url: str) -> None:
    table = _table()
    user_id = make_player(1_000)
    looks: list[int] = []
    assert check_tables(looks=2, wait=lambda: looks.append(1)).discrepancies == []
    buy_in(user_id=user_id, table_id=table.pk, amount_krw=400, key="in")
    buy_in(user_id=user_id, table_id=table.pk + 1, amount_krw=500, key="in2")
    check = check_tables(looks=3, wait=lambda: looks.append(1))
    assert check.discrepancies == [
        f"table {table.pk}, user {user_id}: escrow 400 won, chips say 0 won",
        f"table {table.pk + 1}, user {user_id}: escrow 500 won, chips say 0 won",
    ]
    assert len(looks) == 2


def test_a_difference_that_goes_away_is_none(redis_url: str) -> None:
    table = _table()
    user_id = make_player(1_000)
    held = buy_in(user_id=user_id, table_id=table.pk, amount_krw=400, key="in")

    def settle() -> None:
        reverse(transaction_id=held.pk, reason="test")

    assert check_tables(looks=3, wait=settle).discrepancies == []


def test_what_escrow_should_be() -> None:
    money = TableMoney(
        table_id=1,
        stacks={1: 900, 2: 1_100},
        pending_keys={"paid": (3, 500), "asked": (4, 700), "more": (1, 50)},
        unsettled=[("9-0", {1: -20, 2: 20}), ("10-0", {1: -100, 2: 100}), ("10-1", {5: -250})],
    )
    assert expected_escrow(money, "9-0", {"paid"}) == {1: 1_000, 2: 1_000, 3: 500, 5: 250}
    assert expected_escrow(money, "10-1", {"paid", "more"}) == {1: 950, 2: 1_100, 3: 500}
    assert expected_escrow(money, "0-0", set())[1] == 1_020


def test_the_command_tells_figures_and_exits_0(redis_url: str, capsys: Any) -> None:
    make_player(1_000)
    call_command("check_money")
    told = capsys.readouterr().out
    assert "each transaction balances" in told
    assert "transactions 1, entries 2" in told
    assert "WRONG" not in told


def test_the_command_tells_discrepancies_and_exits_1(redis_url: str, capsys: Any) -> None:
    user_id = make_player(1_000)
    with guards_off():
        execute("UPDATE wallet_account SET credits = credits + 7 WHERE kind = 'player'")
    with pytest.raises(SystemExit) as caught:
        call_command("check_money")
    assert caught.value.code == 1
    told = capsys.readouterr().out
    assert f"discrepancy: account {account_of(user_id).code} says debits 0, credits 1007" in told


def test_the_command_writes_json(redis_url: str, capsys: Any) -> None:
    TableSettlement.objects.create(table=_table(), last_entry="3-0")
    call_command("check_money", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["money_ok"] is True
    assert [check for check in told["checks"] if check["discrepancies"]] == []
    assert told["checks"][-2]["figures"]["tables"] == 1
    assert told["checks"][-1]["figures"] == {"entries": 0, "oldest_seconds": 0}


def test_without_redis_it_says_so_and_exits_1(
    redis_url: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _table()
    monkeypatch.setattr(
        "tables.runtime.audit.tables_redis_sync", lambda: Redis(host="127.0.0.1", port=1)
    )
    with pytest.raises(SystemExit):
        call_command("check_money")
    assert "Redis does not answer" in capsys.readouterr().out
