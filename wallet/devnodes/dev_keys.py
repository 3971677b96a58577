"""The developer's own keys: worthless coins only, so their seed may be public.

It is BIP39's first test vector. Anvil's accounts are those of its own published mnemonic.
"""

from wallet.chains.types import BitcoinNetwork
from wallet.keys.bitcoin_signer import BitcoinSigner
from wallet.keys.signing import KeyPath, Secret, bitcoin_keys

DEV_SEED = Secret(
    bytes.fromhex(
        "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1"
        "9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4"
    )
)
MINER = KeyPath(account=9, index=0)


def miner_signer() -> BitcoinSigner:
    """Signs for the coins that `BitcoinNode` mines for itself."""
    return BitcoinSigner(bitcoin_keys(DEV_SEED, BitcoinNetwork.REGTEST))
