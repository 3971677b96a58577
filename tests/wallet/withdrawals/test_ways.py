"""The graph of a withdrawal's states, in the services and in the database, is the same."""

from importlib import import_module

import pytest

from wallet.withdrawals.states import WAYS

pytestmark = pytest.mark.django_db


def test_the_services_and_the_database_know_the_same_ways() -> None:
    in_the_database = import_module("wallet.migrations.0004_money_guards").WAYS
    in_the_services = {(before, after) for before, all_ in WAYS.items() for after in all_}
    assert set(in_the_database) == in_the_services
