"""The wallet's migrations say what the models say, and run backwards."""

import pytest
from django.core.management import call_command

from tests.wallet.house import execute, make_player, refused
from wallet.invariants import GUARDS, guards_in_place

pytestmark = pytest.mark.django_db


def test_the_models_need_no_migration() -> None:
    call_command("makemigrations", "wallet", check=True, dry_run=True, verbosity=0)


def test_the_guards_go_and_come_back() -> None:
    call_command("migrate", "wallet", "0001", verbosity=0)
    assert guards_in_place().figures == {"guards": 0}
    assert execute("SELECT proname FROM pg_proc WHERE proname LIKE 'wallet%%'") == []
    call_command("migrate", "wallet", verbosity=0)
    assert guards_in_place().figures == {"guards": len(GUARDS)}
    make_player(1_000)
    with refused("wallet_append_only"):
        execute("DELETE FROM wallet_entry")


def test_every_guard_is_listed() -> None:
    triggers = execute(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'wallet%%'"
    )
    assert {name for (name,) in triggers} == set(GUARDS)
