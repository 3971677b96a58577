"""What a new house starts with: stakes, tables, shards and, in development, people to log in as.

Doing it again adds what is missing and changes nothing that is there: staff may have edited it.
"""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import create_user
from tables.models import Shard, Stake, Table
from wallet.services import grant_play_money

# Big blinds; the small blind is half of it.
BIG_BLINDS_KRW = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
# A buy-in is 20 to 200 big blinds: short enough to try a stake, deep enough to play one.
MIN_BUY_IN_BLINDS = 20
MAX_BUY_IN_BLINDS = 200
TABLE_SIZES = (6, 9, 2)
TABLE_NAMES = (
    *("Hallasan", "Jirisan", "Seoraksan", "Deogyusan", "Gyebangsan", "Hambaeksan", "Taebaeksan"),
    *("Odaesan", "Gariwangsan", "Hwaaksan", "Chiaksan", "Myeongjisan", "Sobaeksan", "Minjujisan"),
    *("Naejangsan", "Mudeungsan", "Songnisan", "Gayasan", "Palgongsan", "Woraksan", "Juwangsan"),
    *("Gyeryongsan", "Bukhansan", "Gwanaksan", "Dobongsan", "Suraksan", "Cheonggyesan"),
)


class DevelopmentUser(NamedTuple):
    email: str
    nickname: str
    password: str
    is_staff: bool


DEVELOPMENT_USERS = (
    DevelopmentUser("haru@example.com", "Haru", "seven-two-offsuit", is_staff=False),
    DevelopmentUser("mina@example.com", "Mina", "seven-two-offsuit", is_staff=False),
    DevelopmentUser("boss@example.com", "Boss", "seven-two-offsuit", is_staff=True),
)


def seed() -> None:
    """Add what is missing."""
    with transaction.atomic():
        _add_shards()
        _add_stakes_and_tables()
        if settings.DEBUG:
            for user in DEVELOPMENT_USERS:
                _add_development_user(user)


def _add_shards() -> None:
    shards = [Shard(number=number) for number in range(settings.TABLE_SHARDS)]
    Shard.objects.bulk_create(shards, ignore_conflicts=True)


def _add_stakes_and_tables() -> None:
    names = iter(TABLE_NAMES)
    for big_blind_krw in BIG_BLINDS_KRW:
        small_blind_krw = big_blind_krw // 2
        stake, _ = Stake.objects.get_or_create(
            name=f"{small_blind_krw:,}/{big_blind_krw:,}",
            defaults={
                "small_blind_krw": small_blind_krw,
                "big_blind_krw": big_blind_krw,
                "min_buy_in_krw": MIN_BUY_IN_BLINDS * big_blind_krw,
                "max_buy_in_krw": MAX_BUY_IN_BLINDS * big_blind_krw,
            },
        )
        for seats in TABLE_SIZES:
            # Bots play at the cheapest tables that keep a seat for a person.
            is_demo = settings.DEBUG and big_blind_krw == BIG_BLINDS_KRW[0] and seats > 2
            Table.objects.get_or_create(
                name=next(names), defaults={"stake": stake, "seats": seats, "is_demo": is_demo}
            )


def _add_development_user(wanted: DevelopmentUser) -> None:
    user = User.objects.filter(email=wanted.email).first()
    if user is None:
        user = create_user(
            email=wanted.email,
            nickname=wanted.nickname,
            password=wanted.password,
            is_staff=wanted.is_staff,
            is_superuser=wanted.is_staff,
        )
    grant_play_money(user_id=user.pk)
