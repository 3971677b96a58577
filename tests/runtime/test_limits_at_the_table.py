"""A player's limits, through the whole runtime: refusals that reach the seat, and leaving it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from tables.models import Hand, HandPlayer, Sitting, Table
from tables.playing import played
from tests.runtime.house import Player, in_database, running, until
from wallet import limits
from wallet.tasks.limits import bar_overtime

pytestmark = pytest.mark.django_db(transaction=True)


def set_limit(user: User, kind: str, value: int) -> None:
    limits.set_limit(user_id=user.pk, kind=kind, period="month", value=value)


async def test_a_loss_limit_is_told_at_the_seat_with_what_is_possible(
    table: Table, users: list[User]
) -> None:
    await in_database(set_limit)(users[0], "loss", 3_000)
    async with running():
        player = await Player(users[0], table).join()
        answer = await player.sit(0, 3_001)
        assert (answer["code"], answer["max_krw"]) == ("limit_loss", 3_000)
        assert player.happened("reservation_cancelled")[0]["reason"] == "limit_loss"
        assert (await player.sit(0, 3_000))["type"] == "ack"
        top_up = await player.ask({"type": "top_up", "amount_krw": 1})
        assert top_up["code"] == "limit_loss"
        await player.leave_groups()


async def test_an_excluded_player_leaves_the_seat_and_does_not_come_back(
    table: Table, users: list[User]
) -> None:
    async with running():
        player = await Player(users[0], table).join()
        assert (await player.sit(0, 3_000))["type"] == "ack"
        until_then = timezone.now() + timedelta(days=7)
        await in_database(limits.exclude)(user_id=users[0].pk, until=until_then)
        await until(lambda: player.happened("seat_left"))
        assert (await player.sit(0, 3_000))["code"] == "self_excluded"
        await player.leave_groups()


async def test_whose_time_is_up_leaves_the_seat(table: Table, users: list[User]) -> None:
    async with running():
        player = await Player(users[0], table).join()
        assert (await player.sit(0, 3_000))["type"] == "ack"
        await in_database(set_limit)(users[0], "time", 60)
        await in_database(bar_overtime)()
        assert not player.happened("seat_left")
        # No minute is left of a limit of none, whenever the month began.
        await in_database(set_limit)(users[0], "time", 0)
        await in_database(bar_overtime)()
        await until(lambda: player.happened("seat_left"))
        assert (await player.sit(0, 3_000))["code"] == "limit_time"
        await player.leave_groups()


def test_minutes_at_two_tables_at_once_count_once(table: Table, users: list[User]) -> None:
    now, user = timezone.now(), users[0]
    for key, began, ended in [("a", 100, 60), ("b", 80, 40), ("c", 70, 65), ("d", 10, None)]:
        row = Sitting.objects.create(table=table, user=user, seat=0, buy_in_id=key)
        Sitting.objects.filter(pk=row.pk).update(
            started_at=now - timedelta(minutes=began),
            ended_at=None if ended is None else now - timedelta(minutes=ended),
        )
    Sitting.objects.create(table=table, user=users[1], seat=1, buy_in_id="e")
    assert played(user_id=user.pk, since=now - timedelta(days=1)).minutes == 70
    assert played(user_id=user.pk, since=now - timedelta(minutes=50)).minutes == 20


def test_settled_hands_count_and_void_ones_do_not(table: Table, users: list[User]) -> None:
    now = timezone.now()
    for number, (net_krw, is_void) in enumerate([(-500, False), (200, False), (-900, True)]):
        hand = Hand.objects.create(
            id=f"01920000-0000-7000-8000-00000000000{number}",
            table=table,
            number=number,
            started_at=now,
            finished_at=now,
            small_blind_krw=50,
            big_blind_krw=100,
            board="",
            pot_krw=0,
            is_void=is_void,
            events=[],
        )
        HandPlayer.objects.create(
            hand=hand,
            user=users[0],
            seat=0,
            stack_krw=5_000,
            net_krw=net_krw,
            hole_cards="7c2d",
            finished_at=now,
        )
    found = played(user_id=users[0].pk, since=now - timedelta(hours=1))
    assert found.net_krw == -300
    assert played(user_id=users[0].pk, since=now + timedelta(seconds=1)).net_krw == 0
