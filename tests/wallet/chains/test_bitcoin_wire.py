"""Reading Bitcoin's bytes: published blocks and transactions, and anything else refused."""

import contextlib
from decimal import Decimal
from typing import Any

import pytest
from embit.transaction import Transaction as EmbitTransaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wallet.chains.addresses import ADDRESS
from wallet.chains.bitcoin_wire import merkle_root, read_block, read_transaction
from wallet.chains.errors import NodeAnswerInvalid
from wallet.chains.types import BitcoinNetwork, Outpoint
from wallet.chains.validation import as_satoshi
from wallet.devnodes.bitcoin_node import BitcoinNode

# The first block of the main network.
GENESIS = (
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac7"
    "2c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c010100000001000000000000"
    "0000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d"
    "65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e642062"
    "61696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130"
    "b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b"
    "6bf11d5fac00000000"
)
GENESIS_HASH = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
GENESIS_TXID = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
# BIP143's example of a native P2WPKH input beside an older one, signed.
BIP143 = (
    "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830"
    "450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f928"
    "1a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e81"
    "5b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f6"
    "6f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988"
    "ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c"
    "4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7aca"
    "fcdb3566bb0ad253f62fc70f07aeee635711000000"
)


def test_the_first_block() -> None:
    header, (coinbase,) = read_block(GENESIS, BitcoinNetwork.MAIN)
    assert (header.hash, header.merkle_root) == (GENESIS_HASH, GENESIS_TXID)
    assert (header.parent_hash, header.time) == ("00" * 32, 1231006505)
    assert (coinbase.txid, coinbase.spends) == (GENESIS_TXID, ())
    assert [output.value_sat for output in coinbase.outputs] == [50 * 10**8]


def test_a_transaction_with_and_without_a_witness() -> None:
    transaction = read_transaction(BIP143)
    theirs = EmbitTransaction.from_string(BIP143)
    assert transaction.txid == theirs.txid().hex()
    assert transaction.spends == tuple(Outpoint(each.txid.hex(), each.vout) for each in theirs.vin)
    assert [(each.script, each.value_sat) for each in transaction.outputs] == [
        (each.script_pubkey.data.hex(), each.value) for each in theirs.vout
    ]
    # 343 bytes, of which 110 are witness with its two marks.
    assert len(BIP143) // 2 == 343
    assert transaction.vsize == -(-(4 * 233 + 110) // 4)


@settings(deadline=None)
@given(st.integers(0, len(GENESIS) // 2 - 1), st.integers(1, 255))
def test_a_block_with_any_byte_changed_is_refused(place: int, change: int) -> None:
    changed = bytearray.fromhex(GENESIS)
    changed[place] ^= change
    with pytest.raises(NodeAnswerInvalid):
        read_block(changed.hex(), BitcoinNetwork.MAIN)


def test_a_block_that_is_too_easy_for_its_network_is_refused(bitcoin_node: BitcoinNode) -> None:
    raw = bitcoin_node.call("getblock", bitcoin_node.tip(), 0)
    assert read_block(raw, BitcoinNetwork.REGTEST)
    with pytest.raises(NodeAnswerInvalid, match="too easy"):
        read_block(raw, BitcoinNetwork.MAIN)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_transaction_or_refused(raw: bytes) -> None:
    with contextlib.suppress(NodeAnswerInvalid):
        assert read_transaction(raw.hex()).outputs


@settings(deadline=None)
@given(st.integers(0, len(BIP143) // 2 - 1))
def test_a_transaction_cut_short_is_refused(length: int) -> None:
    with pytest.raises(NodeAnswerInvalid):
        read_transaction(BIP143[: 2 * length])


def test_doubled_transactions_do_not_pass_for_the_same_block() -> None:
    # CVE-2012-2459: three transactions have the root of four whose last is doubled.
    first, second, third = (f"{number:064x}" for number in (1, 2, 3))
    assert merkle_root([first, second, third])
    with pytest.raises(NodeAnswerInvalid):
        merkle_root([first, second, third, third])


def test_blocks_of_a_real_node_with_many_transactions(bitcoin_node: BitcoinNode) -> None:
    for count in range(1, 8):
        sent = {bitcoin_node.send(ADDRESS, 5_000 + number) for number in range(count)}
        (block_hash,) = bitcoin_node.mine()
        header, transactions = read_block(
            bitcoin_node.call("getblock", block_hash, 0), bitcoin_node.network
        )
        assert header.hash == block_hash
        assert {each.txid for each in transactions[1:]} == sent


@given(st.integers(0, 21_000_000 * 10**8))
def test_amounts_are_exact(satoshi: int) -> None:
    assert as_satoshi(Decimal(satoshi) / 10**8, "amount") == satoshi


@pytest.mark.parametrize(
    "value",
    [
        "1",
        True,
        None,
        0.1,
        -1,
        Decimal(-1),
        Decimal("0.000000001"),
        Decimal("21000000.00000001"),
        Decimal("1e999999"),
        Decimal("1e-999999"),
        Decimal("NaN"),
        Decimal("Infinity"),
    ],
)
def test_what_is_no_amount_is_refused(value: Any) -> None:
    with pytest.raises(NodeAnswerInvalid):
        as_satoshi(value, "amount")
