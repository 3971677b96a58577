"""A house with rates and addresses; nothing here touches a chain."""

from typing import Any

import pytest

from tests.wallet.withdrawals.house import open_house


@pytest.fixture(autouse=True)
def _open_house(db: None, redis_url: str, settings: Any) -> None:
    open_house(settings)
