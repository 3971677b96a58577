"""What time does: waits end, reviews expire, a freeze sends back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from tests.wallet.withdrawals.house import (
    address_of,
    ask,
    codes,
    member_of_staff,
    player_with,
    rules,
    time_passes,
)
from wallet import withdrawals
from wallet.models import Withdrawal
from wallet.payout_addresses import remove_address
from wallet.selectors import balance_krw
from wallet.tasks.withdrawals import advance_withdrawals
from wallet.withdrawals import errors

pytestmark = pytest.mark.django_db


def cooling(amount_krw: int = 100_000) -> Withdrawal:
    rules(wait_hours=24)
    return ask(player_with(20_000_000), amount_krw)


def waited(row: Withdrawal) -> Withdrawal:
    """The wait is over."""
    time_passes(row, hours=25)
    withdrawals.advance()
    row.refresh_from_db()
    return row


def test_nothing_goes_on_before_its_time() -> None:
    row = cooling()
    assert withdrawals.advance() == 0
    row.refresh_from_db()
    assert row.state == "cooling"


def test_a_wait_ends_in_approved_or_in_review() -> None:
    assert waited(cooling()).state == "approved"
    large = waited(cooling(2_000_000))
    assert large.state == "approval"
    assert large.expires_at is not None
    assert large.expires_at - timezone.now() > timedelta(hours=71)


def test_approvals_during_the_wait_count_at_its_end() -> None:
    row = cooling(2_000_000)
    staff = member_of_staff()
    seen = withdrawals.approve(staff=staff, public_id=row.public_id, content_hash=row.content_hash)
    assert seen.state == "cooling"
    assert waited(row).state == "approved"


def test_a_password_that_changes_during_the_wait_makes_it_longer() -> None:
    row = cooling()
    row.user.set_password("river-card-78")
    row.user.save()
    waited(row)
    assert (row.state, "credentials_changed" in codes(row)) == ("cooling", True)
    assert row.cooling_until is not None
    assert row.cooling_until - timezone.now() > timedelta(hours=23)
    assert row.events.filter(reason="credentials_changed", state="cooling").count() == 1
    User.objects.update(credentials_changed_at=timezone.now() - timedelta(hours=25))
    assert waited(row).state == "approved"


def test_a_review_that_nobody_does_expires_and_gives_the_hold_back() -> None:
    row = ask(player_with(2_000_000), 2_000_000)
    time_passes(row, hours=73)
    assert withdrawals.advance() == 1
    row.refresh_from_db()
    assert (row.state, balance_krw(user_id=row.user_id)) == ("expired", 2_000_000)
    assert withdrawals.advance() == 0


def test_while_closed_waits_go_on_and_nothing_is_approved() -> None:
    row, large = cooling(), cooling(2_000_000)
    rules(withdrawals_open=False)
    assert waited(row).state == "cooling"
    assert waited(large).state == "approval"
    rules(withdrawals_open=True)
    advance_withdrawals()
    row.refresh_from_db()
    assert row.state == "approved"


def test_a_freeze_sends_back_what_was_approved_and_lets_it_go_on_later() -> None:
    row = ask(player_with())
    assert row.state == "approved"
    User.objects.filter(pk=row.user_id).update(is_active=False)
    with pytest.raises(errors.WithdrawalsFrozen):
        withdrawals.mark(row, "signed")
    advance_withdrawals()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("approval", "account_closed")
    assert withdrawals.advance() == 0
    User.objects.filter(pk=row.user_id).update(is_active=True)
    advance_withdrawals()
    row.refresh_from_db()
    assert row.state == "approved"


def test_the_kill_switch_stops_signing() -> None:
    row = ask(player_with())
    rules(withdrawals_open=False)
    with pytest.raises(errors.WithdrawalsClosed):
        withdrawals.mark(row, "signed")


def test_marking_twice_changes_nothing_and_settling_needs_its_payment() -> None:
    row = ask(player_with())
    withdrawals.mark(row, "signed")
    withdrawals.mark(row, "signed")
    assert row.events.filter(state="signed").count() == 1
    withdrawals.mark(row, "confirmed")
    with pytest.raises(ValueError, match="settled"):
        withdrawals.mark(row, "settled")


def test_what_fails_on_the_chain_gives_the_hold_back() -> None:
    row = ask(player_with())
    withdrawals.mark(row, "signed")
    assert withdrawals.mark(row, "failed", reason="reverted").closing is not None
    assert balance_krw(user_id=row.user_id) == 1_000_000


def test_an_address_stays_in_the_book_until_what_goes_there_is_signed_or_called_off() -> None:
    row = cooling()
    entry = address_of(row.user)
    for _ in ("cooling", "approved"):
        with pytest.raises(errors.PayoutAddressInUse):
            remove_address(user=row.user, address_id=entry.pk)
        row = waited(row)
    assert row.state == "approved"
    withdrawals.cancel(user=row.user, public_id=row.public_id)
    remove_address(user=row.user, address_id=entry.pk)
    signed = waited(ask(row.user))
    withdrawals.mark(signed, "signed")
    remove_address(user=row.user, address_id=signed.payout_address_id)
