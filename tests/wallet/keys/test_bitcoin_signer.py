"""Signed Bitcoin transactions: byte for byte what another library signs, and nothing lossy."""

import pytest
from embit import bip32, ec
from embit.script import Script, Witness, p2pkh_from_p2wpkh
from embit.transaction import SIGHASH, Transaction, TransactionInput, TransactionOutput
from embit.util import secp256k1
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.chains.types import BitcoinNetwork, Outpoint
from wallet.keys.bitcoin_signer import (
    BitcoinInput,
    BitcoinOutput,
    BitcoinSigner,
    SignedBitcoin,
    dust_limit_sat,
    estimated_vsize,
)
from wallet.keys.errors import SigningRefused
from wallet.keys.signing import DEPOSITS, HOT, KeyPath, Secret, bitcoin_keys

SEED = bytes(range(64))
SIGNER = BitcoinSigner(bitcoin_keys(Secret(SEED), BitcoinNetwork.REGTEST))
ROOT = bip32.HDKey.from_seed(SEED)
TAPROOT = "5120" + "79" * 32
LEGACY = "76a914" + "11" * 20 + "88ac"

keys = st.builds(
    KeyPath, st.sampled_from([DEPOSITS, HOT]), st.integers(0, 2**31 - 1), st.booleans()
)
scripts = st.sampled_from([TAPROOT, LEGACY, "0014" + "22" * 20, "a914" + "33" * 20 + "87"])


@st.composite
def payments(draw: st.DrawFn) -> tuple[list[BitcoinInput], list[BitcoinOutput]]:
    count = draw(st.integers(1, 5))
    inputs = []
    for place in range(count):
        key = draw(keys)
        txid = draw(st.binary(min_size=32, max_size=32)).hex()
        value = draw(st.integers(100_000, 10**12))
        inputs.append(BitcoinInput(Outpoint(txid, place), SIGNER.script(key), value, key))
    total = sum(each.value_sat for each in inputs)
    outputs = [BitcoinOutput(script, 1_000) for script in draw(st.lists(scripts, max_size=4))]
    rest = total - 1_000 * len(outputs)
    fee = draw(st.integers(1, 10_000))
    return inputs, [*outputs, BitcoinOutput(SIGNER.script(KeyPath(HOT, 0)), rest - fee)]


def low_r_signature(key: ec.PrivateKey, digest: bytes) -> bytes:
    """As Bitcoin Core grinds; embit's own grinding also takes a high R beside a short S."""
    counter = 0
    while True:
        extra = counter.to_bytes(32, "little") if counter else None
        made = secp256k1.ecdsa_sign(digest, key.serialize(), None, extra)
        der: bytes = ec.Signature(made).serialize()
        if der[3] <= 32:
            return der
        counter += 1


def by_embit(inputs: list[BitcoinInput], outputs: list[BitcoinOutput]) -> str:
    transaction = Transaction(
        version=2,
        vin=[
            TransactionInput(bytes.fromhex(i.outpoint.txid), i.outpoint.index, sequence=0xFFFFFFFD)
            for i in inputs
        ],
        vout=[TransactionOutput(o.value_sat, Script(bytes.fromhex(o.script))) for o in outputs],
    )
    for place, spent in enumerate(inputs):
        path = f"m/84h/1h/{spent.key.account}h/{int(spent.key.change)}/{spent.key.index}"
        key: ec.PrivateKey = ROOT.derive(path).key
        digest = transaction.sighash_segwit(
            place, p2pkh_from_p2wpkh(Script(bytes.fromhex(spent.script))), spent.value_sat
        )
        signature = low_r_signature(key, digest) + bytes([SIGHASH.ALL])
        transaction.vin[place].witness = Witness([signature, key.sec()])
    raw: str = transaction.serialize().hex()
    return raw


@settings(max_examples=30, deadline=None)
@given(payments())
def test_signatures_are_those_of_embit(
    payment: tuple[list[BitcoinInput], list[BitcoinOutput]],
) -> None:
    inputs, outputs = payment
    signed = SIGNER.sign(inputs, outputs, max_fee_sat=10_000)
    theirs = Transaction.from_string(by_embit(inputs, outputs))
    assert signed.raw == by_embit(inputs, outputs)
    assert signed.txid == theirs.txid().hex()
    assert signed.spends == tuple(each.outpoint for each in inputs)
    assert SIGNER.sign(inputs, outputs, max_fee_sat=10_000) == signed


@settings(max_examples=30, deadline=None)
@given(payments())
def test_the_estimated_size_is_never_too_small_and_hardly_too_large(
    payment: tuple[list[BitcoinInput], list[BitcoinOutput]],
) -> None:
    inputs, outputs = payment
    signed = SIGNER.sign(inputs, outputs, max_fee_sat=10_000)
    estimate = estimated_vsize(len(inputs), [output.script for output in outputs])
    assert 0 <= estimate - signed.vsize <= len(inputs)


COIN = BitcoinInput(Outpoint("11" * 32, 0), SIGNER.script(KeyPath(HOT, 0)), 10_000, KeyPath(HOT, 0))
FOREIGN = BitcoinInput(Outpoint("22" * 32, 0), TAPROOT, 10_000, KeyPath(HOT, 0))


@pytest.mark.parametrize(
    ("inputs", "outputs", "code"),
    [
        ([], [BitcoinOutput(TAPROOT, 9_000)], "no_inputs"),
        ([COIN], [], "no_outputs"),
        ([COIN, COIN], [BitcoinOutput(TAPROOT, 19_000)], "input_twice"),
        ([FOREIGN], [BitcoinOutput(TAPROOT, 9_000)], "input_not_ours"),
        ([COIN], [BitcoinOutput(TAPROOT, 329)], "output_dust"),
        ([COIN], [BitcoinOutput(TAPROOT, -1)], "output_dust"),
        ([COIN], [BitcoinOutput(TAPROOT, 10_000)], "fee_negative"),
        ([COIN], [BitcoinOutput(TAPROOT, 10_001)], "fee_negative"),
        ([COIN], [BitcoinOutput(TAPROOT, 8_999)], "fee_too_high"),
    ],
)
def test_what_would_lose_money_is_not_signed(
    inputs: list[BitcoinInput], outputs: list[BitcoinOutput], code: str
) -> None:
    with pytest.raises(SigningRefused) as refused:
        SIGNER.sign(inputs, outputs, max_fee_sat=1_000)
    assert refused.value.code == code


def test_dust_limits_are_those_of_bitcoin_core() -> None:
    limits = {LEGACY: 546, "a914" + "33" * 20 + "87": 540, "0014" + "22" * 20: 294, TAPROOT: 330}
    assert {script: dust_limit_sat(script) for script in limits} == limits


def test_a_signed_transaction_does_not_show_its_bytes() -> None:
    signed: SignedBitcoin = SIGNER.sign([COIN], [BitcoinOutput(TAPROOT, 9_000)], max_fee_sat=1_000)
    assert signed.raw not in repr(signed)
