"""What the wallet's tests may ask for besides PostgreSQL: the nodes of both chains."""

from tests.support.chains import (
    bitcoin_chain,
    bitcoin_node,
    devnodes,
    ethereum_chain,
    ethereum_node,
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
