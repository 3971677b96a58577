"""A rate is locked for as long as its quote is good: who waits holds no option on the coin."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.wallet.house import guards_off
from tests.wallet.withdrawals.house import (
    ask,
    let_lapse,
    member_of_staff,
    player_with,
    rules,
    set_rate,
    time_passes,
)
from wallet import chart, movements, withdrawals
from wallet.assets import Network, units_for
from wallet.devrates.quotes import EXCHANGES, PRICES, Exchange, Quotes
from wallet.devrates.server import running
from wallet.models import (
    AssetPolicy,
    MoneyEvent,
    Payment,
    PaymentKind,
    RateHalt,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalQuote,
)
from wallet.selectors import balance_krw
from wallet.signer import payments
from wallet.signer.judgement import halted
from wallet.signer.queue import payable
from wallet.withdrawals import fix_rate_to_pay

pytestmark = pytest.mark.django_db


def coins_at(row: Withdrawal, mid_krw: int) -> int:
    """What it is worth at the ask of a rate, which is 1 % above the middle."""
    rate = set_rate("BTC", mid_krw=mid_krw)
    return units_for("BTC", row.amount_krw - row.fee_krw, rate.ask_krw)


def advanced(row: Withdrawal) -> Withdrawal:
    withdrawals.advance()
    return Withdrawal.objects.select_related("quote__rate").get(pk=row.pk)


def approved_by_staff(row: Withdrawal) -> Withdrawal:
    staff = member_of_staff()
    return withdrawals.approve(staff=staff, public_id=row.public_id, content_hash=row.content_hash)


@pytest.mark.parametrize("mid_krw", [50_000_000, 100_000_000, 200_000_000])
def test_after_a_wait_it_goes_at_the_rate_of_then(mid_krw: int) -> None:
    rules(wait_hours=24)
    asked = ask(player_with())
    assert (asked.state, asked.is_rate_fixed) == ("cooling", False)
    time_passes(asked, hours=25)
    units = coins_at(asked, mid_krw)
    row = advanced(asked)
    assert (row.state, row.amount_units) == ("approved", units)
    assert row.quote.replaces_id == asked.quote_id
    assert (row.content_hash, row.amount_krw) == (asked.content_hash, asked.amount_krw)
    assert movements.balance(chart.held(row.user_id)) == row.amount_krw
    details = row.events.get(state="approved").details
    assert (details["amount_units"], details["amount_units_before"]) == (
        str(units),
        str(asked.amount_units),
    )


def test_what_is_sent_at_once_keeps_the_rate_that_was_shown() -> None:
    row = ask(player_with())
    coins_at(row, 50_000_000)
    after = advanced(row)
    assert (after.amount_units, after.quote_id) == (row.amount_units, row.quote_id)


def test_staff_approve_the_won_and_the_coins_follow_from_the_rate_of_then() -> None:
    quick, slow = (ask(player_with(3_000_000), 2_000_000) for _ in range(2))
    units = coins_at(slow, 200_000_000)
    assert approved_by_staff(quick).amount_units == quick.amount_units
    time_passes(slow, hours=1)
    after = approved_by_staff(slow)
    assert (after.state, after.amount_units) == ("approved", units)
    assert after.approvals.get().content_hash == after.content_hash == slow.content_hash


def test_without_a_rate_it_waits_for_one() -> None:
    rules(wait_hours=24)
    cooled, reviewed = ask(player_with()), ask(player_with(3_000_000), 2_000_000)
    for row in (cooled, reviewed):
        time_passes(row, hours=25)
    RateHalt.objects.create(asset="BTC", reason="moved")
    assert advanced(cooled).state == "cooling"
    assert approved_by_staff(advanced(reviewed)).state == "approval"
    assert advanced(reviewed).state == "approval"
    RateHalt.objects.update(lifted_at=timezone.now())
    units = coins_at(reviewed, 80_000_000)
    assert advanced(cooled).state == "approved"
    assert (advanced(reviewed).state, advanced(reviewed).amount_units) == ("approved", units)


@contextmanager
def exchanges_at(settings: Settings, mid_krw: int) -> Iterator[None]:
    """What the signer hears when it asks the exchanges itself."""
    said = {name: Exchange({**PRICES, "BTC": str(mid_krw)}) for name in EXCHANGES}
    with running(Quotes(exchanges=said)) as server:
        settings.UPBIT_URL = server.url("upbit")
        settings.BITHUMB_URL = server.url("bithumb")
        yield


def test_what_the_signer_could_not_pay_yet_gets_the_rate_of_now_and_is_told(
    settings: Settings,
) -> None:
    with exchanges_at(settings, 100_000_000):
        row = ask(player_with())
        assert payable(Network.BITCOIN, limit=9) == [row]
    time_passes(row, hours=1)
    with exchanges_at(settings, 50_000_000):
        units = coins_at(row, 50_000_000)
        assert advanced(row).quote_id == row.quote_id
        (taken,) = payable(Network.BITCOIN, limit=9)
    after = Withdrawal.objects.get(pk=row.pk)
    assert (taken.pk, taken.amount_units, after.amount_units) == (row.pk, units, units)
    assert taken.quote_id == after.quote_id != row.quote_id
    event = row.events.get(reason="rate_fixed")
    assert (event.state, event.details["amount_units"]) == ("approved", str(units))


def written() -> list[int]:
    """How many quotes, events of withdrawals and lines for the logs there are."""
    return [model.objects.count() for model in (WithdrawalQuote, WithdrawalEvent, MoneyEvent)]


@pytest.mark.parametrize(
    "stop", ["closed", "asset", "house", "player", "rates", "unbelievable", "unheard"]
)
def test_what_cannot_be_sent_gets_no_rate(settings: Settings, stop: str) -> None:
    row = ask(player_with())
    time_passes(row, hours=1)
    coins_at(row, 100_000_000)
    match stop:
        case "closed":
            rules(withdrawals_open=False)
        case "asset":
            AssetPolicy.objects.filter(asset="BTC").update(is_open=False)
        case "house":
            rules(house_hour_krw=99_999, user_hour_krw=99_999, min_withdrawal_krw=10_000)
        case "player":
            rules(user_hour_krw=99_999)
        case "rates":
            RateHalt.objects.create(asset="BTC", reason="moved")
    heard = {"unbelievable": 90_000_000, "unheard": 0}.get(stop, 100_000_000)
    with exchanges_at(settings, heard):
        # What staff are told of it is told hourly.
        passed(settings)
        before = written()
        for _ in range(3):
            passed(settings)
    assert written() == before
    after = Withdrawal.objects.get(pk=row.pk)
    assert (after.state, after.quote_id, after.is_rate_fixed) == ("approved", row.quote_id, False)


def passed(settings: Settings) -> list[Withdrawal]:
    """What beat and the signer do every few seconds, but for its nodes."""
    withdrawals.advance()
    return [] if halted() else payable(Network.BITCOIN, limit=9)


def test_while_the_hot_wallet_is_too_low_a_rate_is_fixed_every_few_minutes(
    settings: Settings,
) -> None:
    row = ask(player_with())
    with exchanges_at(settings, 100_000_000):
        for expected in (1, 1, 2):
            let_lapse(Withdrawal.objects.get(pk=row.pk).quote_id)
            if expected == 2:
                with guards_off():
                    WithdrawalEvent.objects.filter(reason="rate_fixed").update(
                        at=timezone.now() - timedelta(minutes=5)
                    )
            taken = passed(settings)
            fixed = row.events.filter(reason="rate_fixed").count()
            assert fixed == expected
    assert taken == [row]
    assert Withdrawal.objects.get(pk=row.pk).is_rate_fixed is False


def prepared(row: Withdrawal) -> Payment:
    """A payment that has it, of which nothing is signed."""
    return payments.create(
        network=Network.BITCOIN,
        asset="BTC",
        kind=PaymentKind.WITHDRAWAL,
        from_address="hot",
        recipients=[payments.Recipient(row.address, row.amount_units, row)],
        fee_cap_units=1_000,
    )


def test_what_is_in_a_payment_stays_as_it_is_there(settings: Settings) -> None:
    row = ask(player_with())
    assert row.is_rate_fixed is False
    prepared(row)
    time_passes(row, hours=1)
    with exchanges_at(settings, 50_000_000):
        coins_at(row, 50_000_000)
        assert passed(settings) == []
    assert fix_rate_to_pay(row) is None
    after = advanced(row)
    assert (after.amount_units, after.is_rate_fixed) == (row.amount_units, True)


def test_what_a_payment_let_go_is_fixed_no_more(settings: Settings) -> None:
    row = ask(player_with())
    with transaction.atomic():
        payments.drop(prepared(row), "asset_closed")
    assert Withdrawal.objects.get(pk=row.pk).is_rate_fixed is False
    time_passes(row, hours=1)
    with exchanges_at(settings, 100_000_000):
        units = coins_at(row, 101_000_000)
        (taken,) = passed(settings)
    assert taken.amount_units == units


def test_what_buys_dust_by_then_gives_the_hold_back(settings: Settings) -> None:
    player = player_with()
    rules(wait_hours=24)
    cooled = ask(player, 10_000)
    time_passes(cooled, hours=25)
    rules(wait_hours=0)
    approved = ask(player, 10_000)
    time_passes(approved, hours=1)
    assert (cooled.state, approved.state) == ("cooling", "approved")
    coins_at(cooled, 100_000_000_000)
    withdrawals.advance()
    with exchanges_at(settings, 100_000_000_000):
        assert payable(Network.BITCOIN, limit=9) == []
    for row in (cooled, approved):
        after = Withdrawal.objects.get(pk=row.pk)
        assert (after.state, after.reason) == ("expired", "below_minimum")
    assert balance_krw(user_id=player.pk) == 1_000_000


def test_a_tier_that_is_lowered_sends_what_was_approved_back_to_staff() -> None:
    row = ask(player_with())
    rules(auto_approve_krw=50_000)
    after = advanced(row)
    assert (after.state, after.reason) == ("approval", "approvals_needed")
    assert approved_by_staff(after).state == "approved"
