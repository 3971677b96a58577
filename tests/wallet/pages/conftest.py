"""Browsers without a window, and a house that pays out; nothing here touches a chain."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.wallet.withdrawals.house import open_house, player_with


@pytest.fixture(autouse=True)
def _open_house(db: None, redis_url: str, settings: Any) -> None:
    open_house(settings)


@pytest.fixture
def mina() -> User:
    return player_with(1_000_000)


@pytest.fixture
def haru() -> User:
    return player_with(1_000_000)


def browser(user: User, *, checks_csrf: bool = False) -> Client:
    """A browser in which `user` is logged in, in English."""
    client = Client(headers={"accept-language": "en"}, enforce_csrf_checks=checks_csrf)
    client.force_login(user)
    return client


def html(answer: Any) -> str:
    """The text of a page."""
    content: bytes = answer.content
    return content.decode()


def told(answer: Any) -> list[str]:
    """The messages on the page at which a form ended."""
    return [str(message) for message in answer.context["messages"]]
