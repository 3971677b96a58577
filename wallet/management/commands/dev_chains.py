"""`manage.py dev_chains`: real nodes of both chains with worthless coins, for development."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from poker_site.embedded.addresses import DEV_USDC_CONTRACT, DEV_USDT_CONTRACT, read_services
from poker_site.embedded.registry import free_port
from wallet.assets import Asset
from wallet.devchain.faucet import TOKENS, send
from wallet.devchain.nodes import Nodes, has_tokens, nodes_of
from wallet.devnodes.tokens import deploy_tokens

# A block now and then, so that what is sent confirms without anybody mining.
BITCOIN_S, ETHEREUM_S = 30, 12
# What the house can pay out at first, in units.
FLOAT = {
    Asset.BTC: 100_000_000,
    Asset.ETH: 20 * 10**18,
    Asset.USDT: 50_000 * 10**6,
    Asset.USDC: 50_000 * 10**6,
}


class Command(BaseCommand):
    help = "Run a Bitcoin and an Ethereum node with worthless coins until stopped; with DEBUG only."
    requires_system_checks: list[str] = []  # noqa: RUF012  (as Django declares it)

    def handle(self, *args: Any, **options: Any) -> None:
        nodes = nodes_of(read_services(settings.DATA_DIR))
        if nodes is None:
            raise CommandError("`make run` starts the nodes, with DEBUG; see docs/operations.md.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with nodes.bitcoin:
            # The site reads the chain as soon as its node answers, and a chain without the tokens'
            # contracts is wrong; so they are put on it at another port.
            unseen = Nodes(nodes.bitcoin, nodes.ethereum.at(free_port()))
            with unseen.ethereum:
                self._prepare(unseen)
            with nodes.ethereum:
                self._mine(nodes, stop)

    def _mine(self, nodes: Nodes, stop: threading.Event) -> None:
        """Now and then, until stopped."""
        threads = [
            threading.Thread(target=_mine, args=(nodes.bitcoin, BITCOIN_S, stop)),
            threading.Thread(target=_mine, args=(nodes.ethereum, ETHEREUM_S, stop)),
        ]
        for thread in threads:
            thread.start()
        stop.wait()
        for thread in threads:
            thread.join()

    def _prepare(self, nodes: Nodes) -> None:
        """A chain that begins gets the tokens, and the house's hot wallet its float."""
        if has_tokens(nodes.ethereum):
            return
        tokens = deploy_tokens(nodes.ethereum)
        if (tokens.usdt, tokens.usdc) != (DEV_USDT_CONTRACT, DEV_USDC_CONTRACT):
            raise CommandError(f"The test tokens are at {tokens.usdt} and {tokens.usdc}.")
        for asset, units in FLOAT.items():
            on_ethereum = asset in TOKENS or asset == Asset.ETH
            hot = settings.ETHEREUM_HOT_ADDRESS if on_ethereum else settings.BITCOIN_HOT_ADDRESS
            if hot:
                send(nodes, asset, hot, units)
        # Until all of it is final: what is not yet may neither be read nor spent.
        nodes.bitcoin.mine(6)
        nodes.ethereum.mine(10)


def _mine(node: Any, seconds: float, stop: threading.Event) -> None:
    while not stop.wait(seconds):
        node.mine(1)
