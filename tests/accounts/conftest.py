"""Accounts are tested through the pages: in English, with a clean Redis for the limits."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import create_user

PASSWORD = "river-card-77"


@pytest.fixture(autouse=True)
def _servers(db: None, redis_url: str) -> None:
    """Every test here has the database, and limits that count from zero."""


@pytest.fixture
def client() -> Client:
    """A browser that prefers English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def player() -> User:
    return create_user(email="mina@example.com", nickname="Mina", password=PASSWORD)
