"""Logging in and out through the pages."""

import re
import time
from statistics import median

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD

LOGIN = "/accounts/login/"


def body(answer: object) -> str:
    """The page without what differs by itself: tokens and what was typed in."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r'value="[^"]*"', "", text)


def test_by_email_in_any_case(client: Client, player: User) -> None:
    answer = client.post(LOGIN, {"login": "MINA@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("next_url", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_never_leads_to_another_site(client: Client, player: User, next_url: str) -> None:
    answer = client.post(LOGIN, {"login": player.email, "password": PASSWORD, "next": next_url})
    assert answer.headers["Location"] == "/"


def test_wrong_password_and_unknown_address_get_the_same_answer(
    client: Client, player: User
) -> None:
    wrong = client.post(LOGIN, {"login": player.email, "password": "wrong"})
    unknown = client.post(LOGIN, {"login": "nobody@example.com", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 200
    assert body(wrong) == body(unknown)
    assert "are not correct" in body(wrong)


def test_wrong_password_and_unknown_address_take_the_same_time(player: User) -> None:
    def seconds(email: str) -> float:
        started = time.perf_counter()
        Client().post(LOGIN, {"login": email, "password": "wrong"})
        return time.perf_counter() - started

    hashed = [seconds(player.email) for _ in range(4)]
    unknown = [seconds("nobody@example.com") for _ in range(4)]
    assert 0.4 < median(hashed) / median(unknown) < 2.5


def test_failed_logins_are_limited_by_account_and_recover(player: User) -> None:
    for _ in range(5):
        Client().post(LOGIN, {"login": player.email, "password": "wrong"})
    answer = Client(headers={"accept-language": "en"}).post(
        LOGIN, {"login": player.email, "password": PASSWORD}
    )
    assert "Too many failed login attempts" in answer.content.decode()
    other = User.objects.create_user("joe@example.com", "Joe", PASSWORD)
    assert Client().post(LOGIN, {"login": other.email, "password": PASSWORD}).status_code == 302


def test_a_spoofed_forwarding_header_does_not_lift_the_limit(player: User) -> None:
    for number in range(12):
        Client().post(
            LOGIN,
            {"login": f"nobody{number}@example.com", "password": "wrong"},
            headers={"x-forwarded-for": f"203.0.113.{number}"},
        )
    answer = Client(headers={"accept-language": "en"}).post(
        LOGIN, {"login": "last@example.com", "password": "wrong"}
    )
    assert "Too many failed login attempts" in answer.content.decode()


def test_a_deactivated_player_stays_out(client: Client, player: User) -> None:
    client.force_login(player)
    User.objects.filter(pk=player.pk).update(is_active=False)
    assert client.get("/accounts/").status_code == 302
    browser = Client()
    browser.post(LOGIN, {"login": player.email, "password": PASSWORD})
    assert "_auth_user_id" not in browser.session


def test_logout_asks_first_and_then_ends_the_session(client: Client, player: User) -> None:
    client.force_login(player)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    answer = client.post("/accounts/logout/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "_auth_user_id" not in client.session


def test_the_account_page_is_for_the_logged_in(client: Client, player: User) -> None:
    assert client.get("/accounts/").headers["Location"] == "/accounts/login/?next=/accounts/"
    client.force_login(player)
    page = client.get("/accounts/").content.decode()
    assert "Mina" in page
    assert "Verified" in page


def test_the_language_is_chosen_by_the_browser_and_by_the_player(player: User) -> None:
    korean = Client(headers={"accept-language": "ko-KR,ko;q=0.9"})
    assert '<html lang="ko">' in korean.get(LOGIN).content.decode()
    assert (
        '<html lang="en">' in Client(headers={"accept-language": "en"}).get(LOGIN).content.decode()
    )
    korean.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert '<html lang="en">' in korean.get(LOGIN).content.decode()
