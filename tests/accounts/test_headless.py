"""Programs sign up and log in at /_allauth/app/v1/ and then send X-Session-Token."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD
from wallet.selectors import balance_krw

AUTH = "/_allauth/app/v1/auth"


def post(path: str, **data: str) -> Any:
    return Client().post(f"{AUTH}/{path}", data, content_type="application/json")


def test_login_gives_a_token_that_the_api_knows(player: User) -> None:
    answer = post("login", email=player.email, password=PASSWORD)
    assert answer.status_code == 200
    token = answer.json()["meta"]["session_token"]
    me = Client().get("/api/v1/me/", headers={"x-session-token": token})
    assert me.status_code == 200
    assert me.json()["nickname"] == "Mina"
    assert Client().get("/api/v1/me/").status_code in {401, 403}


def test_logout_ends_the_token(player: User) -> None:
    token = post("login", email=player.email, password=PASSWORD).json()["meta"]["session_token"]
    headers = {"x-session-token": token}
    assert Client().delete(f"{AUTH}/session", headers=headers).status_code == 401
    assert Client().get(f"{AUTH}/session", headers=headers).status_code in {401, 410}


def test_wrong_password_and_unknown_address_get_the_same_answer(player: User) -> None:
    wrong = post("login", email=player.email, password="wrong")
    unknown = post("login", email="nobody@example.com", password="wrong")
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()


def test_sign_up_takes_the_nickname_and_sends_the_signal() -> None:
    signed_up: list[User] = []

    def note(user: User, **rest: object) -> None:
        signed_up.append(user)

    user_signed_up.connect(note)
    try:
        answer = post("signup", email="p@example.com", nickname="Paul", password=PASSWORD)
    finally:
        user_signed_up.disconnect(note)
    assert answer.status_code == 200
    assert [user.nickname for user in signed_up] == ["Paul"]
    assert balance_krw(user_id=signed_up[0].pk) > 0


def test_sign_up_names_the_field_that_is_wrong(player: User) -> None:
    answer = post("signup", email="p@example.com", nickname="M1NA", password=PASSWORD)
    assert answer.status_code == 400
    assert [error["param"] for error in answer.json()["errors"]] == ["nickname"]
    assert User.objects.count() == 1
