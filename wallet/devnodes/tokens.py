"""The test contracts: compiled once (`npm/tokens.json`), deployed on a development chain."""

import json
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from wallet.chains.erc20 import TokenContract
from wallet.chains.types import Asset
from wallet.devnodes.abi import Argument, encode
from wallet.devnodes.errors import DevnodesUnavailable
from wallet.devnodes.installation import SOURCES, Installation

if TYPE_CHECKING:
    from wallet.devnodes.ethereum_node import EthereumNode

ARTEFACT = SOURCES / "tokens.json"


@dataclass(frozen=True, slots=True)
class DeployedTokens:
    """Addresses of the test contracts on one chain."""

    usdt: str
    usdc: str
    fake: str
    forwarder: str

    @property
    def contracts(self) -> tuple[TokenContract, ...]:
        """The allow-list of the settings."""
        return (TokenContract(Asset.USDT, self.usdt), TokenContract(Asset.USDC, self.usdc))


def deploy_tokens(node: "EthereumNode") -> DeployedTokens:
    """Put the contracts on the node's chain: always at the same addresses on a fresh chain."""
    return DeployedTokens(
        usdt=node.deploy("TetherLike"),
        usdc=node.deploy("OrdinaryToken", "USD Coin", "USDC", Asset.USDC.decimals),
        fake=node.deploy("FakeToken"),
        forwarder=node.deploy("Forwarder"),
    )


def creation_code(name: str, *arguments: Argument) -> bytes:
    """What creates the contract: its bytecode and its constructor's arguments."""
    contract = _artefact()[name]
    constructors = [entry for entry in contract["abi"] if entry["type"] == "constructor"]
    types = ",".join(each["type"] for entry in constructors for each in entry["inputs"])
    return bytes.fromhex(contract["bytecode"][2:]) + encode(types, *arguments)


def compile_contracts(installation: Installation) -> str:
    """`Tokens.sol` compiled anew, as the artefact's text."""
    done = subprocess.run(  # noqa: S603 - our own command
        [str(installation.node), str(SOURCES / "compile.js"), str(SOURCES / "Tokens.sol")],
        env=installation.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise DevnodesUnavailable(f"Tokens.sol does not compile:\n{done.stderr[-2000:]}")
    return done.stdout


@cache
def _artefact() -> dict[str, Any]:
    contracts: dict[str, Any] = json.loads(ARTEFACT.read_text())
    return contracts
