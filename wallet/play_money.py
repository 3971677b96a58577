"""Play money never becomes coins of a main network.

The ledger does not tell one won from another: where play money was ever given away, every balance
may hold some of it. So a house with play money in its books takes no coins and pays none out on a
main network; it begins anew, with an empty ledger.
"""

from django.conf import settings
from django.db.models import F

from wallet.assets import Network
from wallet.chains.types import BitcoinNetwork
from wallet.models import Account, AccountKind

ETHEREUM_MAIN = 1


def main_networks() -> list[Network]:
    """The networks with a node here whose coins are worth something."""
    return [
        network
        for network, is_main in (
            (
                Network.BITCOIN,
                settings.BITCOIN_RPC_URL and settings.BITCOIN_NETWORK == BitcoinNetwork.MAIN,
            ),
            (
                Network.ETHEREUM,
                settings.ETHEREUM_RPC_URL and settings.ETHEREUM_CHAIN_ID == ETHEREUM_MAIN,
            ),
        )
        if is_main
    ]


def bars_coins() -> bool:
    """Whether play money was given away here, and a main network's coins would be paid for it."""
    given = Account.objects.filter(kind=AccountKind.PLAY_MONEY).exclude(debits=F("credits"))
    return bool(main_networks()) and given.exists()
