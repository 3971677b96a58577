"""Answers of nodes: what was sent before counts as sent, and no answer means nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import approved
from tests.wallet.signer.telling import told
from wallet.assets import Asset
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.errors import NodeUnavailable
from wallet.chains.types import TxState
from wallet.models import PaymentAttempt, PaymentState, Policy, Withdrawal, WithdrawalState
from wallet.policies import policy
from wallet.signer import bitcoin, ethereum
from wallet.signer.locks import only_signer
from wallet.signer.sending import send

pytestmark = pytest.mark.django_db

House = BitcoinHouse | EthereumHouse
# More than an attempt may wait on either network.
LATER = timedelta(hours=2)


@pytest.fixture(params=["bitcoin", "ethereum"])
def house(request: pytest.FixtureRequest) -> House:
    """A house with a signed payment that was not sent, as far as the database knows."""
    made: House = request.getfixturevalue(f"{request.param}_house")
    with only_signer(made.wallet.network):
        if isinstance(made, BitcoinHouse):
            made.fund(10**8)
            approved(made.address(), 100_000)
            bitcoin.prepare(made.wallet)
            bitcoin.sign(made.wallet, made.payment())
        else:
            made.fund(Asset.ETH, 20 * ETHER)
            approved(made.address(), ETHER, Asset.ETH)
            ethereum.prepare(made.wallet)
            ethereum.sign(made.wallet, made.payment())
    assert made.payment().state == PaymentState.SIGNED
    return made


def give_to_node(house: House) -> None:
    """What a signer did that died before it could note it."""
    raw = PaymentAttempt.objects.get().raw
    if isinstance(house, BitcoinHouse):
        house.node.broadcast(raw)
    else:
        house.node.call("eth_sendRawTransaction", raw)


def assert_sent(answer: str) -> None:
    attempt = PaymentAttempt.objects.get()
    assert attempt.last_answer.split()[0] == answer
    assert attempt.sent_at is not None
    assert attempt.payment.state == PaymentState.BROADCAST
    assert Withdrawal.objects.get().state == WithdrawalState.BROADCAST
    assert told() == set()


def test_what_the_node_knows_already_is_sent(house: House) -> None:
    give_to_node(house)
    send(house.wallet, house.payment())
    # Bitcoin's node answers with the id again.
    assert_sent("accepted" if isinstance(house, BitcoinHouse) else "already_known")


def test_what_is_in_a_block_already_is_sent(house: House) -> None:
    """Error −27 of Bitcoin; on Ethereum the nonce is too low, and the receipt is our own."""
    give_to_node(house)
    house.node.mine()
    send(house.wallet, house.payment())
    assert_sent("already_mined" if isinstance(house, BitcoinHouse) else "nonce_too_low")


def test_without_an_answer_it_stays_signed_and_is_sent_again(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(10**8)
    withdrawal = approved(house.address(), 100_000)
    with only_signer(house.wallet.network):
        bitcoin.prepare(house.wallet)
        bitcoin.sign(house.wallet, house.payment())
    with BitcoinChain.connect("http://127.0.0.1:1", house.node.network) as nowhere:
        cut_off = type(house.wallet)(nowhere, house.wallet.signer, house.hot)
        with pytest.raises(NodeUnavailable):
            send(cut_off, house.payment())
    assert house.payment().state == PaymentState.SIGNED
    house.pay()
    house.until_settled()
    assert house.received_sat(withdrawal.address) == [100_000]


def test_it_is_sent_again_when_the_node_has_forgotten_it(house: House) -> None:
    house.pay()
    txid = PaymentAttempt.objects.get().txid
    house.node.drop_transaction(txid)
    house.pay()
    if isinstance(house, BitcoinHouse):
        assert house.node.mempool_txids() == [txid]
    else:
        assert house.node.raw_transaction(txid) == PaymentAttempt.objects.get().raw
    house.until_settled()
    assert Withdrawal.objects.get().state == WithdrawalState.SETTLED


def set_open(*, is_open: bool) -> None:
    policy()
    Policy.objects.update(withdrawals_open=is_open)


def state_at_node(house: House) -> TxState:
    """Of the only attempt."""
    return house.wallet.chain.transaction_status(PaymentAttempt.objects.get().txid).state


def assert_paid_once(house: House) -> None:
    house.pay()
    house.until_settled()
    assert Withdrawal.objects.get().state == WithdrawalState.SETTLED
    assert house.payment().state == PaymentState.SETTLED
    assert PaymentAttempt.objects.count() == 1


def test_what_is_signed_is_sent_when_withdrawals_are_open_again(house: House) -> None:
    set_open(is_open=False)
    house.pay(now=timezone.now() + LATER)
    house.sweep()
    assert house.payment().state == PaymentState.SIGNED
    assert state_at_node(house) is TxState.UNKNOWN
    set_open(is_open=True)
    assert_paid_once(house)


def test_what_was_sent_is_not_sent_again_nor_replaced_while_withdrawals_are_closed(
    house: House,
) -> None:
    house.pay()
    house.node.drop_transaction(PaymentAttempt.objects.get().txid)
    set_open(is_open=False)
    house.pay(now=timezone.now() + LATER)
    house.sweep()
    assert house.payment().state == PaymentState.BROADCAST
    assert state_at_node(house) is TxState.UNKNOWN
    set_open(is_open=True)
    assert_paid_once(house)


def test_what_was_sent_settles_while_withdrawals_are_closed(house: House) -> None:
    house.pay()
    set_open(is_open=False)
    assert_paid_once(house)
