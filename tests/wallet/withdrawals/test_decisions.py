"""Four eyes on exactly this content, and what an insider tries."""

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from accounts.models import User
from tests.wallet.house import at_once, execute, give_bought, guards_off, refused
from tests.wallet.withdrawals.house import (
    OTHER_BITCOIN,
    ask,
    member_of_staff,
    player_with,
    rules,
)
from wallet import withdrawals
from wallet.models import Approval, MoneyEvent, Withdrawal, WithdrawalEvent
from wallet.selectors import balance_krw
from wallet.withdrawals import errors

pytestmark = pytest.mark.django_db

LARGE, HUGE = 2_000_000, 11_000_000


def asked_for(amount_krw: int = LARGE) -> Withdrawal:
    return ask(player_with(20_000_000), amount_krw)


def approve(staff: User, row: Withdrawal, **changes: Any) -> Withdrawal:
    said: dict[str, Any] = {"public_id": row.public_id, "content_hash": row.content_hash}
    return withdrawals.approve(staff=staff, **{**said, **changes})


def test_one_approval_is_enough_for_a_large_one() -> None:
    row, staff = asked_for(), member_of_staff()
    assert approve(staff, row, note="called him").state == "approved"
    (approval,) = row.approvals.all()
    assert (approval.staff, approval.content_hash, approval.note) == (
        staff,
        row.content_hash,
        "called him",
    )
    assert [event.state for event in row.events.order_by("id")] == ["approval", "approved"]
    assert MoneyEvent.objects.filter(kind="withdrawal_decision").count() == 1


def test_above_the_tier_it_takes_two_different_members_of_staff() -> None:
    row, one, two = asked_for(HUGE), member_of_staff(), member_of_staff()
    assert approve(one, row).state == "approval"
    with pytest.raises(errors.AlreadyDecided):
        approve(one, row)
    assert approve(two, row).state == "approved"


def test_nobody_approves_ones_own() -> None:
    staff = member_of_staff()
    staff.is_superuser = True
    staff.save()
    row = ask(_with_money(staff), LARGE)
    with pytest.raises(errors.OwnWithdrawal):
        approve(staff, row)
    with pytest.raises(errors.OwnWithdrawal):
        withdrawals.reject(staff=staff, public_id=row.public_id, content_hash=row.content_hash)
    with refused("wallet_approval_by_another"):
        Approval.objects.create(
            withdrawal=row, staff=staff, content_hash=row.content_hash, approved=True
        )


def test_only_staff_with_the_permission_decide() -> None:
    row = asked_for()
    permitted_player = player_with()
    permitted_player.user_permissions.add(Permission.objects.get(codename="approve_withdrawal"))
    left = member_of_staff()
    User.objects.filter(pk=left.pk).update(is_active=False)
    for staff in (member_of_staff(may_approve=False), permitted_player, left):
        for decide in (withdrawals.approve, withdrawals.reject):
            with pytest.raises(errors.NotApprover):
                decide(staff=staff, public_id=row.public_id, content_hash=row.content_hash)
    assert not Approval.objects.exists()


@pytest.mark.parametrize("content_hash", ["", "0" * 64, None])
def test_another_content_is_not_approved(content_hash: Any) -> None:
    with pytest.raises(errors.ContentChanged):
        approve(member_of_staff(), asked_for(), content_hash=content_hash)


def test_an_approval_of_one_withdrawal_is_none_of_another() -> None:
    player, staff = player_with(20_000_000), member_of_staff()
    one, same = ask(player, LARGE), ask(player, LARGE)
    approve(staff, one)
    with pytest.raises(errors.ContentChanged):
        approve(staff, same, content_hash=one.content_hash)
    with refused("wallet_withdrawal_approved"):
        execute("UPDATE wallet_withdrawal SET state = 'approved' WHERE id = %s", [same.pk])


def test_an_unknown_withdrawal_is_unknown() -> None:
    for public_id in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(errors.WithdrawalUnknown):
            withdrawals.approve(staff=member_of_staff(), public_id=public_id, content_hash="")


def test_nothing_is_approved_while_closed_or_frozen_but_rejecting_works() -> None:
    row, staff = asked_for(), member_of_staff()
    rules(withdrawals_open=False)
    with pytest.raises(errors.WithdrawalsClosed):
        approve(staff, row)
    rules(withdrawals_open=True)
    User.objects.filter(pk=row.user_id).update(is_active=False)
    with pytest.raises(errors.WithdrawalsFrozen):
        approve(staff, row)
    rejected = withdrawals.reject(
        staff=staff, public_id=row.public_id, content_hash=row.content_hash, note="stolen"
    )
    assert (rejected.state, rejected.reason) == ("rejected", "stolen")
    assert balance_krw(user_id=row.user_id) == 20_000_000


