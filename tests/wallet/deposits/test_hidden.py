"""Nodes that leave a payment out: nothing is passed over, and nothing taken back, on one's word."""

from typing import Any

import pytest

from tests.support.middleman import Middleman
from tests.wallet.deposits.site import (
    BitcoinSite,
    EthereumSite,
    player_with_address,
    the_deposit,
    won,
)
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.models import ChainCursor, Deposit, MoneyEvent
from wallet.withdrawals import frozen_reason

pytestmark = pytest.mark.django_db

ETH = 10**18
ONE = 10**6


def told(code: str) -> int:
    return MoneyEvent.objects.filter(kind=f"alert.{code}").count()


def without(address: str) -> Any:
    """Answers of a node that has no payment of a contract's to an address."""
    other = "0x" + "99" * 20

    def hide(method: str, _params: list[Any], result: Any) -> Any:
        if method == "trace_block":
            for trace in result:
                action = trace["action"]
                if trace["traceAddress"] and str(action.get("to")).lower() == address.lower():
                    action["to"] = other
        return result

    return hide


def forwarded(ethereum: EthereumSite, liar: Middleman) -> tuple[int, str, str]:
    """A credited payment of a contract's: player, address, raw transaction."""
    user_id, address = player_with_address("ethereum")
    txid = ethereum.node.transact(
        ethereum.tokens.forwarder, "forward(address)", address, value_wei=ETH // 10
    )
    ethereum.mine(5)
    ethereum.scan_calmly()
    assert won(user_id) == 495_000
    return user_id, address, ethereum.node.raw_transaction(txid)


def test_a_credit_is_not_reversed_because_one_node_leaves_it_out(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    user_id, address, raw = forwarded(ethereum, liar)
    liar.tamper = without(address)
    ethereum.node.reorganise(5, [(raw, 1)])
    for _ in range(2):
        assert ethereum.scan().trouble == "nodes_disagree"
        assert (the_deposit().state, won(user_id)) == ("credited", 495_000)
        assert frozen_reason(user_id) == "deposit_unplaced"
    assert told("nodes_disagree") == 1
    liar.tamper = None
    ethereum.scan_calmly()
    assert (the_deposit().state, won(user_id)) == ("credited", 495_000)
    assert frozen_reason(user_id) == ""
    assert told("deposit_reversed") == 0


def test_a_credit_is_reversed_when_both_nodes_have_it_no_more(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    user_id, _, _ = forwarded(ethereum, liar)
    ethereum.node.reorganise(5)
    assert ethereum.scan().trouble == ""
    assert (the_deposit().state, won(user_id)) == ("reversed", 0)


def test_a_second_node_that_is_not_there_yet_delays_the_reversal(
    bitcoin: BitcoinSite, laggard: Middleman
) -> None:
    user_id, address = player_with_address("bitcoin")
    bitcoin.pay(address, 500_000, depth=1)
    bitcoin.scan_calmly()
    bitcoin.branch(1)
    late = bitcoin.node.height()

    def behind(method: str, params: list[Any], result: Any) -> Any:
        return None if method == "getblockhash" and params[0] >= late else result

    laggard.tamper = behind
    assert bitcoin.scan().trouble != ""
    assert (the_deposit().state, won(user_id)) == ("credited", 495_000)
    laggard.tamper = None
    bitcoin.scan_calmly()
    assert the_deposit().state in {"seen", "reversed"}
    assert won(user_id) == 0


@pytest.fixture
def token_paid(ethereum: EthereumSite) -> int:
    """A player who is paid in the next block that is read."""
    user_id, address = player_with_address("ethereum")
    ethereum.scan_calmly()
    ethereum.node.mint_token(ethereum.tokens.usdt, address, 25 * ONE)
    ethereum.mine(5)
    return user_id


def test_an_index_that_has_no_events_of_a_block_is_not_believed(
    ethereum: EthereumSite, liar: Middleman, token_paid: int
) -> None:
    height = ChainCursor.objects.get().height

    def nothing(method: str, _params: list[Any], result: Any) -> Any:
        return [] if method == "eth_getLogs" else result

    liar.tamper = nothing
    for _ in range(2):
        assert ethereum.scan().trouble == "node_answer_invalid"
        assert ChainCursor.objects.get().height == height
    assert told("node_answer_invalid") == 1
    assert not Deposit.objects.exists()
    liar.tamper = None
    ethereum.scan_calmly()
    assert won(token_paid) == 25 * 1_386


def test_an_index_that_leaves_out_one_of_several_events_is_not_believed(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    """Two players are paid the same token in one block, and the node tells of one."""
    (first, to_first), (second, to_second) = (player_with_address("ethereum") for _ in range(2))
    ethereum.scan_calmly()
    for address in (to_first, to_second):
        ethereum.node.mint_token(ethereum.tokens.usdt, address, 25 * ONE)
    ethereum.mine(5)
    hidden = to_second[2:].lower()

    def all_but_one(method: str, _params: list[Any], result: Any) -> Any:
        if method != "eth_getLogs":
            return result
        return [log for log in result if hidden not in log["topics"][2]]

    liar.tamper = all_but_one
    assert ethereum.scan().trouble == "node_answer_invalid"
    assert not Deposit.objects.exists()
    liar.tamper = None
    ethereum.scan_calmly()
    assert (won(first), won(second)) == (25 * 1_386, 25 * 1_386)
    assert len(set(Deposit.objects.values_list("block_hash", flat=True))) == 1


def test_receipts_that_are_not_the_headers_are_not_believed(
    ethereum: EthereumSite, liar: Middleman, token_paid: int
) -> None:
    height = ChainCursor.objects.get().height

    def nothing(method: str, _params: list[Any], result: Any) -> Any:
        if method == "eth_getBlockReceipts":
            return [receipt | {"logs": []} for receipt in result]
        return [] if method == "eth_getLogs" else result

    liar.tamper = nothing
    assert ethereum.scan().trouble == "node_answer_invalid"
    assert ChainCursor.objects.get().height == height
    liar.tamper = None
    ethereum.scan_calmly()
    assert won(token_paid) == 25 * 1_386


def test_a_bloom_that_only_seems_to_have_an_event_stops_nothing(
    ethereum: EthereumSite, liar: Middleman
) -> None:
    """An event of the token's that is no transfer, and a transfer that is not the token's."""
    _, address = player_with_address("ethereum")
    node: EthereumNode = ethereum.node
    node.transact(ethereum.tokens.usdc, "approve(address,uint256)", address, 5)
    node.transact(
        ethereum.tokens.fake,
        "pretend(address,address,uint256)",
        node.accounts[3],
        node.accounts[4],
        1,
    )
    ethereum.mine()
    asked = []

    def listen(method: str, _params: list[Any], result: Any) -> Any:
        asked.append(method)
        return result

    liar.tamper = listen
    ethereum.scan_calmly()
    assert asked.count("eth_getBlockReceipts") == 1
    assert ChainCursor.objects.get().height == node.height()


def test_a_node_without_blooms_is_not_believed(
    ethereum: EthereumSite, liar: Middleman, token_paid: int
) -> None:
    def without_blooms(method: str, _params: list[Any], result: Any) -> Any:
        return result | {"logsBloom": "0x"} if method == "eth_getBlockByHash" else result

    liar.tamper = without_blooms
    assert ethereum.scan().trouble == "node_answer_invalid"
    assert won(token_paid) == 0
