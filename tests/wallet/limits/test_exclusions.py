"""Exclusion: no play, no deposits, never shorter; one's own money can be taken out."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.wallet.house import execute, make_player, refused
from tests.wallet.withdrawals import house
from wallet import limits
from wallet.limits import errors
from wallet.models import Exclusion, MoneyEvent
from wallet.services import buy_in
from wallet.signals import play_barred

pytestmark = pytest.mark.django_db


def in_days(days: float) -> Any:
    return timezone.now() + timedelta(days=days)


def test_an_excluded_player_brings_nothing_and_is_shown_no_address() -> None:
    player = make_player(1_000)
    limits.exclude(user_id=player, until=in_days(7))
    for check in (limits.check_play, limits.check_deposit):
        with pytest.raises(errors.SelfExcluded):
            check(user_id=player)
    with pytest.raises(errors.SelfExcluded):
        buy_in(user_id=player, table_id=1, amount_krw=100, key="in")
    assert MoneyEvent.objects.get(kind="player_excluded").subject == f"user:{player}"


def test_an_excluded_player_withdraws(settings: Any) -> None:
    house.open_house(settings)
    player = house.player_with()
    limits.exclude(user_id=player.pk, until=None)
    assert house.ask(player).state == "approved"


def test_it_gets_longer_and_never_shorter() -> None:
    player = make_player()
    first = limits.exclude(user_id=player, until=in_days(7))
    with pytest.raises(errors.ExclusionShorter):
        limits.exclude(user_id=player, until=in_days(2))
    longer = limits.exclude(user_id=player, until=in_days(30))
    assert (longer.pk, Exclusion.objects.count()) == (first.pk, 1)
    limits.exclude(user_id=player, until=None)
    with pytest.raises(errors.ExclusionShorter):
        limits.exclude(user_id=player, until=in_days(3_000))


def test_nobody_shortens_it_in_the_database_either() -> None:
    limits.exclude(user_id=make_player(), until=in_days(7))
    with refused("wallet_exclusion_never_shorter"):
        execute("UPDATE wallet_exclusion SET until = now()")
    with pytest.raises(IntegrityError), transaction.atomic():
        execute("DELETE FROM wallet_exclusion")


@pytest.mark.parametrize("days", [0, -5, 0.5])
def test_less_than_a_day_is_refused(days: float) -> None:
    with pytest.raises(errors.ExclusionShorter):
        limits.exclude(user_id=make_player(), until=in_days(days))


def test_it_ends() -> None:
    player = make_player(1_000)
    limits.exclude(user_id=player, until=in_days(1))
    execute("SET session_replication_role = replica")
    execute("UPDATE wallet_exclusion SET until = now()")
    execute("SET session_replication_role = origin")
    buy_in(user_id=player, table_id=1, amount_krw=100, key="in")
    assert limits.active_exclusion(user_id=player) is None


def test_the_seats_are_left_once_it_is_in_force(
    django_capture_on_commit_callbacks: Any,
) -> None:
    heard = []

    def hear(user_id: int, reason: str, **kwargs: Any) -> None:
        heard.append((user_id, reason))

    play_barred.connect(hear)
    try:
        player = make_player()
        with django_capture_on_commit_callbacks(execute=True):
            limits.exclude(user_id=player, until=in_days(1))
            assert heard == []
        assert heard == [(player, "self_excluded")]
    finally:
        play_barred.disconnect(hear)
