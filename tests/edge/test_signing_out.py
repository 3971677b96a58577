"""Connections end with the login that opened them."""

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.test import Client as Browser

from accounts.models import User
from accounts.services import create_user, set_active
from tables.models import Table
from tests.edge.site import cookie_for, opened, serving, ticket_for

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "seven-two-offsuit"


def ban(user: User) -> None:
    set_active(users=[user], active=False)


def close_by_form(user: User) -> None:
    user.is_active = False
    user.save()


def change_password(user: User) -> None:
    browser = Browser()
    browser.force_login(user)
    new = {"password1": "another-two-offsuit", "password2": "another-two-offsuit"}
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert User.objects.get(pk=user.pk).check_password("another-two-offsuit")


@pytest.fixture
def user(transactional_db: None) -> User:
    return create_user(email="u@example.com", nickname="Walker", password=PASSWORD)


@pytest.mark.parametrize("end", [ban, close_by_form, change_password])
async def test_all_connections_end(end: Callable[[User], None], table: Table, user: User) -> None:
    path = f"/ws/table/{table.pk}/"
    cookie, ticket = await cookie_for(user), await ticket_for(user)
    async with (
        serving() as site,
        opened(site, path, cookie=cookie) as one,
        opened(site, path, ticket=ticket) as two,
        opened(site, path) as watcher,
    ):
        await sync_to_async(end)(user)
        assert await one.closed() == 4401
        assert await two.closed() == 4401
        assert (await watcher.ask({"type": "ping"}))["type"] == "ack"


async def test_logging_out_ends_the_connections_of_that_browser(table: Table, user: User) -> None:
    path = f"/ws/table/{table.pk}/"

    def log_out() -> None:
        browser.post("/accounts/logout/")

    browser, other = Browser(), Browser()
    await sync_to_async(browser.force_login)(user)
    await sync_to_async(other.force_login)(user)
    first, second = browser.cookies["sessionid"].value, other.cookies["sessionid"].value
    async with (
        serving() as site,
        opened(site, path, cookie=first) as one,
        opened(site, path, cookie=second) as two,
    ):
        await sync_to_async(log_out)()
        assert await one.closed() == 4401
        assert (await two.ask({"type": "ping"}))["type"] == "ack"


async def test_logging_out_a_program_ends_its_connections(table: Table, user: User) -> None:
    def log_in() -> tuple[str, str]:
        body = {"email": user.email, "password": PASSWORD}
        answer = Browser().post("/_allauth/app/v1/auth/login", body, "application/json")
        token = answer.json()["meta"]["session_token"]
        answer = Browser().post("/api/v1/ws-ticket/", headers={"X-Session-Token": token})
        return token, answer.json()["ticket"]

    def log_out() -> None:
        headers = {"X-Session-Token": token}
        Browser().delete("/_allauth/app/v1/auth/session", headers=headers)

    token, ticket = await sync_to_async(log_in)()
    path = f"/ws/table/{table.pk}/"
    async with serving() as site, opened(site, path, ticket=ticket) as one:
        assert (await one.next())["user"]["user_id"] == user.pk
        await sync_to_async(log_out)()
        assert await one.closed() == 4401
