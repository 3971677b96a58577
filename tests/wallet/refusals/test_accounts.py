"""Balances that no entry moved, and accounts that make no sense."""

from typing import Any

import pytest
from django.db import OperationalError, transaction

from tests.wallet.house import execute, make_player, refused
from tests.wallet.refusals.plain_sql import Pair, begin, enter
from wallet import chart
from wallet.models import Account

pytestmark = pytest.mark.django_db


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
