"""Which nicknames there may be, and which count as the same."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.nicknames import check_nickname, is_reserved, nickname_key, normalise
from accounts.services import create_user

LOOK_ALIKES = [
    ("Paul", "PauI"),
    ("Paul", "Pau1"),
    ("Paul", "pAUL"),
    ("Paul", "P\u0430ul"),  # Cyrillic а
    ("Paul", "\uff30aul"),  # full width P
    ("Paul", "\U0001d4dfaul"),  # mathematical P
    ("Paul", "Pa\u200bul"),  # zero width space
    ("Paul", "Pául"),
    ("Paul", "_Paul_"),
    ("OOO", "0o0"),
    ("modern", "modem"),
    ("MODERN", "modem"),
    ("vvin", "win"),
    ("a_b", "a-b"),
    ("길동", "길동"),
]


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKES)
def test_look_alikes_have_one_key(one: str, other: str) -> None:
    assert nickname_key(one) == nickname_key(other)


@pytest.mark.parametrize("pair", [("bot-1", "bot-2"), ("bot-1", "bot-11"), ("길동", "길통")])
def test_different_nicknames_have_different_keys(pair: tuple[str, str]) -> None:
    assert nickname_key(pair[0]) != nickname_key(pair[1])


@pytest.mark.parametrize(
    "nickname", ["Al", "홍길동", "길동77", "river_rat-9", "Zoë", "777", "x" * 20]
)
def test_allowed(nickname: str) -> None:
    check_nickname(nickname)


@pytest.mark.parametrize(
    ("nickname", "code"),
    [
        ("x", "nickname_length"),
        ("x" * 21, "nickname_length"),
        ("", "nickname_length"),
        ("Pa ul", "nickname_characters"),
        ("Pa\u200bul", "nickname_characters"),
        ("Pa\u202eul", "nickname_characters"),
        ("Pa\u2066ul", "nickname_characters"),
        ("Pa\x00ul", "nickname_characters"),
        ("Pa\ud800ul", "nickname_characters"),
        ("P\u0430ul", "nickname_characters"),
        ("a\u0336\u0336\u0336b", "nickname_characters"),
        ("길동\u3164", "nickname_characters"),
        ("ㅋㅋ", "nickname_characters"),
        ("<b>x</b>", "nickname_characters"),
        ("😀😀", "nickname_characters"),
        ("길동Paul", "nickname_scripts"),
        ("_-_", "nickname_empty"),
    ],
)
def test_refused(nickname: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        check_nickname(nickname)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "nickname",
    ["admin", "ADMIN", "Adm1n_7", "the-admin", "운영자", "운영자님", "dealer", "Dealer99", "딜러3"],
)
def test_reserved(nickname: str) -> None:
    assert is_reserved(nickname)


@pytest.mark.parametrize("nickname", ["Paul", "홍길동", "dealtin", "houseofcards", "777"])
def test_not_reserved(nickname: str) -> None:
    assert not is_reserved(nickname)


@given(st.text(max_size=40))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    try:
        check_nickname(text)
    except ValidationError:
        return
    assert 0 < len(nickname_key(text)) <= 80
    assert nickname_key(text) == nickname_key(text.upper()) == nickname_key(text.lower())


def test_the_database_refuses_a_second_look_alike() -> None:
    User(email="a@example.com", nickname="Paul").save()
    with pytest.raises(IntegrityError):
        User(email="b@example.com", nickname="PauI").save()


def test_the_key_is_computed_whatever_was_assigned() -> None:
    user = User(email="a@example.com", nickname="  Paul ", nickname_key="other")
    user.save()
    assert (user.nickname, user.nickname_key) == ("Paul", "paul")
    user.nickname = "Ringo"
    user.save(update_fields=["nickname"])
    user.refresh_from_db()
    assert user.nickname_key == nickname_key("Ringo")


def test_services_refuse_what_players_may_not_have() -> None:
    with pytest.raises(ValidationError):
        create_user(email="a@example.com", nickname="admin", password="x")
    create_user(email="b@example.com", nickname="admin", password="x", is_staff=True)
    with pytest.raises(ValidationError):
        create_user(email="B@example.com", nickname="Other", password="x")
