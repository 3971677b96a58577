"""The admin is tested through its pages, with one row of everything."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import create_user
from tables.models import (
    Departure,
    Hand,
    HandPlayer,
    Shard,
    Sitting,
    Stake,
    Table,
    TableSettlement,
    TableTemplate,
)
from tests.wallet.house import season

PASSWORD = "river-card-77"


@pytest.fixture(autouse=True)
def _servers(db: None, redis_url: str) -> None:
    """Every test here has the database and a clean Redis."""


@pytest.fixture
def boss() -> User:
    user = create_user(
        email="boss@example.com",
        nickname="Boss",
        password=PASSWORD,
        is_staff=True,
        is_superuser=True,
    )
    return season(user)


@pytest.fixture
def colleague() -> User:
    """Another superuser."""
    user = create_user(
        email="chief@example.com",
        nickname="Chief",
        password=PASSWORD,
        is_staff=True,
        is_superuser=True,
    )
    return season(user)


@pytest.fixture
def support() -> User:
    """Staff with no permission of its own."""
    return create_user(email="help@example.com", nickname="Help", password=PASSWORD, is_staff=True)


@pytest.fixture
def player() -> User:
    return create_user(email="mina@example.com", nickname="Mina", password=PASSWORD)


@pytest.fixture
def table() -> Table:
    stake = Stake.objects.create(
        name="50/100",
        small_blind_krw=50,
        big_blind_krw=100,
        min_buy_in_krw=2_000,
        max_buy_in_krw=10_000,
    )
    return Table.objects.create(name="Seoul 1", stake=stake)


@pytest.fixture
def template(table: Table) -> TableTemplate:
    return TableTemplate.objects.create(
        name="50/100 · 6", name_pattern="Busan {number}", stake=table.stake
    )


@pytest.fixture
def hand(table: Table, player: User, boss: User) -> Hand:
    """A hand that Mina won by showing aces; Boss mucked kings."""
    events = [
        {"type": "hand_started", "hand_id": "h", "hand_no": 7, "button_seat": 0},
        {"type": "blind_posted", "seat": 1, "kind": "big", "amount_krw": 100, "all_in": False},
        {"type": "player_raised", "seat": 0, "amount_krw": 250, "bet_krw": 300, "all_in": True},
        {"type": "player_called", "seat": 1, "amount_krw": 200, "bet_krw": 300, "all_in": False},
        {"type": "street_dealt", "street": "flop", "cards": ["As", "Td", "2c"]},
        {"type": "hand_shown", "seat": 0, "cards": ["Ah", "Ad"]},
        {"type": "hand_mucked", "seat": 1},
        {
            "type": "pot_awarded",
            "pot": 0,
            "shares": [{"seat": 0, "amount_krw": 600}],
            "hand": "three_of_a_kind",
        },
    ]
    hand = Hand.objects.create(
        id="01920000-0000-7000-8000-000000000001",
        table=table,
        number=7,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        small_blind_krw=50,
        big_blind_krw=100,
        board="AsTd2c",
        pot_krw=600,
        events=events,
    )
    for seat, (user, cards, shown) in enumerate([(player, "AhAd", True), (boss, "KhKd", False)]):
        HandPlayer.objects.create(
            hand=hand,
            user=user,
            seat=seat,
            stack_krw=10_000,
            net_krw=300 if shown else -300,
            finished_at=hand.finished_at,
            hole_cards=cards,
            shown=shown,
        )
    return hand


@pytest.fixture
def everything(hand: Hand, player: User, template: TableTemplate) -> None:
    """A row of every model of the tables."""
    Shard.objects.create(number=0, epoch=3)
    Sitting.objects.create(table=hand.table, user=player, seat=0, buy_in_id="buy-in")
    TableSettlement.objects.create(table=hand.table)
    Departure.objects.create(
        table=hand.table,
        stake=hand.table.stake,
        user=player,
        amount_krw=12_000,
        at=timezone.now(),
        buy_in_id="buy-in",
        cash_out_id="out:buy-in",
    )


def browser(user: User) -> Client:
    """A browser in which `user` is logged in, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client
