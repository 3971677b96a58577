"""Worthless coins for whoever asks, in development."""

from poker_site.embedded.addresses import DEV_USDC_CONTRACT, DEV_USDT_CONTRACT
from wallet.assets import Asset, facts
from wallet.devchain.nodes import Nodes

TOKENS = {Asset.USDT: DEV_USDT_CONTRACT, Asset.USDC: DEV_USDC_CONTRACT}
# What the page offers, in units: worth about a million won each.
GIFTS = {
    Asset.BTC: 1_000_000,
    Asset.ETH: 2 * 10**17,
    Asset.USDT: 700 * 10**6,
    Asset.USDC: 700 * 10**6,
}
MOST = {asset: 1_000 * units for asset, units in GIFTS.items()}


def send(nodes: Nodes, asset: str, address: str, units: int) -> str:
    """Send coins; they are in a block when somebody mines one. Returns the transaction."""
    asset = facts(asset).asset
    if not 0 < units <= MOST[asset]:
        raise ValueError(f"{units} units of {asset}")
    if asset == Asset.BTC:
        return nodes.bitcoin.send(address, units)
    if asset == Asset.ETH:
        return nodes.ethereum.send(address, units)
    return nodes.ethereum.mint_token(TOKENS[asset], address, units)
