"""A day or a sitting as a zip: which hands are in it, and that it is written while it is sent."""

import io
import warnings
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client
from pokerkit.notation import HandHistory

from accounts.models import User
from tables.history import archive
from tables.history.archive import FORMATS, zipped
from tables.history.search import hands_of_sitting
from tables.models import Hand, Sitting, Table
from tests.edge.site import serving, session_cookie
from tests.histories.conftest import FIRST_DAY, Store
from tests.histories.dealer import entry_of, random_hand, room

pytestmark = pytest.mark.django_db


def logged_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def hand_of_three() -> dict[str, Any]:
    game = room(1_000, 1_000, 1_000)
    game.deal(button=0)
    game.play("0 fold, 1 fold")
    return entry_of(game)


def files(answer: Any) -> dict[str, str]:
    found = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert found.testzip() is None
    return {name: found.read(name).decode() for name in found.namelist()}


@pytest.mark.parametrize("root", ["", "/api/v1"])
def test_a_day_is_that_of_the_sites_time_zone(store: Store, users: list[User], root: str) -> None:
    seoul_midnight = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    moments = [seoul_midnight + timedelta(minutes=m) for m in (-1, 0, 1, 24 * 60 - 1, 24 * 60)]
    for moment in moments:
        store(hand_of_three(), at=moment)
    answer = logged_in(users[1]).get(f"{root}/hands/export/phh/?day=2026-03-02")
    assert answer["Content-Disposition"] == 'attachment; filename="hands-2026-03-02.zip"'
    found = files(answer)
    assert list(found) == ["hands-2026-03-02-001.phhs"]
    histories = list(HandHistory.loads_all(found["hands-2026-03-02-001.phhs"]))
    assert [history.hand for history in histories] == [2, 3, 4]


def test_pokerkit_reads_every_hand_of_a_zip(store: Store, users: list[User]) -> None:
    for _ in range(7):
        store(hand_of_three())
    answer = logged_in(users[1]).get("/hands/export/pokerstars/?day=2026-03-01")
    (text,) = files(answer).values()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        histories = list(HandHistory.from_pokerstars(text, error_status=True))
    assert len(histories) == 7
    assert all(sum(list(history)[-1].payoffs) == 0 for history in histories)


def test_many_hands_are_read_in_batches_and_parted_into_files(
    store: Store, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "BATCH", 3)
    monkeypatch.setattr(archive, "HANDS_IN_A_FILE", 4)
    moments = [FIRST_DAY] * 5 + [FIRST_DAY + timedelta(minutes=1)] * 5
    for moment in moments:
        store(hand_of_three(), at=moment)
    found = files(logged_in(users[1]).get("/hands/export/phh/?day=2026-03-01"))
    numbers = [[h.hand for h in HandHistory.loads_all(text)] for text in found.values()]
    assert numbers == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]


@pytest.fixture
def sittings(users: list[User], table: Table) -> list[Sitting]:
    """Twice at the table; the first cash-out was settled after the second buy-in."""
    made = []
    for number, (start, end) in enumerate(((0, 50), (40, None))):
        sitting = Sitting.objects.create(
            table=table, user=users[1], seat=1, buy_in_id=f"buy-in {number}"
        )
        sitting.started_at = FIRST_DAY + timedelta(minutes=start)
        sitting.ended_at = FIRST_DAY + timedelta(minutes=end) if end else None
        sitting.save()
        made.append(sitting)
    return made


def test_a_sitting_has_its_own_hands(
    store: Store, users: list[User], sittings: list[Sitting]
) -> None:
    hands = [store(hand_of_three(), at=FIRST_DAY + timedelta(minutes=m)) for m in (10, 39, 45, 90)]
    first, second = ({row.hand_id for row in hands_of_sitting(sitting)} for sitting in sittings)
    assert first == {hands[0].pk, hands[1].pk}
    assert second == {hands[2].pk, hands[3].pk}
    client = logged_in(users[1])
    rows = client.get("/api/v1/sittings/").json()["results"]
    assert [row["id"] for row in rows] == [sittings[1].pk, sittings[0].pk]
    answer = client.get("/api/v1/hands/export/phh/", {"sitting": sittings[0].pk})
    (text,) = files(answer).values()
    assert [history.hand for history in HandHistory.loads_all(text)] == [1, 2]
    stranger = logged_in(users[2])
    asked = {"sitting": sittings[0].pk}
    assert stranger.get("/api/v1/hands/export/phh/", asked).status_code == 404


