"""What the nodes and contracts of the settings must be before anything is signed."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.support.lying_node import LyingNode, lying_node
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import approved
from tests.wallet.signer.telling import told
from wallet.assets import Asset, Network
from wallet.chains.errors import NodesDisagree, WrongChain
from wallet.keys.signing import Secret
from wallet.models import PaymentState, WithdrawalState
from wallet.signer import ethereum, passes
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
