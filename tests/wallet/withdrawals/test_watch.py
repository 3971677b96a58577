"""Withdrawals that nobody signs and payments that do not end: staff hear of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.wallet.house import execute, guards_off
from tests.wallet.withdrawals.house import ask, player_with, rules
from wallet.deposits.alerts import tell_staff
from wallet.models import Alert, Payment, Withdrawal
from wallet.policies import stop_withdrawals
from wallet.tasks.withdrawals import advance_withdrawals
from wallet.withdrawals import quote
from wallet.withdrawals.errors import AssetNotOffered

pytestmark = pytest.mark.django_db


def approved_for(minutes: int) -> Withdrawal:
    row = ask(player_with())
    assert row.state == "approved"
    earlier("wallet_withdrawal", "changed_at", minutes)
    rules_stand_for(minutes + 1)
    return row


def earlier(table: str, column: str, minutes: int) -> None:
    with guards_off():
        execute(f"UPDATE {table} SET {column} = {column} - make_interval(mins => %s)", [minutes])


def rules_stand_for(minutes: int) -> None:
    rules(changed_at=timezone.now() - timedelta(minutes=minutes))


def payment(state: str, *, minutes: int) -> Payment:
    row = Payment.objects.create(
        network="bitcoin",
        asset="BTC",
        kind="withdrawal",
        from_address="hot",
        amount_units=1_000,
        fee_cap_units=1_000,
        state="prepared",
    )
    with guards_off():
        Payment.objects.filter(pk=row.pk).update(
            state=state, created_at=timezone.now() - timedelta(minutes=minutes)
        )
    return row


def told() -> dict[str, Any]:
    """By code and network, what is told at the next look."""
    advance_withdrawals()
    return {f"{alert.code} {alert.subject}": alert.payload for alert in Alert.objects.all()}


def test_a_withdrawal_that_nobody_signs_is_told_once_an_hour() -> None:
    row = approved_for(minutes=61)
    found = {"withdrawals_unsigned chain:bitcoin": {"count": 1, "oldest": [str(row.public_id)]}}
    assert told() == found
    assert told() == found
    assert Alert.objects.count() == 1
    earlier("wallet_moneyevent", "at", 61)
    told()
    assert Alert.objects.count() == 2


def test_one_that_was_approved_just_now_is_not_told() -> None:
    approved_for(minutes=59)
    assert told() == {}


def test_what_the_signer_told_of_is_not_told_again() -> None:
    row = approved_for(minutes=61)
    tell_staff("house_limit", f"withdrawal:{row.public_id}", {})
    assert list(told()) == [f"house_limit withdrawal:{row.public_id}"]


def test_what_a_stop_holds_back_begins_to_wait_when_withdrawals_go_on() -> None:
    approved_for(minutes=600)
    payment("prepared", minutes=600)
    stop_withdrawals("chain: off")
    rules_stand_for(601)
    assert told() == {}
    rules(withdrawals_open=True, stopped_reason="", changed_at=timezone.now())
    assert told() == {}
    rules_stand_for(61)
    assert set(told()) == {
        "withdrawals_unsigned chain:bitcoin",
        "payments_unsettled chain:bitcoin",
    }


@pytest.mark.parametrize("state", ["prepared", "signed", "broadcast", "confirmed"])
def test_a_payment_that_does_not_end_is_told(state: str) -> None:
    rules_stand_for(10_000)
    payment(state, minutes=359)
    assert told() == {}
    late = payment(state, minutes=361)
    assert told() == {"payments_unsettled chain:bitcoin": {"count": 1, "oldest": [str(late.pk)]}}


@pytest.mark.parametrize("state", ["settled", "dropped"])
def test_one_that_ended_is_not_told(state: str) -> None:
    rules_stand_for(10_000)
    payment(state, minutes=1_000)
    assert told() == {}


@pytest.mark.parametrize("asset", ["ETH", "USDT"])
def test_a_network_without_a_hot_wallet_takes_no_withdrawals(asset: str, settings: Any) -> None:
    player = player_with()
    settings.ETHEREUM_HOT_ADDRESS = ""
    with pytest.raises(AssetNotOffered):
        quote(user=player, asset=asset, amount_krw=100_000)
    assert quote(user=player, asset="BTC", amount_krw=100_000).amount_krw == 100_000