@pytest.mark.parametrize("query", ["", "day=x", "day=2026-13-45", "sitting=x", "day=0001-01-01"])
def test_neither_day_nor_sitting_is_refused(users: list[User], query: str) -> None:
    client = logged_in(users[0])
    answer = client.get(f"/api/v1/hands/export/phh/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    page = client.get(f"/hands/export/phh/?{query}", follow=True)
    assert "Choose a day or a sitting" in page.content.decode()


def test_a_day_without_hands_says_so(users: list[User]) -> None:
    client = logged_in(users[0])
    assert client.get("/api/v1/hands/export/phh/?day=2026-03-01").status_code == 404
    page = client.get("/hands/export/phh/?day=2026-03-01", follow=True)
    assert "There are no hands of yours in that time." in page.content.decode()


def test_another_format_does_not_exist(store: Store, users: list[User]) -> None:
    hand = store(hand_of_three())
    for root in ("", "/api/v1"):
        answer = logged_in(users[1]).get(f"{root}/hands/{hand.pk}/export/pdf/")
        assert answer.status_code == 404


def test_one_hand_is_a_file_of_its_own(store: Store, users: list[User]) -> None:
    hand = store(hand_of_three())
    for root in ("", "/api/v1"):
        answer = logged_in(users[1]).get(
            f"{root}/hands/{hand.pk}/export/phh/", headers={"accept": "application/toml"}
        )
        name = f"table-{hand.table_id}-hand-{hand.number}.phh"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert HandHistory.loads(answer.content.decode()).hand == hand.number


def test_exports_are_limited(store: Store, users: list[User]) -> None:
    """Thirty in a minute by the clock; the minute may turn once while they are asked for."""
    hand = store(hand_of_three())
    client = logged_in(users[1])
    address = f"/api/v1/hands/{hand.pk}/export/phh/"
    allowed = 0
    while (code := client.get(address).status_code) == 200:
        allowed += 1
    assert code == 429
    assert 30 <= allowed <= 60
    # A page says the same; the new minute that it may fall into has room for thirty again.
    codes = [client.get(f"/hands/{hand.pk}/export/phh/").status_code for _ in range(31)]
    assert codes[-1] == 429


def test_a_zip_leaves_piece_by_piece() -> None:
    hand = random_hand("piece")
    taken = 0

    def hands() -> Any:
        nonlocal taken
        for _ in range(30_000):
            taken += 1
            yield hand

    pieces = zipped(hands(), FORMATS["pokerstars"], name="big")
    first = next(pieces)
    assert first
    assert taken < 30_000
    assert max(map(len, pieces)) < 4 * archive.PIECE_BYTES


@pytest.fixture
async def served(transactional_db: None) -> AsyncIterator[str]:
    async with serving() as address:
        yield address


@pytest.mark.django_db(transaction=True)
async def test_the_real_server_streams_a_zip(store: Store, users: list[User], served: str) -> None:
    for _ in range(3):
        await sync_to_async(store)(hand_of_three())
    cookie = await sync_to_async(session_cookie)(users[1])
    async with httpx.AsyncClient(cookies={settings.SESSION_COOKIE_NAME: cookie}) as client:
        answer = await client.get(f"http://{served}/hands/export/phh/?day=2026-03-01")
    assert answer.status_code == 200
    assert "content-length" not in answer.headers
    (text,) = files([answer.content]).values()
    assert len(list(HandHistory.loads_all(text))) == 3
    assert await Hand.objects.acount() == 3
