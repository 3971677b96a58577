"""Search: by page and REST, for one's own hands only, and fast."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from accounts.models import User
from tables.history.search import HandSearch, cards_filter, find_hands, own_hands
from tables.models import Hand, HandPlayer, Stake, Table
from tests.histories.conftest import FIRST_DAY, Store
from tests.histories.dealer import entry_of, room

pytestmark = pytest.mark.django_db

MANY = 20_000


def logged_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def aces_win() -> dict[str, Any]:
    """Seat 1 (small blind) wins with aces at the showdown against seat 2; the button folds."""
    game = room(1_000, 1_000, 1_000)
    game.deal("AsAd KdKh 2c7c", "3h4h8sJcQd", button=0)
    game.play("0 fold, 1 raise 1000, 2 call")
    return entry_of(game)


def walk() -> dict[str, Any]:
    """Seat 2 (big blind) with ace king suited; all fold."""
    game = room(1_000, 1_000, 1_000)
    game.deal("9s3d AcKc 2d7h", button=0)
    game.play("0 fold, 1 fold")
    return entry_of(game)


@pytest.fixture
def hands(store: Store, table: Table) -> dict[str, Hand]:
    stake = Stake.objects.create(
        name="big", small_blind_krw=100, big_blind_krw=200, min_buy_in_krw=200, max_buy_in_krw=9_999
    )
    other = Table.objects.create(name="Other", stake=stake, seats=6)
    elsewhere = walk()
    elsewhere["stakes"] |= {"small_blind_krw": 100, "big_blind_krw": 200}
    return {
        "aces": store(aces_win()),
        "walk": store(walk(), at=FIRST_DAY + timedelta(days=1)),
        "elsewhere": store(elsewhere, at=FIRST_DAY + timedelta(days=2), where=other),
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "elsewhere walk aces"),
        ({"since": "2026-03-02"}, "elsewhere walk"),
        ({"until": "2026-03-01"}, "aces"),
        ({"since": "2026-03-02", "until": "2026-03-02"}, "walk"),
        ({"hand": "2"}, "walk"),
        ({"hand": "#1"}, "aces"),
        ({"hand": "00000000-0000-7000-8000-000000000003"}, "elsewhere"),
        ({"hand": "99"}, ""),
        ({"result": "won"}, "elsewhere walk"),
        ({"result": "lost"}, "aces"),
        ({"showdown": "yes"}, "aces"),
        ({"showdown": "no"}, "elsewhere walk"),
        ({"position": "BB"}, "elsewhere walk aces"),
        ({"position": "BTN"}, ""),
        ({"cards": "AKs"}, "elsewhere walk"),
        ({"cards": "kas"}, "elsewhere walk"),
        ({"cards": "AKo"}, ""),
        ({"cards": "AK"}, "elsewhere walk"),
        ({"cards": "KK"}, "aces"),
        ({"cards": "KcAc"}, "elsewhere walk"),
        ({"cards": "AsAd"}, ""),
        ({"cards": "AK", "result": "won", "since": "2026-03-03"}, "elsewhere"),
    ],
)
def test_hands_are_found_by(
    asked: dict[str, str], found: str, hands: dict[str, Hand], users: list[User]
) -> None:
    by_id = {hand.pk: name for name, hand in hands.items()}
    answer = logged_in(users[2]).get("/api/v1/hands/", asked)
    assert answer.status_code == 200
    assert [by_id[hand["id"]] for hand in answer.json()["results"]] == found.split()
    page = logged_in(users[2]).get("/hands/", asked)
    assert [by_id[row.hand_id] for row in page.context["page"]] == found.split()


def test_hands_are_found_by_table_stake_and_number_in_text(
    hands: dict[str, Hand], users: list[User], table: Table
) -> None:
    def numbers(**asked: Any) -> list[int]:
        answer = logged_in(users[2]).get("/api/v1/hands/", asked)
        return [hand["number"] for hand in answer.json()["results"]]

    other = hands["elsewhere"].table
    assert numbers(table=table.pk) == [2, 1]
    assert numbers(table=other.pk) == [3]
    assert numbers(stake=table.stake_id) == [2, 1]
    assert numbers(stake=other.stake_id) == [3]
    assert numbers(hand=other.pk * 10**9 + 3) == [3]
    assert numbers(hand=table.pk * 10**9 + 3) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "yesterday"},
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"table": "9999"},
        {"stake": "x"},
        {"result": "maybe"},
        {"position": "dealer"},
        {"cards": "ZZ"},
        {"cards": "AAs"},
        {"hand": "9" * 30},
    ],
)
def test_a_search_without_sense_is_refused(asked: dict[str, str], users: list[User]) -> None:
    answer = logged_in(users[0]).get("/api/v1/hands/", asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    page = logged_in(users[0]).get("/hands/", asked)
    assert page.status_code == 200
    assert page.context["form"].errors


def test_nobody_finds_a_hand_they_were_not_dealt_into(
    hands: dict[str, Hand], users: list[User]
) -> None:
    stranger = logged_in(users[3])
    assert stranger.get("/api/v1/hands/", {"cards": "AA"}).json()["results"] == []
    assert list(stranger.get("/hands/").context["page"]) == []


def test_pages_keep_the_search(store: Store, users: list[User]) -> None:
    for _ in range(27):
        store(walk())
    page = logged_in(users[2]).get("/hands/", {"cards": "AK"})
    assert len(page.context["page"]) == 25
    assert "?cards=AK&amp;page=2" in page.content.decode()
    assert len(logged_in(users[2]).get("/hands/?cards=AK&page=2").context["page"]) == 2


def test_cards_that_are_none_say_how_to_write_them() -> None:
    with pytest.raises(ValidationError, match="AKs"):
        cards_filter("A")


# Speed


@pytest.fixture
def crowded(users: list[User], table: Table) -> User:
    """A player with very many hands, among others'."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    places, kinds = ("BTN", "SB", "BB"), ("AKs", "72o", "QJo", "T9s", "55")
    moments = [start + timedelta(seconds=n) for n in range(MANY)]
    Hand.objects.bulk_create(
        Hand(
            id=f"h{n:06}",
            table=table,
            number=n,
            started_at=moment,
            finished_at=moment,
            small_blind_krw=50,
            big_blind_krw=100,
            pot_krw=100,
            events=[],
        )
        for n, moment in enumerate(moments)
    )
    HandPlayer.objects.bulk_create(
        HandPlayer(
            hand_id=f"h{n:06}",
            user=users[n % 2],
            seat=0,
            stack_krw=1,
            net_krw=n % 3 - 1,
            hole_cards="AsKs",
            finished_at=moment,
            position=places[n % 3],
            starting_hand=kinds[n % 5] if n % 100 else "AA",
            saw_showdown=not n % 2,
        )
        for n, moment in enumerate(moments)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tables_hand, tables_handplayer")
    return users[0]


def plan(rows: Any) -> str:
    return str(rows[:25].explain())


def test_a_page_is_read_from_an_index(crowded: User) -> None:
    for asked in (
        {},
        {"since": "2026-01-01"},
        {"since": "2026-01-01", "until": "2026-01-01"},
        {"result": "won"},
        {"showdown": "yes", "position": "BTN"},
        {"cards": "AA"},
        {"cards": "AK"},
    ):
        form = HandSearch(asked)
        assert form.is_valid()
        found = plan(find_hands(user_id=crowded.pk, search=form.cleaned_data))
        assert "Seq Scan" not in found, found
        assert "hands_of_player" in found or "hands_by_cards" in found, found
    assert "Sort" not in plan(own_hands(user_id=crowded.pk))
    form = HandSearch({"hand": "77"})
    assert form.is_valid()
    found = plan(find_hands(user_id=crowded.pk, search=form.cleaned_data))
    assert "Seq Scan on tables_handplayer" not in found, found
