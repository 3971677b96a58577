"""Deposit addresses: whose they are, in which order they come, and what is ours."""

from functools import partial

import pytest
from django.test.utils import override_settings
from pytest_django import Settings

from tests.wallet.house import at_once, execute, make_player, refused
from wallet.addressing import (
    MAX_ADDRESSES_PER_USER,
    AddressesUsedUp,
    NetworkNotOffered,
    addresses_of,
    deposit_address,
    is_ours,
    new_deposit_address,
)
from wallet.assets import Network
from wallet.keys.signing import DEPOSITS, ethereum_keys, load_seed
from wallet.models import DepositAddress

# The test vector of BIP84: account 0 of the mnemonic below, and its first two addresses.
ABANDON = "abandon " * 11 + "about"
ZPUB = (
    "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31m"
    "GDtKsAYz2oz2AGutZYs"
)
FIRST = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
SECOND = "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"
# The same mnemonic at m/44'/60'/0'/0/0, as common wallets show it.
FIRST_ETHEREUM = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
HOT = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
COLD = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
USDT = "0xdAC17F958D2ee523a2206206994597C13D831ec7"


@pytest.fixture(autouse=True)
def keys(db: None, settings: Settings) -> None:
    seed = load_seed({"WALLET_SIGNER": "1", "WALLET_SEED": ABANDON})
    settings.BITCOIN_NETWORK = "main"
    settings.BITCOIN_RPC_URL = settings.ETHEREUM_RPC_URL = "http://127.0.0.1:1"
    settings.BITCOIN_XPUB = ZPUB
    settings.ETHEREUM_XPUB = ethereum_keys(seed).account_xpub(DEPOSITS)
    settings.ETHEREUM_HOT_ADDRESS = HOT.lower()
    settings.BITCOIN_COLD_ADDRESS = COLD
    settings.USDT_CONTRACT = USDT


def test_addresses_are_those_of_the_published_vectors() -> None:
    first, second = make_player(), make_player()
    assert deposit_address(user_id=first, network="bitcoin").address == FIRST
    row = deposit_address(user_id=second, network="bitcoin")
    assert (row.address, row.derivation_index) == (SECOND, 1)
    assert row.script == "00149c90f934ea51fa0f6504177043e0908da6929983"
    ethereum = deposit_address(user_id=second, network="ethereum")
    assert (ethereum.address, ethereum.script) == (FIRST_ETHEREUM, "")


def test_a_player_keeps_the_address_until_a_new_one_is_asked_for() -> None:
    player = make_player()
    first = deposit_address(user_id=player, network="bitcoin")
    assert deposit_address(user_id=player, network="bitcoin") == first
    second = new_deposit_address(user_id=player, network="bitcoin")
    assert deposit_address(user_id=player, network="bitcoin") == second
    assert addresses_of(user_id=player, network="bitcoin") == [second, first]


def test_addresses_of_one_player_are_limited() -> None:
    player = make_player()
    for _ in range(MAX_ADDRESSES_PER_USER):
        new_deposit_address(user_id=player, network="ethereum")
    with pytest.raises(AddressesUsedUp):
        new_deposit_address(user_id=player, network="ethereum")


@pytest.mark.django_db(transaction=True)
def test_players_who_ask_at_once_get_indices_without_gaps_and_one_first_address_each() -> None:
    players = [make_player() for _ in range(6)]
    at_once([partial(deposit_address, user_id=player, network="bitcoin") for player in players * 4])
    rows = DepositAddress.objects.order_by("id").values_list("derivation_index", flat=True)
    assert list(rows) == list(range(6))
    assert set(DepositAddress.objects.values_list("user_id", flat=True)) == set(players)


@pytest.mark.parametrize(
    ("network", "missing"),
    [
        ("bitcoin", {"BITCOIN_RPC_URL": ""}),
        ("bitcoin", {"BITCOIN_XPUB": ""}),
        ("bitcoin", {"BITCOIN_XPUB": "zpub-with-a-typing-error"}),
        ("bitcoin", {"BITCOIN_NETWORK": "regtest"}),
        ("ethereum", {"ETHEREUM_XPUB": ZPUB}),
        ("ethereum", {"ETHEREUM_RPC_URL": ""}),
    ],
)
def test_no_address_without_a_node_and_a_good_key(network: str, missing: dict[str, str]) -> None:
    with override_settings(**missing), pytest.raises(NetworkNotOffered) as refusal:
        deposit_address(user_id=make_player(), network=network)
    assert refusal.value.code == "network_not_offered"
    assert not DepositAddress.objects.exists()


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(ValueError, match="tron"):
        deposit_address(user_id=make_player(), network="tron")


@pytest.mark.parametrize(
    ("network", "address", "ours"),
    [
        ("bitcoin", FIRST, True),
        ("bitcoin", FIRST.upper(), True),
        ("bitcoin", SECOND, False),
        ("bitcoin", COLD, True),
        ("bitcoin", FIRST_ETHEREUM, False),
        ("bitcoin", "", False),
        ("ethereum", FIRST_ETHEREUM, True),
        ("ethereum", FIRST_ETHEREUM.lower(), True),
        ("ethereum", HOT, True),
        ("ethereum", USDT, True),
        ("ethereum", "0x" + "0" * 40, False),
        ("ethereum", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", False),
        ("ethereum", FIRST, False),
    ],
)
def test_what_is_ours(network: str, address: str, ours: bool) -> None:
    player = make_player()
    for each in Network:
        deposit_address(user_id=player, network=each)
    assert is_ours(network=network, address=address) is ours


def test_the_database_lets_no_address_change_hands() -> None:
    row = deposit_address(user_id=make_player(), network="bitcoin")
    other = make_player()
    with refused("wallet_identity_fixed"):
        execute("UPDATE wallet_depositaddress SET user_id = %s WHERE id = %s", [other, row.pk])
