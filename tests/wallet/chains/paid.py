"""A block of Ethereum that pays, and what a liar makes of its traces."""

from typing import Any

from tests.wallet.chains.addresses import PLAYER
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens


def paid_block(node: EthereumNode, tokens: DeployedTokens) -> None:
    """A block that pays the player 7 wei through a contract and 5 USDC."""
    node.transact(tokens.forwarder, "forward(address)", PLAYER, value_wei=7)
    node.mint_token(tokens.usdc, PLAYER, 5)
    node.mine()


def changed_trace(traces: list[Any], place: int, **fields: Any) -> list[Any]:
    return [
        {**trace, **fields} if number == place else trace for number, trace in enumerate(traces)
    ]


def changed_action(traces: list[Any], place: int, **fields: Any) -> list[Any]:
    return changed_trace(traces, place, action={**traces[place]["action"], **fields})
