"""Signed Ethereum transactions: byte for byte what eth-account signs."""

from dataclasses import replace

import pytest
from eth_account import Account
from eth_account.hdaccount.deterministic import HDPath
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.chains.eip55 import checksummed
from wallet.keys.errors import SigningRefused
from wallet.keys.ethereum_signer import EthereumSigner, EthereumTransaction
from wallet.keys.signing import DEPOSITS, HOT, KeyPath, Secret, ethereum_keys

SEED = bytes(range(64))
SIGNER = EthereumSigner(ethereum_keys(Secret(SEED)))

keys = st.builds(
    KeyPath, st.sampled_from([DEPOSITS, HOT]), st.integers(0, 2**31 - 1), st.booleans()
)
transactions = st.builds(
    EthereumTransaction,
    chain_id=st.sampled_from([1, 31337, 2**53]),
    nonce=st.integers(0, 2**32),
    to=st.binary(min_size=20, max_size=20).map(lambda raw: checksummed("0x" + raw.hex())),
    value_wei=st.integers(0, 2**256 - 1),
    gas_limit=st.integers(21_000, 2**32),
    max_fee_wei=st.integers(2**30, 2**60),
    max_priority_fee_wei=st.integers(0, 2**30),
    data=st.binary(max_size=200),
)


@settings(max_examples=25, deadline=None)
@given(transactions, keys)
def test_signatures_are_those_of_eth_account(
    transaction: EthereumTransaction, key: KeyPath
) -> None:
    account = Account.from_key(
        HDPath(f"m/44'/60'/{key.account}'/{int(key.change)}/{key.index}").derive(SEED)
    )
    theirs = account.sign_transaction(
        {
            "type": 2,
            "chainId": transaction.chain_id,
            "nonce": transaction.nonce,
            "to": transaction.to,
            "value": transaction.value_wei,
            "gas": transaction.gas_limit,
            "maxFeePerGas": transaction.max_fee_wei,
            "maxPriorityFeePerGas": transaction.max_priority_fee_wei,
            "data": transaction.data,
        }
    )
    signed = SIGNER.sign(transaction, key, max_gas_cost_wei=2**100)
    assert signed.raw == theirs.raw_transaction.to_0x_hex()
    assert signed.txid == theirs.hash.to_0x_hex()
    assert signed.sender == account.address == SIGNER.address(key)


PAYMENT = EthereumTransaction(1, 0, "0x" + "11" * 20, 5, 21_000, 10, 1)


@pytest.mark.parametrize(
    ("transaction", "code"),
    [
        (replace(PAYMENT, nonce=-1), "out_of_range"),
        (replace(PAYMENT, nonce=2**64 - 1), "out_of_range"),
        (replace(PAYMENT, value_wei=2**256), "out_of_range"),
        (replace(PAYMENT, value_wei=-1), "out_of_range"),
        (replace(PAYMENT, to="0x" + "11" * 19), "out_of_range"),
        (replace(PAYMENT, max_priority_fee_wei=11), "priority_above_fee"),
        (replace(PAYMENT, max_fee_wei=11), "fee_too_high"),
    ],
)
def test_what_would_lose_money_is_not_signed(transaction: EthereumTransaction, code: str) -> None:
    with pytest.raises(SigningRefused) as refused:
        SIGNER.sign(transaction, KeyPath(HOT, 0), max_gas_cost_wei=210_000)
    assert refused.value.code == code


def test_the_most_a_payment_costs_is_its_value_and_its_gas() -> None:
    assert PAYMENT.max_cost_wei == 210_005
