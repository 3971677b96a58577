"""Whose cards can be seen where: the own ones, those shown at the table, and no others, ever."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tables.history.archive import FORMATS
from tables.history.played import NotDealtIn, played
from tables.models import Hand, HandPlayer
from tests.histories.conftest import FIRST_DAY, Store
from tests.histories.dealer import entry_of, random_entry, room, seen

pytestmark = pytest.mark.django_db


def river() -> dict[str, Any]:
    """Seat 1 bets and shows aces, seat 2 calls and mucks kings, the button folds ace queen."""
    game = room(1_000, 1_000, 1_000)
    game.deal("AsAd KdKh AcQc", "3h4h8sJcQd", button=0)
    game.play("0 fold, 1 call, 2 check, 1 check, 2 check, 1 check, 2 check, 1 raise 300, 2 call")
    return entry_of(game)


def logged_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def everything(client: Client, hand: Hand) -> dict[str, bytes]:
    """All that a client can get about a hand, with spaces and JSON's marks taken out."""
    addresses = [f"/hands/{hand.pk}/", f"/api/v1/hands/{hand.pk}/", "/api/v1/hands/", "/hands/"]
    for style in FORMATS:
        for root in ("", "/api/v1"):
            addresses.append(f"{root}/hands/{hand.pk}/export/{style}/")
            addresses.append(f"{root}/hands/export/{style}/?day=2026-03-01")
    found = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        content = b"".join(answer) if answer.streaming else answer.content
        if answer["Content-Type"] == "application/zip":
            archive = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(archive.read(name) for name in archive.namelist())
        found[address] = content
    return found


def cards_in(content: bytes) -> str:
    text = content.decode()
    for mark in (" ", '"', ",", "[", "]"):
        text = text.replace(mark, "")
    return text


KINGS, QUEEN = "KdKh", "AcQc"


def test_a_mucked_or_folded_hand_is_seen_by_its_owner_only(store: Store, users: list[User]) -> None:
    hand = store(river())
    for viewer, hidden in ((0, (KINGS,)), (1, (KINGS, QUEEN)), (2, (QUEEN,))):
        for address, content in everything(logged_in(users[viewer]), hand).items():
            text = cards_in(content)
            faces = text.replace("</b><iaria-hidden=true></i></span>", "")
            for cards in hidden:
                assert cards not in text, (viewer, address)
                assert cards not in faces, (viewer, address)
    own = everything(logged_in(users[2]), hand)
    for style in FORMATS:
        assert KINGS in cards_in(own[f"/hands/{hand.pk}/export/{style}/"])


def test_the_page_shows_no_face_of_a_hidden_card(store: Store, users: list[User]) -> None:
    hand = store(river())
    page = logged_in(users[1]).get(f"/hands/{hand.pk}/").content.decode()
    assert 'aria-label="K of' not in page
    assert "K diamonds" not in page
    assert "A spades" in page
    assert "K diamonds" in logged_in(users[2]).get(f"/hands/{hand.pk}/").content.decode()


@pytest.mark.parametrize("root", ["", "/api/v1"])
def test_an_observer_sees_nothing_at_all(store: Store, users: list[User], root: str) -> None:
    hand = store(river())
    observer = logged_in(users[3])
    assert observer.get(f"{root}/hands/{hand.pk}/").status_code == 404
    for style in FORMATS:
        assert observer.get(f"{root}/hands/{hand.pk}/export/{style}/").status_code == 404
        answer = observer.get(f"{root}/hands/export/{style}/?day=2026-03-01")
        assert answer.status_code == (404 if root else 302)


def test_without_a_login_there_is_no_file(store: Store, users: list[User]) -> None:
    hand = store(river())
    assert Client().get(f"/hands/{hand.pk}/export/phh/").status_code == 302
    assert Client().get(f"/api/v1/hands/{hand.pk}/export/phh/").status_code in (401, 403)
    assert Client().get("/api/v1/sittings/").status_code in (401, 403)


def test_whoever_asks_in_a_strangers_name_gets_an_error(store: Store, users: list[User]) -> None:
    hand = store(river())
    with pytest.raises(NotDealtIn):
        played(hand, viewer_id=users[3].pk)


def test_staff_export_only_what_was_shown(store: Store, users: list[User]) -> None:
    hand = store(river())
    boss = User.objects.create_superuser(email="boss@example.com", nickname="Chief", password="x")
    for style in FORMATS:
        body = {"action": f"export_{style}", "_selected_action": [hand.pk]}
        answer = logged_in(boss).post("/admin/tables/hand/", body)
        archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
        (name,) = archive.namelist()
        text = cards_in(archive.read(name))
        assert "AsAd" in text
        assert KINGS not in text
        assert QUEEN not in text
        assert "Dealtto" not in text


def test_in_thousands_of_exports_no_hidden_card_appears() -> None:
    for number in range(300):
        entry = random_entry(("hidden", number))
        for viewer in (None, 0):
            hand = seen(entry, viewer=viewer)
            texts = [cards_in(style.one(hand).encode()) for style in FORMATS.values()]
            for player in entry["players"]:
                if player["shown"] or player["seat"] == viewer:
                    continue
                for text in texts:
                    assert player["cards"] not in text


def test_cards_shown_later_elsewhere_do_not_open_an_old_hand(
    store: Store, users: list[User]
) -> None:
    first = store(river())
    second = store(river())
    HandPlayer.objects.filter(hand=second).update(shown=True)
    assert KINGS not in cards_in(
        everything(logged_in(users[1]), first)[f"/hands/{first.pk}/export/phh/"]
    )
    assert first.finished_at > FIRST_DAY
