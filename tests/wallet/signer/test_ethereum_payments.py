"""Withdrawals in ETH and tokens, from approved to settled, and what may go wrong on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.wallet.signer.ethereum_house import ETHER, TO_FINAL, EthereumHouse
from tests.wallet.signer.house import (
    AMOUNT_KRW,
    approved,
    booked,
    held_krw,
    player_krw,
    state_of,
    states,
)
from tests.wallet.signer.telling import told
from wallet.assets import Asset, Network
from wallet.models import (
    PaymentAttempt,
    PaymentKind,
    PaymentState,
    Withdrawal,
    WithdrawalState,
)
from wallet.signer import payments
from wallet.signer.locks import only_signer

pytestmark = pytest.mark.django_db

GWEI = 10**9
LATER = timedelta(minutes=10)


@pytest.fixture
def house(ethereum_house: EthereumHouse) -> EthereumHouse:
    """Its hot wallet has 20 ETH."""
    ethereum_house.fund(Asset.ETH, 20 * ETHER)
    return ethereum_house


@pytest.fixture
def withdrawal(house: EthereumHouse) -> Withdrawal:
    """One ETH that waits for the signer."""
    return approved(house.address(), ETHER, Asset.ETH)


@pytest.mark.parametrize(
    ("asset", "units"), [(Asset.ETH, 10 * ETHER), (Asset.USDT, 5_000_000), (Asset.USDC, 7_000_000)]
)
def test_a_withdrawal_is_paid_and_settled(house: EthereumHouse, asset: Asset, units: int) -> None:
    """Ten ETH are more wei than 63 bits hold; USDT's transfer returns nothing."""
    if asset != Asset.ETH:
        house.fund(asset, 2 * units)
    withdrawal = approved(house.address(), units, asset)
    house.pay()
    house.until_settled()
    withdrawal.refresh_from_db()
    assert states(withdrawal) == ["signed", "broadcast", "confirmed", "settled"]
    assert house.balance(asset, withdrawal.address) == units
    assert held_krw(withdrawal) == player_krw(withdrawal) == 0
    for each in (Asset.ETH, asset):
        assert booked("hot", each) == house.hot_units(each)


def test_many_withdrawals_have_nonces_without_gaps(house: EthereumHouse) -> None:
    withdrawals = [approved(house.address(), ETHER, Asset.ETH) for _ in range(3)]
    house.pay()
    house.until_settled()
    assert [payment.nonce for payment in house.payments()] == [0, 1, 2]
    assert [house.balance(Asset.ETH, each.address) for each in withdrawals] == [ETHER] * 3
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH)


def test_it_waits_until_its_block_is_final_and_follows_a_reorganisation(
    house: EthereumHouse,
    withdrawal: Withdrawal,
) -> None:
    house.pay()
    house.mine(2)
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.CONFIRMED
    raw = PaymentAttempt.objects.get().raw
    house.node.reorganise(2)
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    assert house.node.raw_transaction(PaymentAttempt.objects.get().txid) == raw, "sent again"
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.balance(Asset.ETH, withdrawal.address) == ETHER


def test_a_transfer_that_is_reverted_gives_the_hold_back(house: EthereumHouse) -> None:
    """The hot wallet is blacklisted after the payment was sent."""
    house.fund(Asset.USDT, 5_000_000)
    withdrawal = approved(house.address(), 5_000_000, Asset.USDT)
    house.pay()
    (attempt,) = PaymentAttempt.objects.all()
    blacklist(house, listed=True)
    house.mine()
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.CONFIRMED, (
        "a reorganisation may undo the failure"
    )
    house.mine(TO_FINAL)
    house.pay()
    withdrawal.refresh_from_db()
    payment = house.payment()
    assert (withdrawal.state, payment.state) == (WithdrawalState.FAILED, PaymentState.FAILED)
    assert (held_krw(withdrawal), player_krw(withdrawal)) == (0, AMOUNT_KRW)
    assert 0 < payment.fee_paid_units <= attempt.fee_units
    for asset in (Asset.ETH, Asset.USDT):
        assert booked("hot", asset) == house.hot_units(asset)
    assert "reverted" in told()


def test_a_blacklisted_hot_wallet_signs_nothing_and_staff_are_told(
    house: EthereumHouse,
) -> None:
    house.fund(Asset.USDT, 5_000_000)
    blacklist(house, listed=True)
    house.mine()
    withdrawal = approved(house.address(), 5_000_000, Asset.USDT)
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.APPROVED
    assert house.payments() == []
    assert told() == {"would_revert"}


def test_a_stuck_payment_is_replaced_with_both_fees_higher(
    house: EthereumHouse, withdrawal: Withdrawal
) -> None:
    house.pay()
    house.pay(now=timezone.now() + LATER)
    first, second = PaymentAttempt.objects.order_by("number")
    assert second.fee_rate * 10 >= first.fee_rate * 11
    assert second.tip_rate * 10 >= first.tip_rate * 11
    assert second.sent_at is not None
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.balance(Asset.ETH, withdrawal.address) == ETHER
    second.refresh_from_db()
    assert second.is_confirmed


