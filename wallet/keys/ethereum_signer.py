"""Signing Ethereum transactions of type 2 (EIP-1559), deterministic (RFC 6979)."""

from dataclasses import dataclass, field
from typing import TypeAlias

import wallycore as wally

from wallet.chains.eip55 import keccak256
from wallet.keys.errors import SigningRefused
from wallet.keys.extended import address_of_public_key
from wallet.keys.signing import KeyPath, PrivateKeys

TYPE_2 = b"\x02"
MAX_UINT64 = 2**64 - 1
MAX_UINT256 = 2**256 - 1
_RECOVERY_HEADER = 27

Item: TypeAlias = "bytes | int | list[Item]"


@dataclass(frozen=True, slots=True)
class EthereumTransaction:
    """A transaction without its signature. `to` is an address; `data` is a call or empty."""

    chain_id: int
    nonce: int
    to: str
    value_wei: int
    gas_limit: int
    max_fee_wei: int
    max_priority_fee_wei: int
    data: bytes = b""

    @property
    def max_cost_wei(self) -> int:
        """What the sender must have: the value and the most that its gas can cost."""
        return self.value_wei + self.gas_limit * self.max_fee_wei


@dataclass(frozen=True, slots=True)
class SignedEthereum:
    """What is stored before it is sent. `raw` begins with `0x02`."""

    raw: str = field(repr=False)
    txid: str
    sender: str
    nonce: int


class EthereumSigner:
    """Signs with the keys of BIP44."""

    def __init__(self, keys: PrivateKeys) -> None:
        self._keys = keys

    def address(self, key: KeyPath) -> str:
        """The address of a key of ours, with its checksum."""
        return address_of_public_key(self._keys.public_key(key))

    def sign(
        self, transaction: EthereumTransaction, key: KeyPath, *, max_gas_cost_wei: int
    ) -> SignedEthereum:
        """The transaction, signed by a key.

        Raises `SigningRefused` with a code: `out_of_range`, `fee_too_high` (gas could cost more
        than `max_gas_cost_wei`), `priority_above_fee`.
        """
        _check(transaction, max_gas_cost_wei)
        fields: list[Item] = [
            transaction.chain_id,
            transaction.nonce,
            transaction.max_priority_fee_wei,
            transaction.max_fee_wei,
            transaction.gas_limit,
            bytes.fromhex(transaction.to.removeprefix("0x")),
            transaction.value_wei,
            transaction.data,
            [],
        ]
        signature = bytes(
            wally.ec_sig_from_bytes(
                self._keys.private_key(key).reveal(),
                keccak256(TYPE_2 + rlp(fields)),
                wally.EC_FLAG_ECDSA | wally.EC_FLAG_RECOVERABLE,
            )
        )
        y_parity = (signature[0] - _RECOVERY_HEADER) & 1
        r, s = (int.from_bytes(part, "big") for part in (signature[1:33], signature[33:]))
        raw = TYPE_2 + rlp([*fields, y_parity, r, s])
        return SignedEthereum(
            "0x" + raw.hex(), "0x" + keccak256(raw).hex(), self.address(key), transaction.nonce
        )


def rlp(item: Item) -> bytes:
    """Ethereum's serialisation (Yellow Paper, appendix B); numbers are big-endian, 0 is empty."""
    if isinstance(item, int):
        item = item.to_bytes((item.bit_length() + 7) // 8, "big")
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _length_prefix(len(item), 0x80) + item
    payload = b"".join(rlp(each) for each in item)
    return _length_prefix(len(payload), 0xC0) + payload


def _length_prefix(length: int, offset: int) -> bytes:
    if length < 56:
        return bytes([offset + length])
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([offset + 55 + len(size)]) + size


def _check(transaction: EthereumTransaction, max_gas_cost_wei: int) -> None:
    limits = (
        (transaction.chain_id, MAX_UINT64),
        (transaction.nonce, MAX_UINT64 - 1),  # EIP-2681
        (transaction.gas_limit, MAX_UINT64),
        (transaction.value_wei, MAX_UINT256),
        (transaction.max_fee_wei, MAX_UINT256),
        (transaction.max_priority_fee_wei, MAX_UINT256),
    )
    if not all(0 <= number <= limit for number, limit in limits):
        raise SigningRefused("out_of_range")
    if len(bytes.fromhex(transaction.to.removeprefix("0x"))) != 20:
        raise SigningRefused("out_of_range", "the recipient is no address")
    if transaction.max_priority_fee_wei > transaction.max_fee_wei:
        raise SigningRefused("priority_above_fee")
    if transaction.gas_limit * transaction.max_fee_wei > max_gas_cost_wei:
        raise SigningRefused("fee_too_high")
