"""Whom a player does not want to read."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from tables import mutes
from tables.models import ChatMute

pytestmark = pytest.mark.django_db(transaction=True)


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def mute(client: Client, body: Any) -> Any:
    return client.post("/api/v1/mutes/", body, "application/json")


def listed(client: Client) -> list[str]:
    return [row["nickname"] for row in client.get("/api/v1/mutes/").json()]


def test_mute_list_and_unmute(users: list[User]) -> None:
    client = of(users[0])
    assert listed(client) == []
    for _ in range(2):
        answer = mute(client, {"user_id": users[1].pk})
        assert answer.status_code == 201
        assert answer.json() == {"user_id": users[1].pk, "nickname": "player1"}
    mute(client, {"user_id": users[2].pk})
    assert listed(client) == ["player1", "player2"]
    assert listed(of(users[1])) == []
    for _ in range(2):
        assert client.delete(f"/api/v1/mutes/{users[1].pk}/").status_code == 204
    assert listed(client) == ["player2"]


@pytest.mark.parametrize("body", [{}, {"user_id": "x"}, {"user_id": None}, {"user_id": 1.5}, []])
def test_a_bad_request_is_refused(users: list[User], body: Any) -> None:
    answer = mute(of(users[0]), body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_nobody_and_oneself(users: list[User]) -> None:
    client = of(users[0])
    answer = mute(client, {"user_id": 10**15})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = mute(client, {"user_id": users[0].pk})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    with pytest.raises(IntegrityError):
        ChatMute.objects.create(user=users[0], muted=users[0])


def test_there_is_a_limit(users: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutes, "MAX_MUTES", 1)
    client = of(users[0])
    assert mute(client, {"user_id": users[1].pk}).status_code == 201
    assert mute(client, {"user_id": users[2].pk}).status_code == 400
    assert mute(client, {"user_id": users[1].pk}).status_code == 201


def test_strangers_have_no_list() -> None:
    for answer in (Client().get("/api/v1/mutes/"), mute(Client(), {"user_id": 1})):
        assert answer.status_code == 403


def test_another_sites_page_mutes_nobody(users: list[User]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(users[0])
    assert mute(client, {"user_id": users[1].pk}).status_code == 403