def test_who_approved_may_reject_until_it_is_signed() -> None:
    row, staff = asked_for(), member_of_staff()
    approve(staff, row)
    decide = partial(withdrawals.reject, public_id=row.public_id, content_hash=row.content_hash)
    assert decide(staff=staff).state == "rejected"
    with pytest.raises(errors.StateRefused):
        decide(staff=member_of_staff())
    with pytest.raises(errors.StateRefused):
        approve(member_of_staff(), row)
    signed = asked_for()
    approve(staff, signed)
    withdrawals.mark(signed, "signed")
    with pytest.raises(errors.StateRefused):
        withdrawals.reject(
            staff=staff, public_id=signed.public_id, content_hash=signed.content_hash
        )


EDITS = [
    ("address", OTHER_BITCOIN),
    ("amount_units", 10**9),
    ("amount_krw", 2_000_001),
    ("fee_krw", 1),
    ("fee_cap_units", 10**9),
    ("asset", "ETH"),
    ("network", "ethereum"),
    ("revision", 2),
    ("content_hash", "0" * 64),
    ("approvals_needed", 0),
]


@pytest.mark.parametrize(("column", "value"), EDITS)
def test_what_is_to_be_paid_cannot_be_edited(column: str, value: Any) -> None:
    row = asked_for()
    approve(member_of_staff(), row)
    is_of_the_quote = column == "amount_units"
    with refused("wallet_withdrawal_quote" if is_of_the_quote else "wallet_identity_fixed"):
        execute(f"UPDATE wallet_withdrawal SET {column} = %s WHERE id = %s", [value, row.pk])


@pytest.mark.parametrize(("column", "value"), EDITS[:-1])
def test_an_edit_past_the_guards_is_never_signed(column: str, value: Any) -> None:
    row = asked_for()
    approve(member_of_staff(), row)
    with guards_off():
        execute(f"UPDATE wallet_withdrawal SET {column} = %s WHERE id = %s", [value, row.pk])
    with pytest.raises(errors.ContentChanged):
        withdrawals.mark(row, "signed")


def test_an_edit_with_its_hash_loses_its_approvals() -> None:
    row = asked_for()
    approve(member_of_staff(), row)
    with guards_off():
        execute("UPDATE wallet_withdrawal SET address = %s WHERE id = %s", [OTHER_BITCOIN, row.pk])
        row.refresh_from_db()
        changed = withdrawals.content_hash(row)
        execute("UPDATE wallet_withdrawal SET content_hash = %s WHERE id = %s", [changed, row.pk])
    with pytest.raises(IntegrityError, match="has 0 of 1 approvals"):
        withdrawals.mark(row, "signed")


def test_states_are_not_skipped_by_an_update() -> None:
    row = asked_for()
    for state in ("signed", "broadcast", "settled", "approved"):
        with pytest.raises(IntegrityError):
            withdrawals_update(row, state)


def withdrawals_update(row: Withdrawal, state: str) -> None:
    with transaction.atomic():
        execute("UPDATE wallet_withdrawal SET state = %s WHERE id = %s", [state, row.pk])


@pytest.mark.parametrize("table", ["approval", "withdrawalevent", "withdrawalquote", "moneyevent"])
def test_what_happened_is_not_rewritten(table: str) -> None:
    approve(member_of_staff(), asked_for())
    for sql in (f"DELETE FROM wallet_{table}", f"UPDATE wallet_{table} SET id = id"):
        with refused("wallet_append_only"):
            execute(sql)


def test_a_withdrawal_is_not_deleted_and_never_written_as_approved_without_approvals() -> None:
    row = asked_for()
    with refused("wallet_append_only"):
        execute("DELETE FROM wallet_withdrawal")
    columns = ", ".join(
        str(field.column)
        for field in Withdrawal._meta.fields
        if field.column not in ("id", "state", "public_id", "key", "quote_id", "hold_id")
    )
    with refused("wallet_withdrawal_way"):
        execute(
            f"INSERT INTO wallet_withdrawal ({columns}, state, public_id, key, quote_id, hold_id)"
            f" SELECT {columns}, 'approved', gen_random_uuid(), 'x', quote_id, hold_id"
            " FROM wallet_withdrawal WHERE id = %s",
            [row.pk],
        )


@pytest.mark.django_db(transaction=True)
def test_staff_who_approve_at_once_count_once_each() -> None:
    row = asked_for(HUGE)
    staff = [member_of_staff() for _ in range(2)]
    outcomes = at_once([partial(approve, staff[number % 2], row) for number in range(12)])
    assert sum(isinstance(outcome, Withdrawal) for outcome in outcomes) == 2
    assert Approval.objects.count() == 2
    assert WithdrawalEvent.objects.filter(withdrawal=row, state="approved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_calling_off_and_approving_at_once_give_the_hold_back_at_most_once() -> None:
    player, staff = player_with(20_000_000), member_of_staff()
    row = ask(player, LARGE)
    cancel = partial(withdrawals.cancel, user=player, public_id=row.public_id)
    at_once([cancel, partial(approve, staff, row)] * 5)
    row.refresh_from_db()
    assert (row.state, balance_krw(user_id=player.pk)) == ("cancelled", 20_000_000)


def _with_money(staff: User) -> User:
    give_bought(staff.pk, 20_000_000)
    return staff
