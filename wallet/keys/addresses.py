"""Judging an address that somebody typed: form, checksum, network, and whether it can be spent.

Bitcoin: base58check (P2PKH, P2SH), bech32 for witness version 0 (BIP173) and bech32m for
version 1 (BIP350, BIP341). Ethereum: EIP-55; all lower or all upper case has no checksum to break
and is accepted. Whether an address is one of ours or a contract is for those who know.
"""

import re
from dataclasses import dataclass

import wallycore as wally

from wallet.chains.eip55 import checksummed
from wallet.chains.types import Asset, BitcoinNetwork, Chain
from wallet.keys.errors import AddressRefused
from wallet.keys.extended import SEGWIT_PREFIX

MAX_LENGTH = 100
# Precompiled contracts live below, and nobody has their keys.
LOWEST_ETHEREUM = 2**16
BURN_ETHEREUM = "0x000000000000000000000000000000000000dead"
BASE58_PAYLOAD = 21
_TRON = 0x41

_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_LOOKS_ETHEREUM = re.compile(r"0x[0-9a-fA-F]*", re.ASCII)
_SEGWIT = re.compile(r"(bc|tb|bcrt)1([02-9ac-hj-np-z]{6,90})", re.ASCII)
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{25,36}", re.ASCII)


@dataclass(frozen=True, slots=True)
class BitcoinDestination:
    """A payable address in its usual form, and the script (hexadecimal) that pays it."""

    address: str
    script: str


def normalise_address(asset: Asset, text: str, *, bitcoin_network: BitcoinNetwork) -> str:
    """The address in its usual form, or `AddressRefused`."""
    if asset.chain is Chain.BITCOIN:
        return parse_bitcoin_address(text, bitcoin_network).address
    return parse_ethereum_address(text)


def parse_ethereum_address(text: str) -> str:
    """The address with its checksum, or `AddressRefused`."""
    text = _cleaned(text)
    if not _ETHEREUM.fullmatch(text):
        if _LOOKS_ETHEREUM.fullmatch(text):
            raise AddressRefused("address_malformed")
        raise AddressRefused(_foreign_code(text))
    address = checksummed(text)
    digits = text[2:]
    if digits not in {digits.lower(), digits.upper()} and text != address:
        raise AddressRefused("address_checksum")
    if int(text, 16) < LOWEST_ETHEREUM or text.lower() == BURN_ETHEREUM:
        raise AddressRefused("address_zero")
    return address


def parse_bitcoin_address(text: str, network: BitcoinNetwork) -> BitcoinDestination:
    """The address and its script, or `AddressRefused`."""
    text = _cleaned(text)
    lowered = text.lower()
    if segwit := _SEGWIT.fullmatch(lowered):
        if text not in {lowered, text.upper()}:
            # BIP173: mixed case is refused; it hides typing errors.
            raise AddressRefused("address_malformed")
        return _segwit(lowered, segwit[1], segwit[2], network)
    if _ETHEREUM.fullmatch(text):
        raise AddressRefused("address_wrong_network")
    if not _BASE58.fullmatch(text):
        raise AddressRefused("address_malformed")
    return _base58(text, network)


def _segwit(text: str, prefix: str, data: str, network: BitcoinNetwork) -> BitcoinDestination:
    try:
        script = bytes(wally.addr_segwit_to_bytes(text, prefix, 0))
    except ValueError:
        raise AddressRefused("address_checksum") from None
    if prefix != SEGWIT_PREFIX[network]:
        raise AddressRefused("address_wrong_network")
    version, program = script[0], script[2:]
    if (version, len(program)) not in {(0, 20), (0, 32), (0x51, 32)}:
        raise AddressRefused("address_unsupported")
    if not any(program):
        raise AddressRefused("address_zero")
    return BitcoinDestination(text, script.hex())


def _base58(text: str, network: BitcoinNetwork) -> BitcoinDestination:
    payload = _base58_payload(text)
    if payload is None:
        raise AddressRefused("address_checksum")
    version, digest = payload[0], payload[1:]
    main = network is BitcoinNetwork.MAIN
    key_hash, script_hash = (0x00, 0x05) if main else (0x6F, 0xC4)
    if version == key_hash:
        script = b"\x76\xa9\x14" + digest + b"\x88\xac"
    elif version == script_hash:
        script = b"\xa9\x14" + digest + b"\x87"
    else:
        raise AddressRefused(_code_of_version(version))
    if not any(digest):
        raise AddressRefused("address_zero")
    return BitcoinDestination(text, script.hex())


def _foreign_code(text: str) -> str:
    """Why something that is no address of Ethereum is refused: often it is another coin's."""
    if _SEGWIT.fullmatch(text.lower()):
        return "address_wrong_network"
    payload = _base58_payload(text) if _BASE58.fullmatch(text) else None
    return "address_malformed" if payload is None else _code_of_version(payload[0])


def _code_of_version(version: int) -> str:
    known = version in {0x00, 0x05, 0x6F, 0xC4, _TRON}
    return "address_wrong_network" if known else "address_unsupported"


def _base58_payload(text: str) -> bytes | None:
    try:
        payload = bytes(wally.base58_to_bytes(text, wally.BASE58_FLAG_CHECKSUM))
    except ValueError:
        return None
    return payload if len(payload) == BASE58_PAYLOAD else None


def _cleaned(text: str) -> str:
    text = text.strip()
    if not text:
        raise AddressRefused("address_empty")
    if len(text) > MAX_LENGTH or not text.isascii():
        raise AddressRefused("address_malformed")
    return text
