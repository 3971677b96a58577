"""Development: the public side of the signer's seed, for the programs that do not have it."""

from collections.abc import Mapping

from wallet.chains.types import BitcoinNetwork
from wallet.keys.extended import bitcoin_address, ethereum_address
from wallet.keys.signing import DEPOSITS, HOT, bitcoin_keys, ethereum_keys, load_seed

# Development's cold storage; an installation's is under a seed that no machine of ours has.
COLD = 2


def public_settings(signer: Mapping[str, str], network: BitcoinNetwork) -> dict[str, str]:
    """Extended public keys of the deposit addresses, and the house's addresses.

    `signer` is the signer's environment. Raises KeyRefused where its seed is none.
    """
    seed = load_seed(signer)
    bitcoin, ethereum = bitcoin_keys(seed, network), ethereum_keys(seed)
    is_test = network is not BitcoinNetwork.MAIN

    def house(account: int) -> tuple[str, str]:
        return (
            bitcoin_address(
                bitcoin.account_xpub(account, testnet=is_test), index=0, network=network
            ),
            ethereum_address(ethereum.account_xpub(account), index=0),
        )

    (bitcoin_hot, ethereum_hot), (bitcoin_cold, ethereum_cold) = house(HOT), house(COLD)
    return {
        "BITCOIN_XPUB": bitcoin.account_xpub(DEPOSITS, testnet=is_test),
        "ETHEREUM_XPUB": ethereum.account_xpub(DEPOSITS),
        "BITCOIN_HOT_ADDRESS": bitcoin_hot,
        "ETHEREUM_HOT_ADDRESS": ethereum_hot,
        "BITCOIN_COLD_ADDRESS": bitcoin_cold,
        "ETHEREUM_COLD_ADDRESS": ethereum_cold,
    }
