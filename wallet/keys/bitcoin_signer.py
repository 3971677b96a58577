"""Signing Bitcoin transactions: P2WPKH inputs (BIP143), replaceable (BIP125), deterministic.

The same inputs, outputs and keys give the same bytes (RFC 6979, low R), so a signer that crashed
signs again what it signed before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import wallycore as wally

from wallet.chains.bitcoin_wire import read_transaction
from wallet.chains.types import Outpoint
from wallet.keys.errors import SigningRefused
from wallet.keys.extended import p2wpkh_script
from wallet.keys.signing import KeyPath, PrivateKeys

VERSION = 2
REPLACEABLE = 0xFFFFFFFD
INPUT_VSIZE_X4 = 272  # 41 bytes outside of the witness, 108 in it
P2WPKH_SCRIPT_CODE = "76a914{}88ac"
# Bitcoin Core's dust relay fee, 3 sat per vbyte, and the sizes of spending an output.
DUST_RATE = 3
SPEND_SEGWIT, SPEND_LEGACY = 67, 148


@dataclass(frozen=True, slots=True)
class BitcoinInput:
    """An output of ours that is spent. `script` must be the one of `key`."""

    outpoint: Outpoint
    script: str
    value_sat: int
    key: KeyPath


@dataclass(frozen=True, slots=True)
class BitcoinOutput:
    """`script` is hexadecimal."""

    script: str
    value_sat: int


@dataclass(frozen=True, slots=True)
class SignedBitcoin:
    """What is stored before it is sent. `raw` is hexadecimal."""

    raw: str = field(repr=False)
    txid: str
    fee_sat: int
    vsize: int
    spends: tuple[Outpoint, ...]


class BitcoinSigner:
    """Signs with the keys of one network."""

    def __init__(self, keys: PrivateKeys) -> None:
        self._keys = keys

    def script(self, key: KeyPath) -> str:
        """The script of a key of ours."""
        return p2wpkh_script(self._keys.public_key(key))

    def sign(
        self,
        inputs: Sequence[BitcoinInput],
        outputs: Sequence[BitcoinOutput],
        *,
        max_fee_sat: int,
    ) -> SignedBitcoin:
        """The transaction with these inputs and outputs, in this order; change is an output.

        The fee is what the outputs leave. Raises `SigningRefused` with a code: `no_inputs`,
        `no_outputs`, `input_twice`, `input_not_ours`, `output_dust`, `fee_negative`,
        `fee_too_high`.
        """
        fee_sat = _checked_fee(inputs, outputs, max_fee_sat)
        transaction = wally.tx_init(VERSION, 0, len(inputs), len(outputs))
        for each in inputs:
            if self.script(each.key) != each.script:
                raise SigningRefused("input_not_ours", str(each.outpoint))
            txid = bytes.fromhex(each.outpoint.txid)[::-1]
            wally.tx_add_raw_input(
                transaction, txid, each.outpoint.index, REPLACEABLE, None, None, 0
            )
        for output in outputs:
            wally.tx_add_raw_output(transaction, output.value_sat, bytes.fromhex(output.script), 0)
        for place, each in enumerate(inputs):
            self._sign_input(transaction, place, each)
        raw: str = wally.tx_to_hex(transaction, wally.WALLY_TX_FLAG_USE_WITNESS)
        parsed = read_transaction(raw)
        return SignedBitcoin(raw, parsed.txid, fee_sat, parsed.vsize, parsed.spends)

    def _sign_input(self, transaction: Any, place: int, spent: BitcoinInput) -> None:
        code = bytes.fromhex(P2WPKH_SCRIPT_CODE.format(spent.script[4:]))
        digest = bytes(
            wally.tx_get_btc_signature_hash(
                transaction,
                place,
                code,
                spent.value_sat,
                wally.WALLY_SIGHASH_ALL,
                wally.WALLY_TX_FLAG_USE_WITNESS,
            )
        )
        signature = wally.ec_sig_from_bytes(
            self._keys.private_key(spent.key).reveal(),
            digest,
            wally.EC_FLAG_ECDSA | wally.EC_FLAG_GRIND_R,
        )
        der = bytes(wally.ec_sig_to_der(signature)) + bytes([wally.WALLY_SIGHASH_ALL])
        witness = wally.tx_witness_stack_init(2)
        wally.tx_witness_stack_add(witness, der)
        wally.tx_witness_stack_add(witness, self._keys.public_key(spent.key))
        wally.tx_set_input_witness(transaction, place, witness)


def estimated_vsize(input_count: int, output_scripts: Sequence[str]) -> int:
    """Virtual bytes (BIP141) of a transaction that spends P2WPKH, at most, to pay these."""
    outputs = sum(8 + _prefixed(len(script) // 2) for script in output_scripts)
    outside = 8 + _number_size(input_count) + _number_size(len(output_scripts)) + outputs
    weight = 4 * outside + 2 + INPUT_VSIZE_X4 * input_count
    return -(-weight // 4)


def dust_limit_sat(script: str) -> int:
    """The least value that nodes relay in an output with this script."""
    is_segwit = script.startswith(("0014", "0020", "5120"))
    spend = SPEND_SEGWIT if is_segwit else SPEND_LEGACY
    return DUST_RATE * (8 + _prefixed(len(script) // 2) + spend)


def _checked_fee(
    inputs: Sequence[BitcoinInput], outputs: Sequence[BitcoinOutput], max_fee_sat: int
) -> int:
    if not inputs:
        raise SigningRefused("no_inputs")
    if not outputs:
        raise SigningRefused("no_outputs")
    if len({each.outpoint for each in inputs}) != len(inputs):
        raise SigningRefused("input_twice")
    for output in outputs:
        if output.value_sat < dust_limit_sat(output.script):
            raise SigningRefused("output_dust", f"{output.value_sat} sat")
    fee_sat = sum(each.value_sat for each in inputs) - sum(out.value_sat for out in outputs)
    if fee_sat <= 0:
        raise SigningRefused("fee_negative", f"{fee_sat} sat")
    if fee_sat > max_fee_sat:
        raise SigningRefused("fee_too_high", f"{fee_sat} sat, at most {max_fee_sat}")
    return fee_sat


def _prefixed(size: int) -> int:
    return _number_size(size) + size


def _number_size(number: int) -> int:
    return 1 if number < 0xFD else 3 if number < 2**16 else 5
