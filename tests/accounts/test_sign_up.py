"""Signing up through the page."""

import pytest
from allauth.account.signals import user_signed_up
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.conftest import PASSWORD
from wallet.selectors import balance_krw

SIGN_UP = "/accounts/signup/"


def form(**changes: str) -> dict[str, str]:
    return {
        "email": "Paul@Example.com",
        "nickname": "Paul",
        "password1": PASSWORD,
        **changes,
    }


def test_a_new_player_is_logged_in_and_sent_to_the_lobby(client: Client) -> None:
    signed_up: list[User] = []

    def note(user: User, **rest: object) -> None:
        signed_up.append(user)

    user_signed_up.connect(note)
    try:
        answer = client.post(SIGN_UP, form())
    finally:
        user_signed_up.disconnect(note)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    user = User.objects.get()
    assert signed_up == [user]
    assert (user.email, user.nickname) == ("paul@example.com", "Paul")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_nothing_but_the_forms_fields_is_taken(client: Client) -> None:
    client.post(
        SIGN_UP,
        form(is_staff="1", is_superuser="1", is_bot="1", nickname_key="x", balance="9", id="77"),
    )
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.is_bot) == (False, False, False)
    assert user.nickname_key == "paul"
    assert user.pk != 77


@pytest.mark.parametrize(
    ("nickname", "sentence"),
    [
        ("MINA", "This nickname is taken, or looks like one that is taken."),
        ("M1na", "This nickname is taken, or looks like one that is taken."),
        ("m\u0456na", "Use Hangul syllables or Latin letters, digits, _ and - only"),
        ("Mi\u200bna", "Use Hangul syllables or Latin letters, digits, _ and - only"),
        ("Operator", "This nickname is reserved. Choose another."),
        ("x", "A nickname has 2 to 20 characters."),
        ("<script>", "Use Hangul syllables or Latin letters, digits, _ and - only"),
    ],
)
def test_a_bad_nickname_is_explained_beside_its_field(
    client: Client, player: User, nickname: str, sentence: str
) -> None:
    answer = client.post(SIGN_UP, form(nickname=nickname))
    assert answer.status_code == 200
    assert sentence in answer.context["form"].errors["nickname"][0]
    assert sentence in answer.content.decode()
    assert nickname not in ("<script>",) or "<script>" not in answer.content.decode()
    assert User.objects.count() == 1


def test_a_new_player_has_play_money_once(client: Client, settings: Settings) -> None:
    client.post(SIGN_UP, form())
    user = User.objects.get()
    assert balance_krw(user_id=user.pk) == settings.PLAY_MONEY_GRANT_KRW > 0


def test_sign_ups_from_one_address_are_limited(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    answers = [
        Client(headers={"accept-language": "en"}).post(SIGN_UP, form(nickname="x"))
        for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Wait a minute" in answers[-1].content.decode()


def test_a_weak_password_is_refused(client: Client) -> None:
    answer = client.post(SIGN_UP, form(password1="12345678"))
    assert "password1" in answer.context["form"].errors


def test_labels_belong_to_their_fields(client: Client) -> None:
    page = client.get(SIGN_UP).content.decode()
    for name in ("email", "nickname", "password1"):
        assert f'<label for="id_{name}">' in page
        assert f'id="id_{name}"' in page


def test_without_a_csrf_token_nothing_happens() -> None:
    assert Client(enforce_csrf_checks=True).post(SIGN_UP, form()).status_code == 403
    assert not User.objects.exists()


def test_where_verification_is_required_a_known_address_gets_the_same_answer(
    client: Client, player: User, settings: Settings
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    answers = [
        Client().post(SIGN_UP, form(email=email, nickname=nickname))
        for email, nickname in (("new@example.com", "Newone"), (player.email, "Another"))
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert answers[0].headers["Location"] == "/accounts/confirm-email/"
    assert [letter.to for letter in mail.outbox] == [["new@example.com"], [player.email]]
    assert not User.objects.filter(nickname="Another").exists()
    page = client.get("/accounts/confirm-email/")
    assert "Verify your email address" in page.content.decode()
