"""Withdrawals in BTC, from approved to settled, and what may go wrong on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.house import (
    approved,
    booked,
    held_krw,
    player_krw,
    state_of,
    states,
)
from tests.wallet.signer.telling import reasons, told
from wallet import chart, movements
from wallet.assets import Asset
from wallet.models import PaymentState, Policy, Utxo, WithdrawalState
from wallet.policies import policy

pytestmark = pytest.mark.django_db

BTC = 10**8
LATER = timedelta(hours=2)


def test_withdrawals_are_paid_in_one_transaction_and_settled_together(
    bitcoin_house: BitcoinHouse,
) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawals = [approved(house.address(), 100_000 + n) for n in range(3)]
    house.pay()
    house.until_settled()
    payment = house.payment()
    assert payment.state == PaymentState.SETTLED
    for withdrawal in withdrawals:
        withdrawal.refresh_from_db()
        assert states(withdrawal) == ["signed", "broadcast", "confirmed", "settled"]
        assert house.received_sat(withdrawal.address) == [withdrawal.amount_units]
        assert withdrawal.closing == payment.transaction
        assert held_krw(withdrawal) == player_krw(withdrawal) == 0
    assert booked("hot", Asset.BTC) == house.hot_sat()
    assert movements.balance(chart.network_fees(Asset.BTC)) == payment.fee_paid_units > 0
    assert movements.balance(chart.fees()) == 3 * 3_000


def test_a_second_pass_pays_nothing_again(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    for _ in range(3):
        house.pay()
    house.until_settled()
    house.pay()
    assert house.received_sat(withdrawal.address) == [100_000]
    assert len(house.attempts()) == 1


def test_change_is_spent_when_it_is_in_a_block(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(BTC)
    first = approved(house.address(), 100_000)
    house.pay()
    second = approved(house.address(), 200_000)
    house.pay()
    second.refresh_from_db()
    assert second.state == WithdrawalState.APPROVED
    assert told() == set(), "the change is enough"
    house.mine()
    house.pay()
    house.until_settled()
    assert house.received_sat(first.address) == [100_000]
    assert house.received_sat(second.address) == [200_000]
    assert booked("hot", Asset.BTC) == house.hot_sat()


def test_a_payment_that_a_reorganisation_takes_out_waits_for_its_next_block(
    bitcoin_house: BitcoinHouse,
) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    parent = house.node.tip()
    house.mine()
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.CONFIRMED
    house.node.mine_on(parent, 2)
    house.scan()
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.received_sat(withdrawal.address) == [100_000]
    assert booked("hot", Asset.BTC) == house.hot_sat()


def test_a_stuck_payment_is_replaced_at_a_higher_fee(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    house.pay(now=timezone.now() + LATER)
    first, second = house.attempts()
    assert second.fee_units * 10 >= first.fee_units * 11
    assert second.fee_rate * 10 >= first.fee_rate * 11
    assert house.node.mempool_txids() == [second.txid]
    house.until_settled()
    assert house.received_sat(withdrawal.address) == [100_000]
    assert house.payment().fee_paid_units == second.fee_units
    assert booked("hot", Asset.BTC) == house.hot_sat()


def test_the_old_attempt_settles_when_it_confirms_after_the_bump(
    bitcoin_house: BitcoinHouse,
) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    house.pay(now=timezone.now() + LATER)
    first, _ = house.attempts()
    house.node.mine_on(house.node.tip(), 1, raw=[first.raw])
    house.scan()
    house.pay()
    house.mine(5)
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.received_sat(withdrawal.address) == [100_000]
    assert house.payment().fee_paid_units == first.fee_units
    assert booked("hot", Asset.BTC) == house.hot_sat()


def test_a_replacement_above_the_cap_is_refused_and_told(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(BTC)
    approved(house.address(), 100_000, fee_cap_units=1_450)
    house.pay()
    house.pay(now=timezone.now() + LATER)
    assert len(house.attempts()) == 1
    assert told() == {"stuck"}


def test_a_replacement_adds_coins_when_the_change_does_not_carry_it(
    bitcoin_house: BitcoinHouse,
) -> None:
    house = bitcoin_house
    house.fund(100_000 + 1_130)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    assert len(house.attempts()) == 1
    house.fund(50_000)
    house.pay(now=timezone.now() + LATER)
    house.until_settled()
    assert house.received_sat(withdrawal.address) == [100_000]
    assert booked("hot", Asset.BTC) == house.hot_sat()


def test_coins_of_others_are_spent_when_they_are_final(bitcoin_house: BitcoinHouse) -> None:
    """Who sent them could send them elsewhere after a reorganisation."""
    house = bitcoin_house
    house.fund(BTC, depth=5)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    assert house.payments() == []
    assert told() == {"hot_wallet_short"}
    house.mine()
    house.pay()
    house.until_settled()
    assert house.received_sat(withdrawal.address) == [100_000]


def test_the_kill_switch_stops_signing_and_sending(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    policy()
    Policy.objects.update(withdrawals_open=False)
    house.pay()
    assert house.payments() == []
    Policy.objects.update(withdrawals_open=True, stopped_reason="chain and ledger differ")
    house.pay()
    assert house.payments() == []
    Policy.objects.update(stopped_reason="")
    house.pay()
    house.until_settled()
    assert house.received_sat(withdrawal.address) == [100_000]


def test_a_large_withdrawal_does_not_hold_up_small_ones(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(1_000_000)
    large = approved(house.address(), 1_020_000)
    small = approved(house.address(), 100_000)
    house.pay()
    large.refresh_from_db()
    small.refresh_from_db()
    assert (large.state, small.state) == (WithdrawalState.APPROVED, WithdrawalState.BROADCAST)
    assert held_krw(large) == large.amount_krw
    assert Utxo.objects.filter(spent_by=house.payment()).count() == 1


def test_a_payment_whose_change_is_spent_is_not_replaced(bitcoin_house: BitcoinHouse) -> None:
    """A reorganisation takes both out of their blocks; replacing one would undo the other."""
    house = bitcoin_house
    house.fund(BTC)
    parent = house.node.tip()
    first = approved(house.address(), 100_000)
    house.pay()
    house.mine()
    second = approved(house.address(), 200_000)
    house.pay()
    house.mine()
    house.node.mine_on(parent, 3)
    house.scan()
    house.pay(now=timezone.now() + LATER)
    assert len(house.payments()[0].attempts.all()) == 1
    assert reasons("stuck") == {"change_spent"}
    house.until_settled()
    for withdrawal in (first, second):
        assert state_of(withdrawal) == WithdrawalState.SETTLED
        assert house.received_sat(withdrawal.address) == [withdrawal.amount_units]
    assert booked("hot", Asset.BTC) == house.hot_sat()
