"""Which typed addresses are accepted, in which form, and why others are not."""

import contextlib

import pytest
from embit import script as embit_script
from eth_utils.address import to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.chains.types import Asset, BitcoinNetwork
from wallet.keys.addresses import (
    normalise_address,
    parse_bitcoin_address,
    parse_ethereum_address,
)
from wallet.keys.errors import AddressRefused

MAIN, TEST, REGTEST = BitcoinNetwork.MAIN, BitcoinNetwork.TEST, BitcoinNetwork.REGTEST
TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"

# EIP-55, test vectors.
EIP55 = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


def refusal(asset: Asset, text: str, network: BitcoinNetwork = MAIN) -> str:
    with pytest.raises(AddressRefused) as refused:
        normalise_address(asset, text, bitcoin_network=network)
    assert refused.value.message
    return refused.value.code


@pytest.mark.parametrize("address", EIP55)
def test_vectors_of_eip_55(address: str) -> None:
    assert parse_ethereum_address(address) == address
    assert parse_ethereum_address(address.lower()) == address
    assert parse_ethereum_address("0x" + address[2:].upper()) == address
    assert parse_ethereum_address(f"  {address}\n") == address


@settings(deadline=None)
@given(st.binary(min_size=20, max_size=20).filter(lambda raw: any(raw[:18])))
def test_checksums_are_those_of_eth_utils(raw: bytes) -> None:
    assert parse_ethereum_address("0x" + raw.hex()) == to_checksum_address(raw)


@settings(deadline=None)
@given(st.sampled_from(EIP55[4:]), st.integers(2, 41))
def test_one_letter_of_the_other_case_is_a_typing_error(address: str, place: int) -> None:
    wrong = address[:place] + address[place].swapcase() + address[place + 1 :]
    if wrong == address:
        assert parse_ethereum_address(wrong) == address
    else:
        assert refusal(Asset.ETH, wrong) == "address_checksum"


@pytest.mark.parametrize("asset", [Asset.ETH, Asset.USDT, Asset.USDC])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "address_empty"),
        ("  ", "address_empty"),
        ("0x", "address_malformed"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "address_malformed"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd", "address_malformed"),
        ("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "address_malformed"),
        ("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "address_malformed"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg", "address_malformed"),
        ("0x" + "٣" * 40, "address_malformed"),
        ("vitalik.eth", "address_malformed"),
        ("0x" + "1" * 1_000_000, "address_malformed"),
        ("0x" + "0" * 40, "address_zero"),
        ("0x" + "0" * 39 + "1", "address_zero"),
        ("0x000000000000000000000000000000000000dEaD", "address_zero"),
        ("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", "address_wrong_network"),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "address_wrong_network"),
        # Tron, where USDT is at home, too.
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "address_wrong_network"),
    ],
)
def test_ethereum_addresses_that_are_refused(asset: Asset, text: str, code: str) -> None:
    assert refusal(asset, text) == code


@pytest.mark.parametrize(
    ("network", "address", "script"),
    [
        # BIP173 and BIP350, test vectors of versions 0 and 1.
        (
            MAIN,
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "0014751e76e8199196d454941c45d1b3a323f1433bd6",
        ),
        (
            TEST,
            "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
            "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
        ),
        (
            TEST,
            "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
            "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
        ),
        (
            TEST,
            "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
            "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
        ),
        (MAIN, TAPROOT, "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        (
            MAIN,
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
            "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac",
        ),
        (
            MAIN,
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87",
        ),
        (
            REGTEST,
            "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
            "76a914243f1394f44554f4ce3fd68649c19adc483ce92488ac",
        ),
    ],
)
def test_bitcoin_addresses_and_their_scripts(
    network: BitcoinNetwork, address: str, script: str
) -> None:
    parsed = parse_bitcoin_address(address, network)
    assert parsed.script == script
    assert (
        parsed.script
        == embit_script.address_to_scriptpubkey(
            address.lower() if address.isupper() else address
        ).data.hex()
    )
    assert parsed.address in {address, address.lower()}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "address_empty"),
        ("bc1", "address_malformed"),
        ("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyb", "address_malformed"),
        ("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyv", "address_checksum"),
        ("bc1qCR8te4kr609gcawutmrza0j4xv80jy8z306fyu", "address_malformed"),
        ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "address_wrong_network"),
        ("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "address_wrong_network"),
        ("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "address_wrong_network"),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "address_checksum"),
        ("1111111111111111111114oLvT2", "address_zero"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "address_wrong_network"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "address_wrong_network"),
        # BIP350, invalid: bech32 for version 1, and bech32m for version 0.
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "address_checksum"),
        ("bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47", "address_checksum"),
        # Versions that have no meaning yet, and one that anybody may spend.
        ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "address_unsupported"),
        ("bc1sw50qgdz25j", "address_unsupported"),
        ("bc1pfeessrawgf", "address_unsupported"),
        ("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "address_unsupported"),
        ("q" * 10_000, "address_malformed"),
    ],
)
def test_bitcoin_addresses_that_are_refused(text: str, code: str) -> None:
    assert refusal(Asset.BTC, text) == code


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_accepted_or_refused(text: str) -> None:
    for asset in (Asset.BTC, Asset.ETH):
        with contextlib.suppress(AddressRefused):
            address = normalise_address(asset, text, bitcoin_network=MAIN)
            assert normalise_address(asset, address, bitcoin_network=MAIN) == address


@settings(deadline=None)
@given(st.integers(0, len(TAPROOT) - 1), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_a_mistyped_letter_never_pays_somebody_else(place: int, letter: str) -> None:
    typed = TAPROOT[:place] + letter + TAPROOT[place + 1 :]
    if typed != TAPROOT:
        assert refusal(Asset.BTC, typed) in {"address_checksum", "address_malformed"}
