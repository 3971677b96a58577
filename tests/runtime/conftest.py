"""Every test here has a clean Redis and a clean database."""

import pytest

from accounts.models import User
from tables.models import Table
from tests.runtime.house import make_table, make_users


@pytest.fixture(autouse=True)
def _clean(redis_url: str) -> None:
    """Redis is empty before each test."""


@pytest.fixture
def table(transactional_db: None) -> Table:
    return make_table()


@pytest.fixture
def users(transactional_db: None) -> list[User]:
    return make_users(3)
