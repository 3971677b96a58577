"""What the nodes and contracts of the settings must be before anything is signed."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.support.lying_node import LyingNode, lying_node
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import approved, state_of
from tests.wallet.signer.telling import told
from wallet.assets import Asset, Network
from wallet.chains.errors import NodesDisagree, WrongChain
from wallet.keys.signing import Secret
from wallet.models import MoneyEvent, PaymentState, Withdrawal, WithdrawalState
from wallet.signer import ethereum, passes
from wallet.signer.errors import NetworkClosed
from wallet.signer.locks import only_signer
from wallet.signer.wallets import open_wallet
from wallet.tasks.signing import sign_payments

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_bitcoin(bitcoin_house: BitcoinHouse, settings: Settings) -> Iterator[LyingNode]:
    with lying_node(bitcoin_house.node.url) as node:
        settings.BITCOIN_RPC_URL_2 = node.url
        yield node


@pytest.fixture
def second_ethereum(ethereum_house: EthereumHouse, settings: Settings) -> Iterator[LyingNode]:
    with lying_node(ethereum_house.node.url) as node:
        settings.ETHEREUM_RPC_URL_2 = node.url
        yield node


def opened(network: Network, seed: Secret) -> None:
    with open_wallet(network, seed):
        pass


def test_a_second_node_of_another_network_is_refused(
    second_bitcoin: LyingNode, second_ethereum: LyingNode, wallet_seed: Secret
) -> None:
    second_bitcoin.tell("getblockchaininfo", {"chain": "main", "initialblockdownload": False})
    second_ethereum.tell("eth_chainId", "0x1")
    for network in Network:
        with pytest.raises(WrongChain):
            opened(network, wallet_seed)


def test_a_second_node_whose_chain_begins_differently_is_refused(
    bitcoin_house: BitcoinHouse,
    second_bitcoin: LyingNode,
    second_ethereum: LyingNode,
    wallet_seed: Secret,
) -> None:
    another = bitcoin_house.node.block_hash(1)
    second_bitcoin.lies["getblockhash"] = lambda _m, asked, true: another if asked == [0] else true
    second_bitcoin.lies["getblockheader"] = lambda _m, asked, true: (
        true | {"height": 0} if asked == [another, True] else true
    )
    with pytest.raises(WrongChain):
        opened(Network.BITCOIN, wallet_seed)
    second_ethereum.lies["eth_getBlockByNumber"] = lambda _m, asked, true: (
        true | {"hash": "0x" + "11" * 32} if asked[0] == "0x0" else true
    )
    with pytest.raises(NodesDisagree):
        opened(Network.ETHEREUM, wallet_seed)


def test_the_main_networks_chain_begins_as_everybody_knows(
    ethereum_house: EthereumHouse, settings: Settings
) -> None:
    """A node that has only the number of the main network."""
    with lying_node(ethereum_house.node.url) as node:
        node.tell("eth_chainId", "0x1")
        settings.ETHEREUM_CHAIN_ID = 1
        settings.ETHEREUM_RPC_URL, settings.ETHEREUM_RPC_URL_2 = node.url, ""
        with pytest.raises(WrongChain, match="begins"):
            opened(Network.ETHEREUM, ethereum_house.seed)


def test_a_second_node_that_changes_its_network_later_stops_the_pass(
    ethereum_house: EthereumHouse, second_ethereum: LyingNode
) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, 20 * ETHER)
    approved(house.address(), ETHER, Asset.ETH)
    with house.reopened():
        second_ethereum.tell("eth_chainId", "0x1")
        for one_pass in (passes.run, passes.sweep):
            with pytest.raises(WrongChain):
                one_pass(house.wallet)
        assert house.payments() == []


def test_staff_hear_of_a_node_of_another_network(
    second_ethereum: LyingNode, wallet_seed: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet.tasks.signing._seed", lambda: wallet_seed)
    second_ethereum.tell("eth_chainId", "0x1")
    sign_payments()
    assert "wrong_chain" in told()


def test_nothing_is_signed_of_a_token_whose_contract_is_another(
    ethereum_house: EthereumHouse, settings: Settings
) -> None:
    """Its decimals are ETH's; what the other assets have to be paid is paid."""
    house = ethereum_house
    house.fund(Asset.ETH, 20 * ETHER)
    house.fund(Asset.USDC, 5_000_000)
    waiting = approved(house.address(), 5_000_000, Asset.USDC)
    paid = approved(house.address(), ETHER, Asset.ETH)
    settings.USDC_CONTRACT = house.node.deploy("OrdinaryToken", "Coin", "USDC", 18)
    with house.reopened():
        assert house.wallet.assets == (Asset.ETH, Asset.USDT)
        house.pay()
        house.sweep()
    waiting.refresh_from_db()
    paid.refresh_from_db()
    assert waiting.state == WithdrawalState.APPROVED
    assert paid.state == WithdrawalState.BROADCAST
    assert [payment.asset for payment in house.payments()] == [Asset.ETH]
    assert {"contract_invalid", "token_refused"} <= told()


