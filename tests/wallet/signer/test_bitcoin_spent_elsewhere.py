"""Somebody else has the hot key and spends what a payment spends: it is paid once all the same."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.house import approved, state_of
from tests.wallet.signer.telling import reasons, told
from wallet.models import PaymentState, Utxo, Withdrawal, WithdrawalState

pytestmark = pytest.mark.django_db

BTC = 10**8
LATER = timedelta(hours=2)
# A coin that pays 100,000 and its fee; a higher fee needs another one beside it.
JUST_ENOUGH = 100_000 + 1_130
FIRST = Q(amount_sat=JUST_ENOUGH)
ADDED = ~FIRST


def test_an_input_spent_elsewhere_for_good_leads_to_a_new_payment(
    bitcoin_house: BitcoinHouse,
) -> None:
    house = bitcoin_house
    house.fund(BTC, BTC)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    lost = house.payment()
    house.spend_elsewhere(lost)
    for _ in range(5):
        house.pay()
        assert state_of(withdrawal) == WithdrawalState.BROADCAST, "not before six blocks"
        house.mine()
    house.pay()
    lost.refresh_from_db()
    assert lost.state == PaymentState.SUPERSEDED
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.received_sat(withdrawal.address) == [100_000]
    assert "input_taken" in told()


def test_a_payment_is_not_paid_again_while_an_earlier_attempt_is_valid(
    bitcoin_house: BitcoinHouse,
) -> None:
    """Somebody else spends the coin that only the replacement added; the first one still pays."""
    house = bitcoin_house
    house.fund(JUST_ENOUGH)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    house.fund(50_000, BTC)
    house.pay(now=timezone.now() + LATER)
    first, second = house.attempts()
    house.node.drop_transaction(second.txid)
    house.spend_elsewhere(house.payment(), only=ADDED)
    house.node.mine_on(house.node.tip(), 6)
    house.scan()
    house.pay()
    assert house.payment().state == PaymentState.BROADCAST
    assert house.node.mempool_txids() == [first.txid], "the one that is valid is sent again"
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.received_sat(withdrawal.address) == [100_000]
    assert house.payment().fee_paid_units == first.fee_units


def test_a_replacement_leaves_out_what_somebody_else_has_spent(
    bitcoin_house: BitcoinHouse,
) -> None:
    """It shares a coin with every earlier attempt, so that only one of them can confirm."""
    house = bitcoin_house
    house.fund(JUST_ENOUGH)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    house.fund(50_000)
    house.pay(now=timezone.now() + LATER)
    house.spend_elsewhere(house.payment(), only=ADDED)
    house.fund(60_000)
    house.pay(now=timezone.now() + 3 * LATER)
    *_, last = house.attempts()
    assert last.number == 3
    assert house.node.mempool_txids() == [last.txid]
    house.until_settled()
    assert house.received_sat(withdrawal.address) == [100_000]
    assert house.payment().fee_paid_units == last.fee_units


def test_a_payment_whose_coins_are_all_gone_is_not_replaced(bitcoin_house: BitcoinHouse) -> None:
    """Other coins would make a second payment, if a reorganisation brought the first one back."""
    house = bitcoin_house
    house.fund(BTC, BTC)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    house.spend_elsewhere(house.payment())
    house.pay(now=timezone.now() + LATER)
    assert len(house.attempts()) == 1
    assert house.payments(PaymentState.BROADCAST) == house.payments()
    assert reasons("stuck") == {"inputs_taken"}
    paid_anew_once_it_is_final(house, withdrawal)


def test_a_replacement_that_shares_a_coin_with_the_last_attempt_alone_is_not_made(
    bitcoin_house: BitcoinHouse,
) -> None:
    """It and the first one could both confirm, if a reorganisation undid what took its coin."""
    house = bitcoin_house
    house.fund(JUST_ENOUGH)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    house.fund(50_000)
    house.pay(now=timezone.now() + LATER)
    house.fund(60_000)
    house.spend_elsewhere(house.payment(), only=FIRST)
    house.pay(now=timezone.now() + 3 * LATER)
    assert len(house.attempts()) == 2
    assert house.node.mempool_txids() == []
    assert Utxo.objects.get(amount_sat=60_000).spent_by is None
    assert reasons("stuck") == {"inputs_taken"}
    paid_anew_once_it_is_final(house, withdrawal)


def paid_anew_once_it_is_final(house: BitcoinHouse, withdrawal: Withdrawal) -> None:
    """Somebody else's transaction was in one block."""
    house.mine(5)
    house.pay()
    house.until_settled()
    lost, paid = house.payments()
    assert (lost.state, paid.state) == (PaymentState.SUPERSEDED, PaymentState.SETTLED)
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.received_sat(withdrawal.address) == [100_000]
