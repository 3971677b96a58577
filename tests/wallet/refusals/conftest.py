"""Accounts to move money between."""

import pytest

from tests.wallet.house import account_of, make_player
from tests.wallet.refusals.plain_sql import Pair


@pytest.fixture
def pair() -> Pair:
    """Two players' accounts with 1,000 won each."""
    return account_of(make_player(1_000)), account_of(make_player(1_000))