def test_a_prepared_payment_of_such_a_token_is_given_up(
    ethereum_house: EthereumHouse, settings: Settings
) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, 20 * ETHER)
    house.fund(Asset.USDC, 5_000_000)
    approved(house.address(), 5_000_000, Asset.USDC)
    with only_signer(Network.ETHEREUM):
        ethereum.prepare(house.wallet)
    settings.USDC_CONTRACT = house.node.deploy("OrdinaryToken", "Coin", "USDC", 18)
    with house.reopened():
        house.pay()
    assert house.payment().state == PaymentState.DROPPED


def test_contracts_and_first_blocks_are_asked_for_once(
    ethereum_house: EthereumHouse, second_ethereum: LyingNode, wallet_seed: Secret
) -> None:
    opened(Network.ETHEREUM, wallet_seed)
    assert "eth_getCode" in second_ethereum.asked
    second_ethereum.asked.clear()
    opened(Network.ETHEREUM, wallet_seed)
    assert second_ethereum.asked == []


def waiting(house: BitcoinHouse | EthereumHouse) -> Withdrawal:
    """A withdrawal that the hot wallet can pay."""
    if isinstance(house, BitcoinHouse):
        house.fund(10**8)
        return approved(house.address(), 100_000)
    house.fund(Asset.ETH, 20 * ETHER)
    return approved(house.address(), ETHER, Asset.ETH)


@pytest.mark.parametrize("network", Network)
@pytest.mark.parametrize("missing", ["RPC_URL", "HOT_ADDRESS"])
def test_a_network_that_is_not_set_up_waits_and_the_other_one_is_served(
    bitcoin_house: BitcoinHouse,
    ethereum_house: EthereumHouse,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    network: Network,
    missing: str,
) -> None:
    """Staff have chosen so, and are not told of it."""
    seed = bitcoin_house.seed
    monkeypatch.setattr("wallet.tasks.signing._seed", lambda: seed)
    here, there = waiting(bitcoin_house), waiting(ethereum_house)
    if network is Network.ETHEREUM:
        here, there = there, here
    name = f"{network.upper()}_{missing}"
    before = getattr(settings, name)
    setattr(settings, name, "")
    with pytest.raises(NetworkClosed) as closed:
        opened(network, seed)
    assert (closed.value.code, closed.value.detail) == ("network_closed", network)
    sign_payments()
    assert (state_of(here), state_of(there)) == (
        WithdrawalState.APPROVED,
        WithdrawalState.BROADCAST,
    )
    assert [payment.network for payment in bitcoin_house.payments()] != [network]
    assert told() == set()
    setattr(settings, name, before)
    sign_payments()
    assert state_of(here) == WithdrawalState.BROADCAST


@pytest.mark.parametrize("network", Network)
@pytest.mark.parametrize("second", ["", "{first}/"])
def test_nothing_is_signed_on_one_node_where_two_are_required(
    request: pytest.FixtureRequest,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    network: Network,
    second: str,
) -> None:
    house = request.getfixturevalue(f"{network}_house")
    monkeypatch.setattr("wallet.tasks.signing._seed", lambda: house.seed)
    withdrawal = waiting(house)
    settings.REQUIRE_SECOND_NODE = True
    name = f"{network.upper()}_RPC_URL_2"
    setattr(settings, name, second.format(first=house.node.url))
    for _ in range(2):
        sign_payments()
    alert = MoneyEvent.objects.get(kind__startswith="alert.")
    assert (alert.kind, alert.subject) == ("alert.second_node_needed", f"chain:{network}")
    assert state_of(withdrawal) == WithdrawalState.APPROVED
    assert house.payments() == []
    with lying_node(house.node.url) as another:
        setattr(settings, name, another.url)
        sign_payments()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
