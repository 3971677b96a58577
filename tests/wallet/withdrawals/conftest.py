"""Every test here has a house that pays out."""

from typing import Any

import pytest

from tests.wallet.withdrawals import house


@pytest.fixture(autouse=True)
def _open_house(request: pytest.FixtureRequest, settings: Any) -> None:
    is_transactional = any(
        mark.kwargs.get("transaction") for mark in request.node.iter_markers("django_db")
    )
    request.getfixturevalue("transactional_db" if is_transactional else "db")
    house.open_house(settings)
