"""What deployment is warned of: a superuser, play money beside coins, one node twice, no names."""

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from poker_site.embedded.postgresql import ROLE, PostgreSQL
from tests.wallet.withdrawals.house import rules
from wallet.checks import (
    coins_of_worth_need_names,
    play_money_is_never_paid_out,
    the_second_node_is_another,
    the_sites_role_is_no_superuser,
)

pytestmark = pytest.mark.django_db


def test_an_ordinary_role_is_fine() -> None:
    assert the_sites_role_is_no_superuser(databases=["default"]) == []
    assert the_sites_role_is_no_superuser(databases=None) == []


def test_a_superuser_is_warned_of(postgresql: PostgreSQL) -> None:
    with psycopg.connect(postgresql.url(superuser=True), autocommit=True) as server:
        server.execute(f"ALTER ROLE {ROLE} SUPERUSER")
        try:
            (warning,) = the_sites_role_is_no_superuser(databases=["default"])
        finally:
            server.execute(f"ALTER ROLE {ROLE} NOSUPERUSER")
    assert warning.id == "wallet.W001"


def test_play_money_beside_coins_is_an_error(settings: Settings) -> None:
    settings.DEBUG, settings.PLAY_MONEY_GRANT_KRW = False, 10_000
    settings.BITCOIN_RPC_URL = settings.ETHEREUM_RPC_URL = ""
    assert play_money_is_never_paid_out() == []
    settings.ETHEREUM_RPC_URL = "http://127.0.0.1:8545"
    (error,) = play_money_is_never_paid_out()
    assert error.id == "wallet.E001"
    settings.PLAY_MONEY_GRANT_KRW = 0
    assert play_money_is_never_paid_out() == []


def test_a_node_does_not_confirm_itself(settings: Settings) -> None:
    settings.REQUIRE_SECOND_NODE = True
    settings.BITCOIN_RPC_URL, settings.BITCOIN_RPC_URL_2 = "http://a", "http://b"
    settings.ETHEREUM_RPC_URL = settings.ETHEREUM_RPC_URL_2 = ""
    assert the_second_node_is_another() == []
    settings.BITCOIN_RPC_URL_2 = "http://a"
    (error,) = the_second_node_is_another()
    assert error.id == "wallet.E002"


def test_what_the_checks_call_an_error_stops_prepare_site(settings: Settings) -> None:
    settings.DEBUG = False
    settings.REQUIRE_SECOND_NODE = True
    settings.BITCOIN_RPC_URL, settings.BITCOIN_RPC_URL_2 = "http://a/", "http://a"
    with pytest.raises(SystemCheckError, match=r"wallet\.E002"):
        call_command("prepare_site")


def test_coins_of_a_main_network_without_identity_are_warned_of(settings: Settings) -> None:
    def warned() -> list[str]:
        found = coins_of_worth_need_names(databases=["default"])
        assert {warning.id for warning in found} <= {"wallet.W002"}
        return [str(warning.msg).partition(" ")[0] for warning in found]

    settings.BITCOIN_NETWORK, settings.ETHEREUM_CHAIN_ID = "main", 31_337
    settings.BITCOIN_RPC_URL, settings.ETHEREUM_RPC_URL = "", "http://127.0.0.1:1"
    assert warned() == []
    settings.BITCOIN_RPC_URL = "http://127.0.0.1:1"
    assert warned() == ["deposit_identity_level", "withdraw_identity_level"]
    rules(deposit_identity_level=1)
    assert warned() == ["withdraw_identity_level"]
    rules(withdraw_identity_level=1)
    assert warned() == []
    assert coins_of_worth_need_names(databases=None) == []
