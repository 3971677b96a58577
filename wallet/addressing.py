"""Addresses of ours: a player's deposit addresses, and those of the house.

Deposit addresses come from the network's extended public key (BIP84 for Bitcoin, BIP44 for
Ethereum; account 0, external chain) at indices without gaps. An address is its player's for ever;
a new one does not retire the older ones. The tokens share the address of ETH.
"""

from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from wallet.advisory import LockClass, wait_for
from wallet.assets import Asset, Network, assets_of, facts
from wallet.chains.eip55 import checksummed
from wallet.chains.types import BitcoinNetwork
from wallet.errors import WalletError
from wallet.keys.addresses import parse_bitcoin_address, parse_ethereum_address
from wallet.keys.errors import AddressRefused, KeyRefused
from wallet.keys.extended import HARDENED, bitcoin_address, bitcoin_script, ethereum_address
from wallet.models import DepositAddress
from wallet.policies import asset_policy


class NetworkNotOffered(WalletError):
    """The settings have no node or no public key of this network, or none of its coins is open."""

    code = "network_not_offered"
    sentence: ClassVar = _("This network is not available here. Choose another one.")


class AddressesUsedUp(WalletError):
    """The player has as many addresses as one may have, or the key has no more."""

    code = "addresses_used_up"
    sentence: ClassVar = _("You have enough addresses. Use one of those you have.")


# Each is watched for ever, so one player cannot have any number of them.
MAX_ADDRESSES_PER_USER = 50


def is_offered(network: str) -> bool:
    """A node and a public key of the network are in the settings."""
    url, xpub = {
        Network.BITCOIN: (settings.BITCOIN_RPC_URL, settings.BITCOIN_XPUB),
        Network.ETHEREUM: (settings.ETHEREUM_RPC_URL, settings.ETHEREUM_XPUB),
    }[Network(network)]
    return bool(url and xpub)


def is_reachable(asset: str) -> bool:
    """The settings have all that the asset needs: its network, and a token its contract."""
    known = facts(asset)
    return is_offered(known.network) and (not known.is_token or known.asset in token_contracts())


def reachable_assets() -> list[Asset]:
    """The assets that this installation can take and pay out; none: it has play money only."""
    return [asset for asset in Asset if is_reachable(asset)]


def is_open(asset: str) -> bool:
    """The asset can come in and go out here now: it is reachable, and staff have not closed it."""
    return is_reachable(asset) and asset_policy(asset).is_open


def offered_assets(network: str = "") -> list[Asset]:
    """The assets that can come in and go out here now: all, or those of one network.

    Coins of any other asset that are sent to an address of ours may never be credited.
    """
    return [asset for asset in (assets_of(network) if network else Asset) if is_open(asset)]


def deposit_address(*, user_id: int, network: str) -> DepositAddress:
    """The player's newest address; their first one is made here. Raises NetworkNotOffered."""
    return _newest(user_id, network) or _make(user_id, network, first=True)


def new_deposit_address(*, user_id: int, network: str) -> DepositAddress:
    """One more address. Raises NetworkNotOffered, AddressesUsedUp."""
    return _make(user_id, network, first=False)


def addresses_of(*, user_id: int, network: str) -> list[DepositAddress]:
    """All addresses of a player, newest first; every one of them is watched."""
    return list(DepositAddress.objects.filter(user_id=user_id, network=network).order_by("-id"))


def bitcoin_network() -> BitcoinNetwork:
    """The network of the settings."""
    return BitcoinNetwork(settings.BITCOIN_NETWORK)


def hot_address(network: str) -> str:
    """The hot wallet's address in its usual form; empty where none is set."""
    hot = {
        Network.BITCOIN: settings.BITCOIN_HOT_ADDRESS,
        Network.ETHEREUM: settings.ETHEREUM_HOT_ADDRESS,
    }
    return _normalised(network, hot[Network(network)])


def cold_address(network: str) -> str:
    """Cold storage's address in its usual form; empty where none is set."""
    cold = {
        Network.BITCOIN: settings.BITCOIN_COLD_ADDRESS,
        Network.ETHEREUM: settings.ETHEREUM_COLD_ADDRESS,
    }
    return _normalised(network, cold[Network(network)])


def bitcoin_script_of(address: str) -> str:
    """The script, in hex, that pays an address of the settings' network. Raises AddressRefused."""
    return parse_bitcoin_address(address, bitcoin_network()).script


def token_contracts() -> dict[Asset, str]:
    """The tokens' contracts of the settings, with their checksums."""
    contracts = {Asset.USDT: settings.USDT_CONTRACT, Asset.USDC: settings.USDC_CONTRACT}
    return {asset: checksummed(address) for asset, address in contracts.items() if address}


def is_ours(*, network: str, address: str) -> bool:
    """A deposit address, the hot or cold wallet, or a token's contract: nothing is paid out there.

    Text that is no address of this network is not ours.
    """
    try:
        address = _normalised(network, address)
    except AddressRefused:
        return False
    house = {hot_address(network), cold_address(network)}
    if network == Network.ETHEREUM:
        house.update(token_contracts().values())
    return bool(address) and (
        address in house or DepositAddress.objects.filter(network=network, address=address).exists()
    )


def _newest(user_id: int, network: str) -> DepositAddress | None:
    addresses = DepositAddress.objects.filter(user_id=user_id, network=network)
    return addresses.order_by("-id").first()


def _make(user_id: int, network: str, *, first: bool) -> DepositAddress:
    if not offered_assets(Network(network)):
        raise NetworkNotOffered(network)
    with transaction.atomic():
        # Indices go out one after another, and ids in the order of their commits.
        wait_for(LockClass.ADDRESSES, network)
        if first and (known := _newest(user_id, network)):
            return known
        if len(addresses_of(user_id=user_id, network=network)) >= MAX_ADDRESSES_PER_USER:
            raise AddressesUsedUp(f"user {user_id}")
        of_network = DepositAddress.objects.filter(network=network)
        last = of_network.aggregate(last=Max("derivation_index"))["last"]
        index = 0 if last is None else last + 1
        if index >= HARDENED:
            raise AddressesUsedUp(f"the key of {network}")
        address, script = _derived(network, index)
        return DepositAddress.objects.create(
            user_id=user_id,
            network=network,
            derivation_index=index,
            address=address,
            script=script,
        )


def _derived(network: str, index: int) -> tuple[str, str]:
    """(address, script in hex) at an index; Ethereum has no script."""
    try:
        if network == Network.ETHEREUM:
            return ethereum_address(settings.ETHEREUM_XPUB, index=index), ""
        xpub, bitcoin = settings.BITCOIN_XPUB, bitcoin_network()
        return (
            bitcoin_address(xpub, index=index, network=bitcoin),
            bitcoin_script(xpub, index=index, network=bitcoin),
        )
    except KeyRefused as refusal:
        raise NetworkNotOffered(f"the public key of {network}: {refusal.code}") from refusal


def _normalised(network: str, address: str) -> str:
    if not address:
        return ""
    if network == Network.BITCOIN:
        return parse_bitcoin_address(address, bitcoin_network()).address
    return parse_ethereum_address(address)
