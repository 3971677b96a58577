"""What a new house starts with: stakes, templates of tables, shards and, in development, people.

Doing it again adds what is missing and changes nothing that is there: staff may have edited it.
"""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import create_user
from tables import openings
from tables.models import Shard, Stake, Table, TableTemplate
from wallet.models import Policy
from wallet.services import grant_play_money

# Big blinds; the small blind is half of it.
BIG_BLINDS_KRW = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
# A buy-in is 20 to 200 big blinds: short enough to try a stake, deep enough to play one.
MIN_BUY_IN_BLINDS = 20
MAX_BUY_IN_BLINDS = 200
TABLE_SIZES = (6, 9, 2)
# Of a stake's tables of one size at least half a table stays free, and at most so many tables.
MAX_FREE_TABLES = 2
TABLE_NAMES = (
    *("Hallasan", "Jirisan", "Seoraksan", "Deogyusan", "Gyebangsan", "Hambaeksan", "Taebaeksan"),
    *("Odaesan", "Gariwangsan", "Hwaaksan", "Chiaksan", "Myeongjisan", "Sobaeksan", "Minjujisan"),
    *("Naejangsan", "Mudeungsan", "Songnisan", "Gayasan", "Palgongsan", "Woraksan", "Juwangsan"),
    *("Gyeryongsan", "Bukhansan", "Gwanaksan", "Dobongsan", "Suraksan", "Cheonggyesan"),
)
DEMO_TABLES = (("Hallasan", 6), ("Jirisan", 9))


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
        _add_stakes_and_templates()
        if settings.DEBUG:
            _add_development_rules()
            _add_demo_tables()
            for user in DEVELOPMENT_USERS:
                _add_development_user(user)
    openings.keep_tables()


def _add_shards() -> None:
    shards = [Shard(number=number) for number in range(settings.TABLE_SHARDS)]
    Shard.objects.bulk_create(shards, ignore_conflicts=True)


def _add_stakes_and_templates() -> None:
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
            _add_template(stake, seats, next(names))


def _add_template(stake: Stake, seats: int, mountain: str) -> None:
    TableTemplate.objects.get_or_create(
        name=f"{stake.name} · {seats}",
        defaults={
            "name_pattern": f"{mountain} {{number}}",
            "stake": stake,
            "seats": seats,
            "min_free_seats": seats // 2,
            "max_free_seats": MAX_FREE_TABLES * seats,
        },
    )


def _add_development_rules() -> None:
    """Nobody waits a day to see the first withdrawal leave. Rules that are there stay."""
    waits = ("wait_hours", "address_wait_hours", "credentials_wait_hours")
    Policy.objects.get_or_create(id=1, defaults=dict.fromkeys(waits, 0))


def _add_demo_tables() -> None:
    """Where bots play: the cheapest tables that keep a seat for a person. No template counts their
    seats: who wants to play with people finds a table without bots."""
    stake = Stake.objects.order_by("big_blind_krw")[0]
    for name, seats in DEMO_TABLES:
        Table.objects.get_or_create(
            name=name, defaults={"stake": stake, "seats": seats, "is_demo": True}
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
