"""A table, people, and hands that the engine played and settlement stored."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from tables.models import Hand, Table
from tables.runtime import settlement
from tables.selectors import forget_table_facts
from tests.histories.dealer import random_entry
from tests.runtime.house import make_table, make_users
from wallet import services as wallet

FIRST_DAY = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)  # noon in Seoul

Store = Callable[..., Hand]


@pytest.fixture(autouse=True)
def _clean(redis_url: str) -> Iterator[None]:
    """Rate limits and what is known of tables start anew."""
    forget_table_facts()
    yield
    forget_table_facts()


@pytest.fixture
def table(db: None) -> Table:
    return make_table(seats=9)


@pytest.fixture
def users(db: None) -> list[User]:
    return make_users(4)


@pytest.fixture
def store(table: Table, users: list[User]) -> Store:
    """Settle an entry; seat n is `users[n]`. Hands follow each other by a minute."""
    numbers = iter(range(1, 10_000))

    def settle(
        entry: dict[str, Any] | None = None,
        *,
        at: datetime | None = None,
        where: Table | None = None,
        players: list[User] | None = None,
    ) -> Hand:
        number = next(numbers)
        entry = entry or random_entry(number, seats=3)
        moment = at or FIRST_DAY + timedelta(minutes=number)
        at_ms = int(moment.timestamp() * 1000)
        entry |= {
            "hand_id": f"00000000-0000-7000-8000-{number:012}",
            "hand_no": number,
            "started_ms": at_ms - 30_000,
            "finished_ms": at_ms,
        }
        where = where or table
        for player in entry["players"]:
            user = (players or users)[player["seat"]]
            player["user_id"] = user.pk
            wallet.buy_in(
                user_id=user.pk,
                table_id=where.pk,
                amount_krw=player["stack_krw"],
                key=f"test:{number}:{user.pk}",
            )
        settlement._settle_hand(where.pk, entry)
        return Hand.objects.get(pk=entry["hand_id"])

    return settle
