"""Whoever is new among staff credits no deposit alone, and lifts no halt of rates."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from tests.wallet.deposits.site import BitcoinSite, player_with_address, the_deposit, won
from tests.wallet.house import make_player, refused, season
from wallet import rates
from wallet.deposits import credit_from_quarantine
from wallet.errors import StaffTooNew
from wallet.models import Deposit, DepositEvent, RateHalt, StaffChange

pytestmark = pytest.mark.django_db


def just_made(*codenames: str) -> User:
    member = User.objects.get(pk=make_player())
    member.is_staff = True
    member.save()
    member.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return User.objects.get(pk=member.pk)


@pytest.fixture
def quarantined(bitcoin: BitcoinSite) -> Deposit:
    """A deposit to a closed account."""
    player, address = player_with_address("bitcoin")
    User.objects.filter(pk=player).update(is_active=False)
    bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    return the_deposit(user_id=player)


def test_who_is_new_credits_no_deposit(quarantined: Deposit) -> None:
    member = just_made("decide_quarantine")
    with pytest.raises(StaffTooNew):
        credit_from_quarantine(deposit_id=quarantined.pk, staff=member)
    with refused("wallet_staff_too_new"):
        DepositEvent.objects.create(deposit=quarantined, state="credited", actor=member)
    assert won(quarantined.user_id) == 0
    credit_from_quarantine(deposit_id=quarantined.pk, staff=season(member))
    assert won(quarantined.user_id) == 495_000


def test_who_is_new_lifts_no_halt(bitcoin: BitcoinSite) -> None:
    now = datetime.now(UTC)
    halt = RateHalt.objects.create(asset="BTC", reason="jumped", since=now)
    member = just_made("lift_halt")
    with pytest.raises(StaffTooNew):
        rates.lift_halt(halt_id=halt.pk, staff=member)
    with refused("wallet_staff_too_new"):
        RateHalt.objects.filter(pk=halt.pk).update(lifted_at=now, lifted_by=member)
    rates.lift_halt(halt_id=halt.pk, staff=season(member))
    assert RateHalt.objects.get(pk=halt.pk).lifted_by == member


def test_the_right_to_lift_halts_is_one_over_money(db: None) -> None:
    member = season(just_made())
    member.user_permissions.add(Permission.objects.get(codename="lift_halt"))
    assert StaffChange.objects.filter(user=member).latest("id").kind == "rights"
