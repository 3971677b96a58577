"""What the wallet's tests may ask for besides PostgreSQL: the nodes of both chains."""

import pytest

from tests.support.chains import (
    bitcoin_chain,
    bitcoin_node,
    devnodes,
    ethereum_chain,
    ethereum_node,
    install_for,
    running_bitcoin_node,
    running_ethereum_node,
    tokens,
    wallet_seed,
)

__all__ = [
    "bitcoin_chain",
    "bitcoin_node",
    "devnodes",
    "ethereum_chain",
    "ethereum_node",
    "running_bitcoin_node",
    "running_ethereum_node",
    "tokens",
    "wallet_seed",
]


def pytest_collection_finish(session: pytest.Session) -> None:
    install_for(session)
