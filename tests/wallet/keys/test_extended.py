"""Derived addresses against published vectors and another library."""

import pytest
from embit import bip32, script
from embit.networks import NETWORKS
from eth_account import Account
from eth_account.hdaccount import seed_from_mnemonic
from eth_account.hdaccount.deterministic import HDPath
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.chains.types import BitcoinNetwork
from wallet.keys.errors import KeyRefused
from wallet.keys.extended import (
    bitcoin_address,
    bitcoin_script,
    check_bitcoin_xpub,
    check_ethereum_xpub,
    ethereum_address,
)
from wallet.keys.signing import Secret, bitcoin_keys, ethereum_keys

MNEMONIC = "abandon " * 11 + "about"
SEED = seed_from_mnemonic(MNEMONIC, "")
# BIP84, test vectors.
ZPUB = (
    "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31"
    "mGDtKsAYz2oz2AGutZYs"
)
ZPRV = (
    "zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHpbF9z4QgEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1"
    "yYNZKEm7z6qUWCroSQnE"
)
MAIN, REGTEST = BitcoinNetwork.MAIN, BitcoinNetwork.REGTEST
XPUB = bitcoin_keys(Secret(SEED), MAIN).account_xpub(0)
TPUB = bitcoin_keys(Secret(SEED), REGTEST).account_xpub(0, testnet=True)
ETHEREUM_XPUB = ethereum_keys(Secret(SEED)).account_xpub(0)

indices = st.integers(0, 2**31 - 1)


@pytest.mark.parametrize(
    ("change", "index", "address"),
    [
        (False, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"),
        (False, 1, "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"),
        (True, 0, "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el"),
    ],
)
@pytest.mark.parametrize("xpub", [ZPUB, XPUB])
def test_addresses_of_bip84(xpub: str, change: bool, index: int, address: str) -> None:
    assert bitcoin_address(xpub, index=index, network=MAIN, change=change) == address


@settings(max_examples=25, deadline=None)
@given(index=indices, change=st.booleans())
def test_bitcoin_addresses_are_those_of_embit(index: int, change: bool) -> None:
    root = bip32.HDKey.from_seed(SEED)
    for network, xpub, path, name in (
        (MAIN, ZPUB, "m/84h/0h/0h", "main"),
        (REGTEST, TPUB, "m/84h/1h/0h", "regtest"),
    ):
        theirs = script.p2wpkh(root.derive(path).derive([int(change), index]))
        assert (
            bitcoin_script(xpub, index=index, network=network, change=change) == theirs.data.hex()
        )
        assert bitcoin_address(xpub, index=index, network=network, change=change) == (
            theirs.address(NETWORKS[name])
        )


@settings(max_examples=25, deadline=None)
@given(index=indices, change=st.booleans())
def test_ethereum_addresses_are_those_of_eth_account(index: int, change: bool) -> None:
    path = HDPath(f"m/44'/60'/0'/{int(change)}/{index}")
    theirs = Account.from_key(path.derive(SEED)).address
    assert ethereum_address(ETHEREUM_XPUB, index=index, change=change) == theirs


@pytest.mark.parametrize(
    ("xpub", "code"),
    [
        ("", "key_malformed"),
        ("zpub", "key_malformed"),
        (ZPUB[:-1] + "t", "key_malformed"),
        (ZPUB + "\n", "key_malformed"),
        (TPUB, "key_wrong_network"),
        (ZPRV, "key_private"),
        (bip32.HDKey.from_seed(SEED).to_base58(), "key_private"),
        (bip32.HDKey.from_seed(SEED).to_public().to_base58(), "key_wrong_depth"),
        (
            bip32.HDKey.from_seed(SEED)
            .derive("m/49h/0h/0h")
            .to_public()
            .to_base58(NETWORKS["main"]["ypub"]),
            "key_malformed",
        ),
    ],
)
def test_bitcoin_keys_that_are_refused(xpub: str, code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        check_bitcoin_xpub(xpub, MAIN)
    assert refused.value.code == code
    assert xpub == "" or xpub not in str(refused.value)


def test_a_main_key_is_refused_on_a_test_network() -> None:
    with pytest.raises(KeyRefused) as refused:
        check_bitcoin_xpub(ZPUB, REGTEST)
    assert refused.value.code == "key_wrong_network"


@pytest.mark.parametrize(
    ("xpub", "code"),
    [(ZPUB, "key_wrong_network"), (TPUB, "key_wrong_network"), (ZPRV, "key_private")],
)
def test_ethereum_keys_that_are_refused(xpub: str, code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        check_ethereum_xpub(xpub)
    assert refused.value.code == code


@pytest.mark.parametrize("index", [-1, 2**31])
def test_hardened_and_negative_indices_have_no_public_key(index: int) -> None:
    with pytest.raises(ValueError, match="index"):
        bitcoin_address(ZPUB, index=index, network=MAIN)
