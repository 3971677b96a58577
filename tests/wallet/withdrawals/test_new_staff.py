"""One person who makes a colleague, or takes one over, is still one person."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.services import create_user, set_active, set_email
from tests.wallet.house import execute, guards_off, make_player, refused, season
from tests.wallet.withdrawals.house import ask, member_of_staff, player_with, rules
from wallet import staff, staff_changes, withdrawals
from wallet.errors import StaffTooNew
from wallet.models import Approval, MoneyEvent, StaffChange, Withdrawal
from wallet.signer import judgement
from wallet.signer.errors import NotPayable

pytestmark = pytest.mark.django_db

LARGE, HUGE = 2_000_000, 11_000_000


def asked_for(amount_krw: int = LARGE) -> Withdrawal:
    return ask(player_with(20_000_000), amount_krw)


def approve(member: User, row: Withdrawal) -> Withdrawal:
    return withdrawals.approve(staff=member, public_id=row.public_id, content_hash=row.content_hash)


def approving() -> Permission:
    return Permission.objects.get(codename="approve_withdrawal")


def made_now() -> User:
    return create_user(
        email="b@example.com", nickname="Bee", password="x-7-y", is_staff=True, is_superuser=True
    )


def of_a_player() -> User:
    user = User.objects.get(pk=make_player())
    user.user_permissions.add(approving())
    user.is_staff = True
    user.save()
    return user


def a_superuser_now() -> User:
    user = member_of_staff(may_approve=False)
    user.is_superuser = True
    user.save()
    return user


def with_a_password_set_by_another() -> User:
    user = member_of_staff()
    user.set_password("river-card-78")
    user.save()
    return user


def without_the_second_factor() -> User:
    user = member_of_staff()
    Authenticator.objects.create(user=user, type="totp", data={})
    Authenticator.objects.get(user=user).delete()
    return user


def at_another_address() -> User:
    user = member_of_staff()
    set_email(user=user, email="mine@example.com")
    return user


def let_in_again() -> User:
    user = member_of_staff()
    set_active(users=[user], active=False)
    set_active(users=[user], active=True)
    return user


def with_the_right_now() -> User:
    user = member_of_staff(may_approve=False)
    user.user_permissions.add(approving())
    return user


def with_the_role_now() -> User:
    user, role = member_of_staff(may_approve=False), Group.objects.create(name="approvers")
    role.permissions.add(approving())
    user.groups.add(role)
    return user


def with_a_role_that_may_now() -> User:
    user, role = member_of_staff(may_approve=False), Group.objects.create(name="approvers")
    user.groups.add(role)
    role.permissions.add(approving())
    return user


CHANGES = {
    made_now: "account",
    of_a_player: "staff",
    a_superuser_now: "superuser",
    with_a_password_set_by_another: "credentials",
    without_the_second_factor: "credentials",
    at_another_address: "credentials",
    let_in_again: "activated",
    with_the_right_now: "rights",
    with_the_role_now: "rights",
    with_a_role_that_may_now: "rights",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_who_is_new_does_not_approve(change: Callable[[], User]) -> None:
    row, member = asked_for(), User.objects.get(pk=change().pk)
    assert StaffChange.objects.filter(user=member).latest("id").kind == CHANGES[change]
    with pytest.raises(StaffTooNew):
        approve(member, row)
    with refused("wallet_staff_too_new"):
        Approval.objects.create(
            withdrawal=row, staff=member, content_hash=row.content_hash, approved=True
        )
    assert approve(season(member), row).state == "approved"


def test_the_wait_is_the_one_of_players_and_the_end_of_it_is_the_end() -> None:
    row, member = asked_for(), made_now()
    with guards_off():
        execute("UPDATE wallet_staffchange SET at = at - interval '23 hours 59 minutes'")
    with pytest.raises(StaffTooNew):
        approve(member, row)
    with guards_off():
        execute("UPDATE wallet_staffchange SET at = at - interval '1 minute'")
    assert approve(member, row).state == "approved"
    rules(credentials_wait_hours=0)
    assert approve(with_the_right_now(), asked_for()).state == "approved"


def test_a_superuser_who_makes_a_colleague_has_one_vote() -> None:
    boss = member_of_staff()
    row = asked_for(HUGE)
    assert approve(boss, row).state == "approval"
    with pytest.raises(StaffTooNew):
        approve(made_now(), row)
    row.refresh_from_db()
    assert row.state == "approval"


def test_who_is_new_may_reject() -> None:
    row = asked_for()
    answer = withdrawals.reject(
        staff=made_now(), public_id=row.public_id, content_hash=row.content_hash
    )
    assert answer.state == "rejected"


def test_other_rights_and_players_make_nobody_new() -> None:
    member, player = member_of_staff(), player_with(0)
    player.set_password("river-card-78")
    player.save()
    member.user_permissions.add(Permission.objects.get(codename="view_deposit"))
    member.last_login = timezone.now()
    member.save()
    assert not staff.is_new(member.pk)
    assert not StaffChange.objects.filter(user=player).exists()


@pytest.fixture
def _believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exchanges say what our rate says."""
    monkeypatch.setattr(judgement, "require_believable", lambda *_: None)


@pytest.mark.usefixtures("_believed")
def test_the_signer_counts_nobody_who_was_new_when_they_approved() -> None:
    row, member = asked_for(), made_now()
    with guards_off():
        Approval.objects.create(
            withdrawal=row, staff=member, content_hash=row.content_hash, approved=True
        )
        execute("UPDATE wallet_withdrawal SET state = 'approved' WHERE id = %s", [row.pk])
    row.refresh_from_db()
    with pytest.raises(NotPayable, match="approvals_missing"):
        judgement.require_payable(row)
    withdrawals.advance()
    row.refresh_from_db()
    assert row.state == "approval"


@pytest.mark.usefixtures("_believed")
def test_what_is_new_after_an_approval_leaves_it_good() -> None:
    row, member = asked_for(), member_of_staff()
    approve(member, row)
    member.set_password("river-card-78")
    member.save()
    row.refresh_from_db()
    judgement.require_payable(row)


def test_the_record_of_what_is_new_only_grows() -> None:
    made_now()
    for sql in ("DELETE FROM wallet_staffchange", "UPDATE wallet_staffchange SET at = at"):
        with refused("wallet_append_only"):
            execute(sql)


def test_the_others_hear_of_it_once(django_capture_on_commit_callbacks: Any) -> None:
    boss, stranger, new = member_of_staff(), member_of_staff(may_approve=False), of_a_player()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            staff_changes.tell_of_changes()
            assert not mail.outbox or [each.to for each in mail.outbox] == [[boss.email]]
    assert [each.to for each in mail.outbox] == [[boss.email]]
    assert stranger.email not in str(mail.outbox[0].message())
    event = MoneyEvent.objects.get(kind="alert.staff_changed")
    assert (event.payload["user"], event.payload["what"]) == (new.pk, "staff")


def test_of_the_first_account_of_a_house_nobody_hears() -> None:
    create_user(email="first@example.com", nickname="First", password="x", is_staff=True)
    assert staff_changes.tell_of_changes() == 0
    create_user(email="second@example.com", nickname="Second", password="x", is_staff=True)
    assert staff_changes.tell_of_changes() == 2
