"""The private keys: where they come from, and the two signers made of them.

Only a process with `WALLET_SIGNER=1` in its environment may load keys: the worker that serves the
queue `signing`. They come from the environment or from HashiCorp Vault:

- `WALLET_SEED`: a BIP39 mnemonic, a seed of 16 to 64 bytes as hexadecimal, or BIP32's master key
  (`xprv…`);
- `WALLET_VAULT_ADDR`, `WALLET_VAULT_TOKEN`, `WALLET_VAULT_PATH` (`mount/path`, KV version 2):
  the same text in the secret's field `seed`.

Objects with keys in them show none in their repr, cannot be pickled, and are passed where bytes
would be seen in a traceback.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import wallycore as wally

from wallet.chains.types import BitcoinNetwork
from wallet.keys.errors import KeyRefused
from wallet.keys.extended import ACCOUNT_DEPTH, HARDENED

DEPOSITS = 0
HOT = 1

_BITCOIN_PURPOSE, _ETHEREUM_PURPOSE = 84, 44
_ETHEREUM_COIN = 60
_SEED_SIZES = range(16, 65)


@dataclass(frozen=True, slots=True)
class KeyPath:
    """A key below the seed: m/purpose'/coin'/account'/change/index.

    Accounts: `DEPOSITS` has the players' addresses, whose public key the web knows; `HOT` has the
    hot wallet's, at index 0.
    """

    account: int
    index: int
    change: bool = False

    def __post_init__(self) -> None:
        if not (0 <= self.account < HARDENED and 0 <= self.index < HARDENED):
            raise ValueError("a key's numbers are from 0 to 2**31 - 1")


class Secret:
    """Bytes or text that no repr, pickle or traceback shows."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def reveal(self) -> Any:
        """Use it in the call that needs it; bind it to no name."""
        return self._value

    def __repr__(self) -> str:
        return "<Secret>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


class PrivateKeys:
    """The master key of BIP32, and what is derived from it for one chain.

    `seed` is what `load_seed` gives: the bytes of a seed, or the text of a master key.
    """

    def __init__(self, seed: Secret, *, purpose: int, coin: int) -> None:
        self._master = _master_key(seed)
        self._purpose = purpose
        self._coin = coin

    def __repr__(self) -> str:
        return f"<PrivateKeys m/{self._purpose}'/{self._coin}'>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("private keys are not pickled")

    def private_key(self, path: KeyPath) -> Secret:
        """The 32 bytes that sign for a path."""
        return Secret(bytes(wally.bip32_key_get_priv_key(self._node(path).reveal())))

    def public_key(self, path: KeyPath) -> bytes:
        """The compressed public key of a path."""
        return bytes(wally.bip32_key_get_pub_key(self._node(path).reveal()))

    def account_xpub(self, account: int, *, testnet: bool = False) -> str:
        """The account's extended public key, `xpub` or `tpub`, for the settings of the web."""
        steps = self._account_steps(account)
        node = wally.bip32_key_from_parent_path(
            self._master.reveal(), steps, wally.BIP32_FLAG_KEY_PUBLIC
        )
        raw = bytes(wally.bip32_key_serialize(node, wally.BIP32_FLAG_KEY_PUBLIC))
        version = wally.BIP32_VER_TEST_PUBLIC if testnet else wally.BIP32_VER_MAIN_PUBLIC
        text: str = wally.base58_from_bytes(
            version.to_bytes(4, "big") + raw[4:], wally.BASE58_FLAG_CHECKSUM
        )
        return text

    def _account_steps(self, account: int) -> list[int]:
        steps = [HARDENED + number for number in (self._purpose, self._coin, account)]
        assert len(steps) == ACCOUNT_DEPTH
        return steps

    def _node(self, path: KeyPath) -> Secret:
        steps = [*self._account_steps(path.account), int(path.change), path.index]
        return Secret(
            wally.bip32_key_from_parent_path(
                self._master.reveal(), steps, wally.BIP32_FLAG_KEY_PRIVATE
            )
        )


