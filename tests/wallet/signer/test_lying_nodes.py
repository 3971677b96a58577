"""A first node that lies, and a second one that does not: no settlement, no second payment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.support.lying_node import LyingNode, lying_node
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, TO_FINAL, EthereumHouse
from tests.wallet.signer.house import approved, state_of
from tests.wallet.signer.telling import told
from wallet.assets import Asset, Network
from wallet.devnodes.bitcoin_node import BASE_HEIGHT
from wallet.models import PaymentAttempt, PaymentState, Withdrawal, WithdrawalState

pytestmark = pytest.mark.django_db

House = BitcoinHouse | EthereumHouse
LATER = timedelta(hours=2)
SENDING = {Network.BITCOIN: "sendrawtransaction", Network.ETHEREUM: "eth_sendRawTransaction"}


@pytest.fixture
def bitcoin_liar(bitcoin_house: BitcoinHouse, settings: Settings) -> Iterator[LyingNode]:
    with lying_node(bitcoin_house.node.url) as liar:
        settings.BITCOIN_RPC_URL = liar.url
        with bitcoin_house.reopened():
            bitcoin_house.fund(10**8)
            yield liar


@pytest.fixture
def ethereum_liar(ethereum_house: EthereumHouse, settings: Settings) -> Iterator[LyingNode]:
    with lying_node(ethereum_house.node.url) as liar:
        settings.ETHEREUM_RPC_URL = liar.url
        with ethereum_house.reopened():
            ethereum_house.fund(Asset.ETH, 20 * ETHER)
            yield liar


@pytest.fixture(params=["bitcoin", "ethereum"])
def liar(request: pytest.FixtureRequest) -> LyingNode:
    """The first node of `house`."""
    node: LyingNode = request.getfixturevalue(f"{request.param}_liar")
    return node


@pytest.fixture
def house(request: pytest.FixtureRequest, liar: LyingNode) -> House:
    name = next(name for name in request.fixturenames if name.endswith("_liar"))
    made: House = request.getfixturevalue(name.replace("_liar", "_house"))
    return made


@pytest.fixture
def withdrawal(house: House) -> Withdrawal:
    if isinstance(house, BitcoinHouse):
        return approved(house.address(), 100_000)
    return approved(house.address(), ETHER, Asset.ETH)


def received(house: House, withdrawal: Withdrawal) -> int:
    if isinstance(house, BitcoinHouse):
        return sum(house.received_sat(withdrawal.address))
    return house.balance(Asset.ETH, withdrawal.address)


def forget(house: House) -> None:
    """The true node has none of our transactions."""
    for attempt in PaymentAttempt.objects.all():
        house.node.drop_transaction(attempt.txid)


def assert_paid_once(house: House, withdrawal: Withdrawal) -> None:
    """By its one payment, when the node has stopped lying."""
    house.pay()
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert received(house, withdrawal) == withdrawal.amount_units
    assert house.payment().state == PaymentState.SETTLED


def say_it_is_final(house: House, liar: LyingNode) -> None:
    attempt = PaymentAttempt.objects.get()
    if isinstance(house, BitcoinHouse):
        block = house.node.block_hash(BASE_HEIGHT + 1)
        answer = {"hex": attempt.raw, "blockhash": block}
        liar.lies["getrawtransaction"] = lambda _m, asked, true: (
            answer if asked == [attempt.txid, True] else true
        )
        return
    house.mine(TO_FINAL)
    block = house.node.call("eth_getBlockByNumber", "0x1", False)["hash"]
    receipt = {
        "transactionHash": attempt.txid,
        "blockHash": block,
        "blockNumber": "0x1",
        "status": "0x1",
        "gasUsed": hex(21_000),
        "effectiveGasPrice": "0x1",
        "logs": [],
    }
    liar.lies["eth_getTransactionReceipt"] = lambda _m, asked, true: (
        receipt if asked == [attempt.txid] else true
    )


def test_what_only_one_node_has_in_a_block_is_not_settled(
    house: House, liar: LyingNode, withdrawal: Withdrawal
) -> None:
    house.pay()
    forget(house)
    say_it_is_final(house, liar)
    for _ in range(3):
        house.pay()
    assert state_of(withdrawal) == WithdrawalState.CONFIRMED
    assert received(house, withdrawal) == 0
    liar.be_honest()
    assert_paid_once(house, withdrawal)


def test_what_a_node_says_it_knows_and_drops_is_sent_until_it_is_there(
    house: House, liar: LyingNode, withdrawal: Withdrawal
) -> None:
    if isinstance(house, BitcoinHouse):
        liar.refuse(SENDING[Network.BITCOIN], -26, "txn-already-in-mempool")
    else:
        liar.refuse(SENDING[Network.ETHEREUM], -32000, "already known")
    for later in (timedelta(), timedelta(), LATER):
        house.pay(now=timezone.now() + later)
    assert PaymentAttempt.objects.count() == 2, "it waited too long"
    assert len(house.payments()) == 1
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    assert received(house, withdrawal) == 0
    liar.be_honest()
    assert_paid_once(house, withdrawal)


def test_a_nonce_is_taken_only_where_both_nodes_tell_it(
    ethereum_house: EthereumHouse, ethereum_liar: LyingNode
) -> None:
    """One that is too high would hold up this payment and all after it."""
    house = ethereum_house
    withdrawal = approved(house.address(), ETHER, Asset.ETH)
    ethereum_liar.lies["eth_getTransactionCount"] = five_more
    house.pay()
    assert house.payments() == []
    ethereum_liar.be_honest()
    assert_paid_once(house, withdrawal)
    assert house.payment().nonce == 0


@pytest.mark.parametrize("has_second", [True, False])
def test_a_nonce_that_a_node_says_is_used_is_not_paid_again(
    ethereum_house: EthereumHouse, ethereum_liar: LyingNode, has_second: bool
) -> None:
    """Even where it is alone: it has no transaction to show that used the nonce."""
    house = ethereum_house
    if not has_second:
        house.wallet = replace(house.wallet, second=None)
    withdrawal = approved(house.address(), ETHER, Asset.ETH)
    house.pay()
    forget(house)
    ethereum_liar.lies["eth_getTransactionCount"] = five_more
    ethereum_liar.refuse(SENDING[Network.ETHEREUM], -32000, "nonce too low")
    house.mine(2 * TO_FINAL)
    for _ in range(3):
        house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    assert len(house.payments()) == 1
    assert ("nonce_unproven" in told()) is not has_second
    ethereum_liar.be_honest()
    assert_paid_once(house, withdrawal)


def test_a_payment_whose_receipt_a_node_has_lost_is_not_paid_again(
    ethereum_house: EthereumHouse, ethereum_liar: LyingNode
) -> None:
    """It is alone, and its blocks still show that our own transaction used the nonce."""
    house = ethereum_house
    house.wallet = replace(house.wallet, second=None)
    withdrawal = approved(house.address(), ETHER, Asset.ETH)
    house.pay()
    house.mine(2 * TO_FINAL)
    for method in ("eth_getTransactionReceipt", "eth_getTransactionByHash"):
        ethereum_liar.tell(method, None)
    for _ in range(3):
        house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    assert len(house.payments()) == 1
    ethereum_liar.be_honest()
    assert_paid_once(house, withdrawal)


def test_the_first_attempt_settles_when_the_node_calls_the_next_ones_underpriced(
    house: House, liar: LyingNode, withdrawal: Withdrawal
) -> None:
    house.pay()
    if isinstance(house, BitcoinHouse):
        liar.refuse(SENDING[Network.BITCOIN], -26, "insufficient fee, rejecting replacement")
    else:
        liar.refuse(SENDING[Network.ETHEREUM], -32000, "replacement transaction underpriced")
    house.pay(now=timezone.now() + LATER)
    for _ in range(2):
        house.pay()
    attempts = list(PaymentAttempt.objects.order_by("number"))
    assert len(attempts) == 4
    for before, after in pairwise(attempts):
        assert after.fee_units * 10 >= before.fee_units * 11
        assert after.fee_units <= house.payment().fee_cap_units
    assert_paid_once(house, withdrawal)
    assert PaymentAttempt.objects.get(is_confirmed=True) == attempts[0]


def five_more(_method: str, _asked: list[Any], true: str) -> str:
    return hex(int(true, 16) + 5)
