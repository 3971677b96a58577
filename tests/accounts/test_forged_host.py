"""A request that names another host as the site's gains nothing by it."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.conftest import PASSWORD

EVIL = "evil.example"
FORGED = (EVIL, "testserver:1234")


def forger(host: str) -> Client:
    return Client(headers={"accept-language": "en", "host": host, "x-forwarded-host": EVIL})


def sign_up(email: str, nickname: str) -> Callable[[Client], object]:
    form = {"email": email, "nickname": nickname, "password1": PASSWORD}
    return lambda client: client.post("/accounts/signup/", form)


def ask_for_a_reset(email: str) -> Callable[[Client], object]:
    return lambda client: client.post("/accounts/password/reset/", {"email": email})


def ask_for_a_reset_by_program(email: str) -> Callable[[Client], object]:
    address = "/_allauth/app/v1/auth/password/request"
    return lambda client: client.post(address, {"email": email}, content_type="application/json")


@pytest.mark.parametrize("host", FORGED)
@pytest.mark.parametrize(
    ("act", "path"),
    [
        (ask_for_a_reset("mina@example.com"), "/accounts/password/reset/key/"),
        (ask_for_a_reset_by_program("mina@example.com"), "/accounts/password/reset/key/"),
        (ask_for_a_reset("nobody@example.com"), "/accounts/signup/"),
        (sign_up("new@example.com", "Newone"), "/accounts/confirm-email/"),
        (sign_up("mina@example.com", "Another"), "/accounts/password/reset/"),
    ],
    ids=["reset", "by a program", "of nobody", "sign-up", "of who is known"],
)
def test_links_in_mails_lead_to_the_site(
    player: User,
    settings: Settings,
    act: Callable[[Client], object],
    path: str,
    host: str,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://poker.example"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    act(forger(host))
    [letter] = mail.outbox
    text = f"{letter.subject} {letter.body}"
    found = re.findall(r"https?://\S+", text)
    assert [link.startswith(f"https://poker.example{path}") for link in found] == [True]
    assert "Hello from Poker room!" in text
    assert not any(name in text for name in ("evil", "testserver"))


def test_a_host_that_is_not_ours_is_not_served(player: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["poker.example"]
    answer = forger(EVIL).post("/accounts/password/reset/", {"email": player.email})
    assert answer.status_code == 400
    assert mail.outbox == []


def test_failed_logins_count_together_whatever_host_they_name(player: User) -> None:
    for number in range(5):
        client = Client(headers={"host": f"testserver:{8000 + number}"})
        client.post("/accounts/login/", {"login": player.email, "password": "wrong"})
    answer = Client(headers={"accept-language": "en"}).post(
        "/accounts/login/", {"login": player.email, "password": PASSWORD}
    )
    assert "Too many failed login attempts" in answer.content.decode()
