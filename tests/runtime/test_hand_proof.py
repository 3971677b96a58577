"""The ledger's hands are the hands that were played."""

from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import User
from tables.hand_proof import check_hands
from tables.models import Hand, HandPlayer, Table
from tables.runtime import settlement
from tables.tasks import check_hands as every_hour
from tests.runtime.house import in_database
from tests.runtime.test_settlement import play_hands
from wallet import services as wallet
from wallet.models import MoneyEvent
from wallet.policies import policy

pytestmark = pytest.mark.django_db(transaction=True)

Forgery = Callable[[Table, list[User]], None]


def a_hand_that_nobody_played(table: Table, users: list[User]) -> None:
    giver, taker = users[:2]
    for user in (giver, taker):
        wallet.buy_in(user_id=user.pk, table_id=table.pk, amount_krw=500, key=f"again:{user.pk}")
    wallet.settle_hand(
        table_id=table.pk, hand_id="forged", net_krw={giver.pk: -500, taker.pk: 500}, rake_krw=0
    )


def a_winner_of_more(table: Table, users: list[User]) -> None:
    winner = HandPlayer.objects.filter(net_krw__gt=0).latest("pk")
    winner.net_krw += 1
    winner.save()


def another_table(table: Table, users: list[User]) -> None:
    other = Table.objects.create(name="other", stake=table.stake, seats=table.seats)
    Hand.objects.update(table=other)


def a_rake_that_nobody_took(table: Table, users: list[User]) -> None:
    Hand.objects.update(rake_krw=1)


def a_hand_called_void(table: Table, users: list[User]) -> None:
    Hand.objects.update(is_void=True)


def a_hand_that_was_not_posted(table: Table, users: list[User]) -> None:
    hand = Hand.objects.latest("number")
    players = list(hand.players.all())
    hand.pk = "copy"
    hand.save(force_insert=True)
    for player in players:
        player.pk, player.hand, player.net_krw = None, hand, player.net_krw or 1
        player.save(force_insert=True)


FORGERIES = (
    a_hand_that_nobody_played,
    a_winner_of_more,
    another_table,
    a_rake_that_nobody_took,
    a_hand_called_void,
    a_hand_that_was_not_posted,
)


async def test_what_was_not_played_stops_withdrawals(table: Table, users: list[User]) -> None:
    """One evening at a table, and each forgery after it, one by one."""
    await play_hands(table, users, 2)
    await in_database(settlement.settle_table)(table.pk)
    await in_database(_prove)(table, users)


def _prove(table: Table, users: list[User]) -> None:
    policy()
    every_hour()
    assert check_hands().discrepancies == []
    assert policy().withdrawals_open
    for forgery in FORGERIES:
        with transaction.atomic():
            forgery(table, users)
            assert check_hands().discrepancies, forgery
            every_hour()
            assert policy().stopped_reason.startswith("ledger: hand "), forgery
            assert MoneyEvent.objects.filter(kind="alert.hands_unproven").count() == 1
            transaction.set_rollback(True)
