"""Addresses from an account's extended public key: BIP32, BIP84 (Bitcoin), BIP44 (Ethereum).

An account's key is the one at depth 3, m/purpose'/coin'/account'. Bitcoin's may be written as
SLIP-132 does (`zpub`, `vpub`) or as plain BIP32 (`xpub`, `tpub`); Ethereum's is an `xpub`.
A private key is refused: whoever derives addresses must not be able to spend.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import wallycore as wally

from wallet.chains.eip55 import checksummed, keccak256
from wallet.chains.types import BitcoinNetwork
from wallet.keys.errors import KeyRefused

ACCOUNT_DEPTH = 3
HARDENED = 2**31
EXTENDED_KEY_SIZE = 78
SEGWIT_PREFIX = {
    BitcoinNetwork.MAIN: "bc",
    BitcoinNetwork.TEST: "tb",
    BitcoinNetwork.TEST4: "tb",
    BitcoinNetwork.SIGNET: "tb",
    BitcoinNetwork.REGTEST: "bcrt",
}

_XPUB, _TPUB = bytes.fromhex("0488b21e"), bytes.fromhex("043587cf")
_ZPUB, _VPUB = bytes.fromhex("04b24746"), bytes.fromhex("045f1cf6")
# xprv, tprv, zprv, vprv, yprv, uprv
_PRIVATE = {
    bytes.fromhex(version)
    for version in ("0488ade4", "04358394", "04b2430c", "045f18bc", "049d7878", "044a4e28")
}


@dataclass(frozen=True, slots=True)
class _Account:
    """A parsed key; wally's object cannot be compared, so it stays out of comparisons."""

    text: str
    node: Any


def check_bitcoin_xpub(xpub: str, network: BitcoinNetwork) -> None:
    """`KeyRefused` unless it is an account's public key for this network."""
    _bitcoin(xpub, network)


def check_ethereum_xpub(xpub: str) -> None:
    """`KeyRefused` unless it is an account's public key."""
    _ethereum(xpub)


def bitcoin_script(xpub: str, *, index: int, network: BitcoinNetwork, change: bool = False) -> str:
    """The P2WPKH script (BIP141) of m/84'/coin'/account'/change/index, hexadecimal."""
    return p2wpkh_script(_public_key(_bitcoin(xpub, network), change, index))


def bitcoin_address(xpub: str, *, index: int, network: BitcoinNetwork, change: bool = False) -> str:
    """The bech32 address (BIP173) of the same script."""
    script = bytes.fromhex(bitcoin_script(xpub, index=index, network=network, change=change))
    address: str = wally.addr_segwit_from_bytes(script, SEGWIT_PREFIX[network], 0)
    return address


def ethereum_address(xpub: str, *, index: int, change: bool = False) -> str:
    """The address of m/44'/60'/account'/change/index, with the checksum of EIP-55."""
    return address_of_public_key(_public_key(_ethereum(xpub), change, index))


def p2wpkh_script(public_key: bytes) -> str:
    """The script that pays a compressed public key's hash."""
    return "0014" + bytes(wally.hash160(public_key)).hex()


def address_of_public_key(public_key: bytes) -> str:
    """Ethereum's address of a compressed public key."""
    point = bytes(wally.ec_public_key_decompress(public_key))
    return checksummed("0x" + keccak256(point[1:])[-20:].hex())


def _public_key(account: _Account, change: bool, index: int) -> bytes:
    if not 0 <= index < HARDENED:
        raise ValueError("an address' index is from 0 to 2**31 - 1")
    flags = wally.BIP32_FLAG_KEY_PUBLIC | wally.BIP32_FLAG_SKIP_HASH
    node = wally.bip32_key_from_parent_path(account.node, [int(change), index], flags)
    return bytes(wally.bip32_key_get_pub_key(node))


@lru_cache(maxsize=16)
def _bitcoin(xpub: str, network: BitcoinNetwork) -> _Account:
    own, other = ({_XPUB, _ZPUB}, {_TPUB, _VPUB})
    plain = _XPUB
    if network is not BitcoinNetwork.MAIN:
        own, other, plain = other, own, _TPUB
    return _account(xpub, own, other, plain)


@lru_cache(maxsize=16)
def _ethereum(xpub: str) -> _Account:
    return _account(xpub, {_XPUB}, {_TPUB, _ZPUB, _VPUB}, _XPUB)


def _account(text: str, own: set[bytes], other: set[bytes], plain: bytes) -> _Account:
    try:
        raw = bytes(wally.base58_to_bytes(text, wally.BASE58_FLAG_CHECKSUM))
    except (ValueError, TypeError):
        raise KeyRefused("key_malformed", "no extended key, or a typing error") from None
    version = raw[:4]
    if version in _PRIVATE:
        raise KeyRefused("key_private", "a private key where a public one belongs")
    if version in other:
        raise KeyRefused("key_wrong_network", "the extended key is for another network")
    if version not in own or len(raw) != EXTENDED_KEY_SIZE:
        raise KeyRefused("key_malformed", "not the kind of extended key that belongs here")
    if raw[4] != ACCOUNT_DEPTH:
        raise KeyRefused("key_wrong_depth", f"depth {raw[4]} instead of an account's, 3")
    try:
        return _Account(text, wally.bip32_key_unserialize(plain + raw[4:]))
    except ValueError:
        raise KeyRefused("key_malformed", "not a point of the curve") from None