def test_the_old_attempt_settles_when_it_confirms_after_the_bump(
    house: EthereumHouse,
    withdrawal: Withdrawal,
) -> None:
    """The replacement is committed, but its node is a block behind: nonce too low, our receipt."""
    house.pay()
    house.pay(now=timezone.now() + LATER)
    first, second = PaymentAttempt.objects.order_by("number")
    house.node.drop_transaction(second.txid)
    house.node.call("eth_sendRawTransaction", first.raw)
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    first.refresh_from_db()
    assert first.is_confirmed
    assert house.balance(Asset.ETH, withdrawal.address) == ETHER


def test_a_replacement_above_the_cap_is_refused_and_told(house: EthereumHouse) -> None:
    fees = house.chain.fees()
    cap = 21_000 * (fees.base_fee_wei + fees.priority_fee_wei)
    approved(house.address(), ETHER, Asset.ETH, fee_cap_units=cap)
    house.pay()
    house.pay(now=timezone.now() + LATER)
    assert PaymentAttempt.objects.count() == 1
    assert told() == {"stuck"}


def test_an_underpriced_attempt_is_raised_until_the_node_takes_it(
    house: EthereumHouse,
    withdrawal: Withdrawal,
) -> None:
    """The base fee rises above the fee between signing and sending."""
    house.node.set_base_fee(GWEI)
    house.mine()
    house.pay()
    (attempt,) = PaymentAttempt.objects.all()
    house.node.drop_transaction(attempt.txid)
    house.node.set_base_fee(2 * attempt.fee_rate)
    house.mine()
    house.pay()
    house.pay()
    attempts = list(PaymentAttempt.objects.order_by("number"))
    assert len(attempts) == 2
    assert attempts[1].fee_rate > 2 * attempt.fee_rate
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.balance(Asset.ETH, withdrawal.address) == ETHER


def test_a_replacement_that_the_node_calls_underpriced_is_raised_further(
    house: EthereumHouse, withdrawal: Withdrawal
) -> None:
    """Somebody else's transaction waits with the nonce, at fees a third higher."""
    house.pay()
    first = PaymentAttempt.objects.get()
    house.node.drop_transaction(first.txid)
    house.node.impersonate(house.hot)
    house.node.send(
        house.address(),
        ETHER,
        sender=house.hot,
        nonce=0,
        gas=21_000,
        max_fee_wei=first.fee_rate * 4 // 3,
        priority_fee_wei=first.tip_rate * 4 // 3,
    )
    for _ in range(6):
        house.pay()
    *refused, last = PaymentAttempt.objects.order_by("number")
    assert len(refused) >= 3
    assert {attempt.last_answer.split(" ")[0] for attempt in refused} == {"fee_too_low"}
    assert all("underpriced" in attempt.last_answer for attempt in refused)
    assert last.last_answer == "accepted"
    assert last.fee_units <= house.payment().fee_cap_units
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.balance(Asset.ETH, withdrawal.address) == ETHER


def test_a_gap_of_nonces_is_filled_with_a_transfer_to_self(
    house: EthereumHouse, withdrawal: Withdrawal
) -> None:
    with only_signer(Network.ETHEREUM):
        payments.create(
            network=Network.ETHEREUM,
            asset=Asset.ETH,
            kind=PaymentKind.WITHDRAWAL,
            from_address=house.hot,
            recipients=[payments.Recipient(withdrawal.address, ETHER, withdrawal)],
            fee_cap_units=10**17,
            nonce=1,
        )
    house.pay()
    house.until_settled()
    gap = next(payment for payment in house.payments() if payment.kind == PaymentKind.GAP)
    assert (gap.nonce, gap.state) == (0, PaymentState.SETTLED)
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH)


def test_a_nonce_taken_from_outside_for_good_leads_to_a_new_payment(
    house: EthereumHouse,
    withdrawal: Withdrawal,
) -> None:
    house.pay()
    house.node.drop_transaction(PaymentAttempt.objects.get().txid)
    house.node.impersonate(house.hot)
    house.node.send(house.address(), ETHER, sender=house.hot, nonce=0, gas=21_000)
    house.mine(2)
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST, "not before the block is final"
    house.mine(TO_FINAL)
    house.pay()
    lost, again = house.payments()
    assert lost.state == PaymentState.SUPERSEDED
    assert again.nonce == 1
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.balance(Asset.ETH, withdrawal.address) == ETHER
    assert "nonce_taken" in told()


def test_a_payment_from_outside_that_waits_keeps_its_nonce(house: EthereumHouse) -> None:
    house.node.impersonate(house.hot)
    house.node.send(house.address(), ETHER, sender=house.hot, gas=21_000)
    withdrawal = approved(house.address(), ETHER, Asset.ETH)
    house.pay()
    assert [payment.nonce for payment in house.payments()] == [1]
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED


def test_a_short_hot_wallet_pays_what_it_can(ethereum_house: EthereumHouse) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, 2 * ETHER)
    large = approved(house.address(), 5 * ETHER, Asset.ETH)
    small = approved(house.address(), ETHER, Asset.ETH)
    house.pay()
    large.refresh_from_db()
    small.refresh_from_db()
    assert (large.state, small.state) == (WithdrawalState.APPROVED, WithdrawalState.BROADCAST)
    assert told() == {"hot_wallet_short"}


def blacklist(house: EthereumHouse, *, listed: bool) -> None:
    """Into the next block before everything that waits: the tip is high."""
    house.node.transact(
        house.tokens.usdt,
        "setBlackListed(address,bool)",
        house.hot,
        listed,
        priority_fee_wei=500 * GWEI,
        max_fee_wei=1_000 * GWEI,
    )
