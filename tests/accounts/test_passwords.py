"""Changing a password, and a new one by mail."""

import re

from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD

NEW_PASSWORD = "turn-card-88"
RESET = "/accounts/password/reset/"


def can_log_in(email: str, password: str) -> bool:
    browser = Client()
    browser.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in browser.session


def test_change_needs_the_old_password_and_ends_other_sessions(
    client: Client, player: User
) -> None:
    other = Client()
    other.force_login(player)
    client.force_login(player)
    fields = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    refused = client.post("/accounts/password/change/", {"oldpassword": "wrong", **fields})
    assert "oldpassword" in refused.context["form"].errors
    assert (
        client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **fields}).status_code
        == 302
    )
    assert client.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302
    assert can_log_in(player.email, NEW_PASSWORD)
    assert not can_log_in(player.email, PASSWORD)


def test_reset_by_mail_works_once(client: Client, player: User) -> None:
    answer = client.post(RESET, {"email": player.email}, follow=True)
    assert "Look into your mail" in answer.content.decode()
    [letter] = mail.outbox
    assert letter.to == [player.email]
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", str(letter.body))
    assert found
    page = client.get(found[1], follow=True)
    action = page.request["PATH_INFO"]
    fields = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    done = client.post(action, fields, follow=True)
    assert done.status_code == 200
    assert can_log_in(player.email, NEW_PASSWORD)
    again = Client(headers={"accept-language": "en"}).get(found[1], follow=True)
    assert "Bad Token" in again.content.decode()


def test_an_unknown_address_gets_the_same_answer(client: Client, player: User) -> None:
    known = client.post(RESET, {"email": player.email})
    unknown = client.post(RESET, {"email": "nobody@example.com"})
    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert [letter.to for letter in mail.outbox] == [[player.email], ["nobody@example.com"]]
    assert "/password/reset/key/" not in str(mail.outbox[1].body)
