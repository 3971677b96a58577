"""Every test here has a clean Redis and a clean database, a table, and people with money."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from accounts.models import User
from tables.models import Table
from tables.runtime.gateway import Gateway
from tables.selectors import forget_table_facts
from tables.tickets import edge_redis
from tests.runtime.house import make_table, make_users


@pytest.fixture(autouse=True)
async def _clean(redis_url: str) -> AsyncIterator[None]:
    """Nothing is remembered from the last test, and nothing stays connected after it."""
    forget_table_facts()
    yield
    forget_table_facts()
    gateway = Gateway._by_loop.pop(asyncio.get_running_loop(), None)
    if gateway is not None:
        assert gateway._heartbeat is not None
        gateway._heartbeat.cancel()
        await gateway._redis.aclose()
    await edge_redis().aclose()


@pytest.fixture
def table(transactional_db: None) -> Table:
    return make_table()


@pytest.fixture
def users(transactional_db: None) -> list[User]:
    return make_users(3)
