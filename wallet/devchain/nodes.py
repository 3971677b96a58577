"""The nodes of this installation: where they listen, where their chains are kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from poker_site.embedded.addresses import DEV_USDC_CONTRACT
from wallet.chains.errors import ChainError
from wallet.devnodes.bitcoin_node import BitcoinNode
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.installation import Installation


@dataclass(frozen=True, slots=True)
class Nodes:
    """Both nodes: to start and stop, or, where they run already, to ask."""

    bitcoin: BitcoinNode
    ethereum: EthereumNode

    def are_up(self) -> bool:
        return self.bitcoin.answers() and self.ethereum.answers()


def nodes_of(services: dict[str, Any]) -> Nodes | None:
    """The nodes that `services.json` names; None where the site runs without."""
    if not settings.DEBUG or "bitcoin" not in services or "ethereum" not in services:
        return None
    from wallet.devnodes.installation import install

    directory = settings.DATA_DIR / "chains"
    directory.mkdir(parents=True, exist_ok=True)
    installation: Installation = install(settings.DEVNODES_DIR)
    return Nodes(
        BitcoinNode(
            installation,
            port=services["bitcoin"]["port"],
            password=services["bitcoin"]["password"],
            log=_log("bitcoin"),
            journal=directory / "bitcoin.blocks",
        ),
        EthereumNode(
            installation,
            port=services["ethereum"]["port"],
            log=_log("ethereum"),
            state=directory / "ethereum.json",
        ),
    )


def has_tokens(node: EthereumNode) -> bool:
    """The test tokens are on the node's chain."""
    try:
        return len(str(node.call("eth_getCode", DEV_USDC_CONTRACT, "latest"))) > len("0x")
    except ChainError:
        return False


def _log(name: str) -> Path:
    directory: Path = settings.DATA_DIR / "logs"
    directory.mkdir(parents=True, exist_ok=True)
    return directory / f"{name}.log"