def bitcoin_keys(seed: Secret, network: BitcoinNetwork) -> PrivateKeys:
    """BIP84's keys; every test network has coin number 1 (SLIP-44)."""
    return PrivateKeys(seed, purpose=_BITCOIN_PURPOSE, coin=int(network is not BitcoinNetwork.MAIN))


def ethereum_keys(seed: Secret) -> PrivateKeys:
    """BIP44's keys for Ethereum."""
    return PrivateKeys(seed, purpose=_ETHEREUM_PURPOSE, coin=_ETHEREUM_COIN)


def load_seed(environment: Mapping[str, str] = os.environ) -> Secret:
    """The seed, in the signer's process only.

    Raises `KeyRefused`: `signer_only` without `WALLET_SIGNER=1`, `key_missing` when nothing is
    configured, `key_malformed` when it is no seed, `vault_unavailable` when Vault gives none.
    """
    if environment.get("WALLET_SIGNER") != "1":
        raise KeyRefused("signer_only", "this process may not load private keys")
    if environment.get("WALLET_SEED"):
        return _seed(Secret(environment["WALLET_SEED"]))
    if environment.get("WALLET_VAULT_ADDR"):
        return _seed(_from_vault(environment))
    raise KeyRefused("key_missing", "neither WALLET_SEED nor WALLET_VAULT_ADDR is set")


def _seed(text: Secret) -> Secret:
    if " " in text.reveal().strip():
        return _seed_of_mnemonic(text)
    if text.reveal().strip().startswith("xprv"):
        master = Secret(text.reveal().strip())
        _master_key(master)
        return master
    try:
        seed = Secret(bytes.fromhex(text.reveal().strip()))
    except ValueError:
        raise KeyRefused("key_malformed", "no mnemonic, no hexadecimal, no xprv") from None
    if len(seed.reveal()) not in _SEED_SIZES:
        raise KeyRefused("key_malformed", "a seed has 16 to 64 bytes")
    return seed


def _master_key(seed: Secret) -> Secret:
    try:
        if isinstance(seed.reveal(), str):
            master = Secret(wally.bip32_key_from_base58(seed.reveal()))
        else:
            master = Secret(
                wally.bip32_key_from_seed(seed.reveal(), wally.BIP32_VER_MAIN_PRIVATE, 0)
            )
    except ValueError:
        raise KeyRefused("key_malformed", "the seed gives no key") from None
    if wally.bip32_key_get_depth(master.reveal()) != 0:
        raise KeyRefused("key_wrong_depth", "not the master key, m")
    return master


def _seed_of_mnemonic(text: Secret) -> Secret:
    try:
        wally.bip39_mnemonic_validate(None, " ".join(text.reveal().split()))
    except ValueError:
        raise KeyRefused("key_malformed", "the mnemonic has a typing error") from None
    return Secret(bytes(wally.bip39_mnemonic_to_seed512(" ".join(text.reveal().split()), None)))


def _from_vault(environment: Mapping[str, str]) -> Secret:
    # Imported here: only signers with a Vault need it.
    import hvac
    import requests

    mount, _, path = environment.get("WALLET_VAULT_PATH", "").partition("/")
    if not mount or not path:
        raise KeyRefused("key_missing", "WALLET_VAULT_PATH must be mount/path")
    client = hvac.Client(
        url=environment["WALLET_VAULT_ADDR"],
        token=environment.get("WALLET_VAULT_TOKEN"),
        timeout=10,
    )
    try:
        return Secret(
            client.secrets.kv.v2.read_secret_version(
                mount_point=mount, path=path, raise_on_deleted_version=True
            )["data"]["data"]["seed"]
        )
    except (hvac.exceptions.VaultError, requests.RequestException) as error:
        raise KeyRefused("vault_unavailable", type(error).__name__) from None
    except (KeyError, TypeError):
        raise KeyRefused("key_missing", "the secret has no field seed") from None
