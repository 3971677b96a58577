"""A house that pays out, and one player with a program; nothing here touches a chain."""

from typing import Any

import pytest

from accounts.models import User
from tests.wallet.api.web import Web
from tests.wallet.withdrawals import house


@pytest.fixture(autouse=True)
def _house(request: pytest.FixtureRequest, redis_url: str, settings: Any) -> None:
    is_transactional = any(
        mark.kwargs.get("transaction") for mark in request.node.iter_markers("django_db")
    )
    request.getfixturevalue("transactional_db" if is_transactional else "db")
    house.open_house(settings)


@pytest.fixture
def player() -> User:
    return house.player_with()


@pytest.fixture
def web(player: User) -> Web:
    return Web(player)
