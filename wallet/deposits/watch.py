"""Whom we look for on a chain."""

from dataclasses import dataclass

from wallet.addressing import bitcoin_script_of, cold_address, hot_address
from wallet.assets import Network
from wallet.chains.types import Outpoint
from wallet.models import Custody, Deposit, DepositAddress, DepositState, OwnTransfer, Utxo


@dataclass(frozen=True, slots=True)
class Owner:
    """A deposit address's number, and whose it is."""

    address_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Watch:
    """Recipients as the chain writes them: scripts in hex (Bitcoin) or addresses (Ethereum).

    `hot` and `cold` are empty where the settings name none.
    """

    network: str
    owners: dict[str, Owner]
    hot: str
    cold: str

    @property
    def recipients(self) -> set[str]:
        """Everyone whose payments are looked for."""
        return {*self.owners, *self.house}

    @property
    def house(self) -> set[str]:
        return {self.hot, self.cold} - {""}


def load_watch(network: str) -> Watch:
    """All our addresses as they are now.

    Load it when the blocks to be read are known already: an address shown to a player later than
    that cannot have been paid in them.
    """
    recipient = "script" if network == Network.BITCOIN else "address"
    rows = DepositAddress.objects.filter(network=network)
    owners = {
        key: Owner(address_id, user_id)
        for key, address_id, user_id in rows.values_list(recipient, "id", "user_id")
    }
    return Watch(network, owners, *_house(network))


def watched_outpoints() -> set[Outpoint]:
    """Bitcoin: our own outputs, and those that would replace a deposit when spent by another."""
    ours = Utxo.objects.filter(spent_height__isnull=True).values_list("txid", "vout")
    outpoints = {Outpoint(txid, vout) for txid, vout in ours}
    cold = OwnTransfer.objects.filter(
        network=Network.BITCOIN, custody=Custody.COLD, is_outgoing=False
    )
    outpoints |= {outpoint_of(txid, place) for txid, place in cold.values_list("txid", "place")}
    absent = Deposit.objects.filter(network=Network.BITCOIN, height__isnull=True)
    # Nothing more becomes of one that is replaced, and there may be any number of them.
    absent = absent.exclude(state=DepositState.REPLACED)
    for spends in absent.values_list("spends", flat=True):
        outpoints |= {parse_outpoint(text) for text in spends}
    return outpoints


def outpoint_of(txid: str, place: str) -> Outpoint:
    """The output that a Bitcoin deposit is: `place` is `vout:<n>`."""
    return Outpoint(txid, int(place.removeprefix("vout:")))


def parse_outpoint(text: str) -> Outpoint:
    """`txid:index`, as `str` of an Outpoint writes it."""
    txid, _, index = text.partition(":")
    return Outpoint(txid, int(index))


def _house(network: str) -> tuple[str, str]:
    hot, cold = hot_address(network), cold_address(network)
    if network == Network.BITCOIN:
        hot, cold = (bitcoin_script_of(each) if each else "" for each in (hot, cold))
    return hot, cold
