"""What the database refuses to somebody who has the site's role and knows every rule."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.wallet.house import agreed_rate, execute, guards_off, refused
from tests.wallet.withdrawals import forging
from tests.wallet.withdrawals.house import (
    OTHER_BITCOIN,
    ask,
    member_of_staff,
    player_with,
    rules,
    set_rate,
    time_passes,
)
from wallet import withdrawals
from wallet.models import Rate, RateHalt, Withdrawal

pytestmark = pytest.mark.django_db

RICH = 50_000_000
HOUR = timedelta(hours=1)


def set_state(row: Withdrawal, state: str) -> None:
    execute("UPDATE wallet_withdrawal SET state = %s WHERE id = %s", [state, row.pk])


def say_approved(row: Withdrawal, staff_id: int, content_hash: str) -> None:
    execute(
        "INSERT INTO wallet_approval (withdrawal_id, staff_id, content_hash, approved, note)"
        " VALUES (%s, %s, %s, true, '')",
        [row.pk, staff_id, content_hash],
    )


def test_what_is_right_in_every_column_is_taken() -> None:
    player = player_with()
    assert forging.insert_withdrawal(forging.withdrawal(player)).state == "approved"
    forging.insert_quote(forging.quote(player, set_rate("BTC")))


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"amount_units": 10**8}, "wallet_withdrawal_quote"),
        ({"amount_krw": 999_999}, "wallet_withdrawal_quote"),
        ({"fee_krw": 0}, "wallet_withdrawal_quote"),
        ({"asset": "ETH"}, "wallet_withdrawal_address"),
        ({"network": "ethereum"}, "wallet_withdrawal_address"),
        ({"address": OTHER_BITCOIN}, "wallet_withdrawal_address"),
        ({"content_hash": "0" * 64}, "wallet_withdrawal_content"),
        ({"state": "signed"}, "wallet_withdrawal_way"),
        ({"state": "settled"}, "wallet_withdrawal_way"),
        ({"state": "cooling"}, "wallet_withdrawal_way"),
        ({"revision": 2}, "wallet_withdrawal_way"),
        ({"approvals_needed": 1}, "wallet_withdrawal_way"),
        ({"cooling_until": timezone.now() + HOUR}, "wallet_withdrawal_waits"),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_an_automatic_withdrawal_is_right_in_every_column(
    changes: dict[str, Any], constraint: str
) -> None:
    columns = forging.withdrawal(player_with(), **changes)
    with refused(constraint):
        forging.insert_withdrawal(columns)


def test_it_is_not_anothers_quote_hold_or_address() -> None:
    mine, theirs = (forging.withdrawal(player_with()) for _ in range(2))
    for column, constraint in (
        ("quote_id", "wallet_withdrawal_quote"),
        ("hold_id", "wallet_withdrawal_hold"),
        ("payout_address_id", "wallet_withdrawal_address"),
    ):
        with refused(constraint):
            forging.insert_withdrawal({**mine, column: theirs[column]})


def test_a_quote_is_good_for_its_time_and_for_once() -> None:
    player = player_with(RICH)
    first, again = forging.withdrawal(player), forging.withdrawal(player)
    forging.insert_withdrawal(first)
    with pytest.raises(IntegrityError, match="quote_id"), transaction.atomic():
        forging.insert_withdrawal({**again, "quote_id": first["quote_id"]})
    with guards_off():
        execute("UPDATE wallet_withdrawalquote SET expires_at = now() - interval '1 minute'")
    with refused("wallet_withdrawal_quote"):
        forging.insert_withdrawal(again)


def test_a_new_address_waits() -> None:
    rules(address_wait_hours=24)
    columns = forging.withdrawal(player_with())
    with refused("wallet_withdrawal_waits"):
        forging.insert_withdrawal(columns)


def test_a_large_one_needs_staff_and_time() -> None:
    large = forging.withdrawal(player_with(RICH), 2_000_000)
    reviewed = {**large, "approvals_needed": 1, "state": "approval"}
    huge = {**forging.withdrawal(player_with(RICH), 11_000_000), "state": "approval"}
    with refused("wallet_withdrawal_tier"):
        forging.insert_withdrawal(large)
    with refused("wallet_withdrawal_tier"):
        forging.insert_withdrawal({**huge, "approvals_needed": 1})
    rules(wait_hours=24)
    soon = {"state": "cooling", "cooling_until": timezone.now() + 23 * HOUR}
    for early in ({}, soon):
        with refused("wallet_withdrawal_tier"):
            forging.insert_withdrawal({**reviewed, **early})
    in_time = {"state": "cooling", "cooling_until": timezone.now() + 24 * HOUR}
    assert forging.insert_withdrawal({**reviewed, **in_time}).state == "cooling"


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"amount_units": 10**8}, "wallet_quote_follows"),
        ({"fee_krw": 0, "amount_units": 101_980}, "wallet_quote_follows"),
        ({"asset": "ETH"}, "wallet_quote_rate"),
        ({"expires_at": timezone.now() + HOUR}, "wallet_quote_time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_a_quote_follows_from_its_rate(changes: dict[str, Any], constraint: str) -> None:
    player, rate = player_with(), set_rate("BTC")
    with refused(constraint):
        forging.insert_quote(forging.quote(player, rate, **changes))


def test_a_quote_is_at_a_rate_that_was_agreed_on_now() -> None:
    player = player_with()
    won = Decimal(50_000_000)
    cheap = {"mid_krw": won, "bid_krw": won, "ask_krw": won * Decimal("1.01")}
    never_sampled = Rate.objects.create(asset="BTC", at=timezone.now(), **cheap)
    thin = agreed_rate("BTC", **{**cheap, "ask_krw": won})
    old = agreed_rate("BTC", **cheap)
    with guards_off():
        execute("UPDATE wallet_rate SET at = at - interval '2 minutes' WHERE id = %s", [old.pk])
    elsewhere = agreed_rate("BTC", **{**cheap, "mid_krw": won * Decimal("1.001")})
    with guards_off():
        execute(
            "UPDATE wallet_ratesample SET price_krw = 100000000 WHERE rate_id = %s",
            [elsewhere.pk],
        )
    for rate in (never_sampled, thin, old, elsewhere):
        with refused("wallet_quote_rate"):
            forging.insert_quote(forging.quote(player, rate))
    good = agreed_rate("BTC", **cheap)
    RateHalt.objects.create(asset="BTC", reason="moved")
    with refused("wallet_quote_rate"):
        forging.insert_quote(forging.quote(player, good))


def test_a_wait_is_neither_skipped_nor_shortened() -> None:
    rules(wait_hours=24)
    row = ask(player_with())
    for state in ("approved", "approval"):
        with refused("wallet_withdrawal_waits"):
            set_state(row, state)
    for until in ("NULL", "now()", "cooling_until - interval '1 second'"):
        with refused("wallet_withdrawal_waits"):
            execute(f"UPDATE wallet_withdrawal SET cooling_until = {until}")
    with refused("wallet_withdrawal_waits"):
        execute("UPDATE wallet_withdrawal SET flags = '[]'")


def test_approvals_are_of_this_content_by_others_and_as_many_as_the_tier_asks() -> None:
    row, other = (ask(player_with(RICH), 11_000_000) for _ in range(2))
    staff = [member_of_staff().pk for _ in range(2)]
    with refused("wallet_approval_of_content"):
        say_approved(row, staff[0], other.content_hash)
    with refused("wallet_approval_by_another"):
        say_approved(row, row.user_id, row.content_hash)
    say_approved(row, staff[0], row.content_hash)
    with refused("wallet_approval_once_each"):
        say_approved(row, staff[0], row.content_hash)
    with refused("wallet_withdrawal_approved"):
        set_state(row, "approved")
    say_approved(row, staff[1], row.content_hash)
    set_state(row, "approved")
    with refused("wallet_approval_of_content"):
        say_approved(row, member_of_staff().pk, row.content_hash)


def test_an_automatic_one_is_not_signed_above_the_tier_of_now() -> None:
    row = ask(player_with())
    rules(auto_approve_krw=50_000)
    with refused("wallet_withdrawal_approved"):
        set_state(row, "signed")


def test_a_rate_is_fixed_again_only_when_its_quote_is_over_and_by_one_that_replaces_it() -> None:
    rules(wait_hours=24)
    row = ask(player_with(RICH), 103_000)
    cheap = set_rate("BTC", mid_krw=90_000_000)
    other = withdrawals.quote(user=row.user, asset="BTC", amount_krw=103_000)

    def take(quote_id: int, units: int) -> None:
        execute(
            "UPDATE wallet_withdrawal SET quote_id = %s, amount_units = %s WHERE id = %s",
            [quote_id, units, row.pk],
        )

    with refused("wallet_withdrawal_quote"):
        take(other.pk, other.amount_units)
    early = forging.quote(row.user, cheap, replaces_id=row.quote_id)
    with refused("wallet_quote_follows"):
        forging.insert_quote(early)
    time_passes(row, hours=1)
    for changes in ({"amount_krw": 104_000}, {"user_id": player_with().pk}):
        with refused("wallet_quote_follows"):
            forging.insert_quote({**early, **changes})
    forging.insert_quote(early)
    (quote_id,) = execute("SELECT id FROM wallet_withdrawalquote WHERE replaces_id IS NOT NULL")[0]
    with refused("wallet_withdrawal_quote"):
        take(quote_id, early["amount_units"] + 1)
    take(quote_id, early["amount_units"])
