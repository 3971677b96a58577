"""Nodes that lie, lag, are silent or serve something else: no credit and no reversal."""

from typing import Any

import pytest
from pytest_django import Settings

from poker_site.embedded.registry import free_port
from tests.support.middleman import Middleman
from tests.wallet.deposits.site import (
    BitcoinSite,
    EthereumSite,
    player_with_address,
    the_deposit,
    won,
)
from wallet.deposits import credit_ready
from wallet.models import ChainCursor, Deposit, MoneyEvent

pytestmark = pytest.mark.django_db

ETH = 10**18


def test_a_node_that_invents_a_token_payment_is_found_out(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    user_id, address = player_with_address("ethereum")
    ethereum.node.mint_token(ethereum.tokens.usdt, address, 1_000_000)
    ethereum.mine(5)
    honest = f"{1_000_000:064x}"

    def a_hundred_times_as_much(method: str, _params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs":
            logs = result
        elif method == "eth_getTransactionReceipt":
            logs = result["logs"]
        else:
            return result
        for log in logs:
            log["data"] = log["data"].replace(honest, f"{100_000_000:064x}")
        return result

    liar.tamper = a_hundred_times_as_much
    for _ in range(2):
        assert ethereum.scan().trouble == "nodes_disagree"
    assert (the_deposit(user_id=user_id).state, won(user_id)) == ("confirming", 0)
    assert MoneyEvent.objects.filter(kind="alert.nodes_disagree").count() == 1


def test_a_node_that_calls_the_newest_block_safe_is_not_believed_alone(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    user_id, address = player_with_address("ethereum")
    ethereum.node.send(address, ETH // 10)
    ethereum.mine(2)
    newest = ethereum.node.call("eth_getBlockByNumber", "latest", False)

    def hasty(method: str, params: list[Any], result: Any) -> Any:
        return newest if method == "eth_getBlockByNumber" and params[0] == "safe" else result

    liar.tamper = hasty
    ethereum.scan_calmly()
    assert (the_deposit(user_id=user_id).state, won(user_id)) == ("confirming", 0)


def test_one_node_alone_cannot_undo_a_credit(ethereum: EthereumSite, liar: Middleman) -> None:
    user_id, address = player_with_address("ethereum")
    ethereum.node.send(address, ETH // 10)
    ethereum.mine(5)
    ethereum.scan_calmly()
    assert won(user_id) == 495_000
    fork = ChainCursor.objects.get().height - 5

    def another_history(method: str, _params: list[Any], result: Any) -> Any:
        height = int(result["number"], 16) if method == "eth_getBlockByNumber" else fork
        names = [name for name, above in (("hash", 0), ("parentHash", 1)) if height > fork + above]
        return result | {name: "0x" + result[name][:1:-1] for name in names} if names else result

    liar.tamper = another_history
    ethereum.mine()
    assert ethereum.scan().trouble == "nodes_disagree"
    assert (the_deposit(user_id=user_id).state, won(user_id)) == ("credited", 495_000)
    liar.tamper = None
    ethereum.scan_calmly()


def test_a_node_that_names_a_block_it_does_not_have_is_not_waited_for(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    _, address = player_with_address("ethereum")
    ethereum.node.send(address, ETH // 10)
    ethereum.mine(5)

    def lost(method: str, _params: list[Any], result: Any) -> Any:
        return None if method == "eth_getBlockByHash" else result

    liar.tamper = lost
    assert ethereum.scan().trouble == "block_not_found"
    liar.tamper = None
    ethereum.scan_calmly()
    assert the_deposit().state == "credited"


def test_a_second_node_that_lags_delays_the_credit(
    bitcoin: BitcoinSite, laggard: Middleman
) -> None:
    user_id, address = player_with_address("bitcoin")
    before = bitcoin.node.tip()
    bitcoin.pay(address, 500_000, depth=2)

    def late(method: str, _params: list[Any], result: Any) -> Any:
        return before if method == "getbestblockhash" else result

    laggard.tamper = late
    bitcoin.scan_calmly()
    deposit = the_deposit(user_id=user_id)
    assert (deposit.state, deposit.confirmations, won(user_id)) == ("confirming", 2, 0)
    laggard.tamper = None
    bitcoin.scan_calmly()
    assert won(user_id) == 495_000


def test_a_first_node_that_falls_back_undoes_nothing(
    bitcoin: BitcoinSite, settings: Settings
) -> None:
    user_id, address = player_with_address("bitcoin")
    before = bitcoin.node.tip()
    bitcoin.pay(address, 500_000, depth=2)
    bitcoin.scan_calmly()

    def late(method: str, _params: list[Any], result: Any) -> Any:
        return before if method == "getbestblockhash" else result

    with Middleman(bitcoin.node.url, late) as middleman:
        settings.BITCOIN_RPC_URL = middleman.url
        assert bitcoin.scan().trouble == "node_behind"
    assert (the_deposit(user_id=user_id).state, won(user_id)) == ("credited", 495_000)


@pytest.mark.parametrize("which", ["BITCOIN_RPC_URL", "BITCOIN_RPC_URL_2"])
def test_a_silent_node_delays_the_credit(
    bitcoin: BitcoinSite, settings: Settings, which: str
) -> None:
    user_id, address = player_with_address("bitcoin")
    bitcoin.scan_calmly()
    bitcoin.pay(address, 500_000, depth=1)
    url = getattr(settings, which)
    setattr(settings, which, f"http://127.0.0.1:{free_port()}")
    assert bitcoin.scan().trouble == "node_unavailable"
    assert won(user_id) == 0
    assert ChainCursor.objects.get().trouble.startswith("node_unavailable")
    assert not MoneyEvent.objects.filter(kind="alert.node_unavailable").exists()
    setattr(settings, which, url)
    bitcoin.scan_calmly()
    assert won(user_id) == 495_000
    assert ChainCursor.objects.get().trouble == ""


def test_without_the_second_node_that_is_required_nothing_is_credited(
    bitcoin: BitcoinSite, settings: Settings
) -> None:
    user_id, address = player_with_address("bitcoin")
    bitcoin.pay(address, 500_000, depth=1)
    settings.REQUIRE_SECOND_NODE = True
    settings.BITCOIN_RPC_URL_2 = ""
    assert bitcoin.scan().trouble == "second_node_missing"
    assert (the_deposit(user_id=user_id).state, won(user_id)) == ("confirming", 0)
    settings.REQUIRE_SECOND_NODE = False
    bitcoin.scan_calmly()
    assert won(user_id) == 495_000


def test_the_first_node_again_is_no_second_one(bitcoin: BitcoinSite, settings: Settings) -> None:
    user_id, address = player_with_address("bitcoin")
    bitcoin.pay(address, 500_000, depth=1)
    settings.REQUIRE_SECOND_NODE = True
    for again in (settings.BITCOIN_RPC_URL, f"{settings.BITCOIN_RPC_URL}/"):
        settings.BITCOIN_RPC_URL_2 = again
        assert bitcoin.scan().trouble == "second_node_missing"
    assert (the_deposit(user_id=user_id).state, won(user_id)) == ("confirming", 0)
    with Middleman(bitcoin.node.url) as another:
        settings.BITCOIN_RPC_URL_2 = another.url
        bitcoin.scan_calmly()
    assert won(user_id) == 495_000


def test_that_holds_for_ethereum_too(ethereum: EthereumSite, settings: Settings) -> None:
    user_id, address = player_with_address("ethereum")
    ethereum.node.send(address, ETH // 10)
    ethereum.mine(5)
    settings.REQUIRE_SECOND_NODE = True
    assert ethereum.scan().trouble == "second_node_missing"
    assert (the_deposit(user_id=user_id).state, won(user_id)) == ("confirming", 0)


def test_staff_hear_once_of_a_node_that_contradicts_itself(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    """It told a payment, and does not when it is asked again; every pass asks."""
    user_id, address = player_with_address("ethereum")
    ethereum.node.mint_token(ethereum.tokens.usdt, address, 1_000_000)
    ethereum.mine(1)
    ethereum.scan_calmly()
    ethereum.mine(4)
    honest = f"{1_000_000:064x}"

    def less(method: str, _params: list[Any], result: Any) -> Any:
        if method == "eth_getTransactionReceipt":
            for log in result["logs"]:
                log["data"] = log["data"].replace(honest, f"{1:064x}")
        return result

    liar.tamper = less
    for _ in range(3):
        ethereum.scan()
    assert (the_deposit(user_id=user_id).state, won(user_id)) == ("confirming", 0)
    assert MoneyEvent.objects.filter(kind="alert.node_contradicts_itself").count() == 1


def test_a_node_of_another_network_is_not_read(bitcoin: BitcoinSite, settings: Settings) -> None:
    player_with_address("bitcoin")
    bitcoin.scan_calmly()
    height = ChainCursor.objects.get().height
    bitcoin.mine()
    settings.BITCOIN_NETWORK = "signet"
    assert bitcoin.scan().trouble == "wrong_chain"
    assert ChainCursor.objects.get().height == height
    assert MoneyEvent.objects.filter(kind="alert.wrong_chain").count() == 1


def test_nonsense_from_a_node_stops_the_scan_and_tells_staff(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    _, address = player_with_address("ethereum")
    ethereum.node.send(address, ETH // 10)
    ethereum.mine(5)

    def without_traces(method: str, _params: list[Any], result: Any) -> Any:
        return [] if method == "trace_block" else result

    liar.tamper = without_traces
    assert ethereum.scan().trouble == "node_answer_invalid"
    assert not Deposit.objects.exists()
    liar.tamper = None
    ethereum.scan_calmly()
    assert the_deposit().state == "credited"


def test_credits_can_be_asked_for_without_a_scan(bitcoin: BitcoinSite) -> None:
    user_id, address = player_with_address("bitcoin")
    bitcoin.pay(address, 5_000_000, depth=1)
    bitcoin.scan_calmly()
    assert credit_ready("bitcoin") == 0
    bitcoin.mine(2)
    assert credit_ready("bitcoin") == 1
    assert won(user_id) == 4_950_000
