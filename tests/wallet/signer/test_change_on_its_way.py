"""A Bitcoin wallet whose coins are nearly all change of a payment that no block has yet."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.house import approved, state_of
from tests.wallet.signer.telling import told
from tests.wallet.signer.test_sweeping import no_float, rule
from wallet.assets import Asset
from wallet.models import Withdrawal, WithdrawalState

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=2)
COIN_SAT, AMOUNT_SAT = 1_000_000, 100_000


@pytest.fixture
def house(bitcoin_house: BitcoinHouse) -> BitcoinHouse:
    """Its one coin is taken by a payment; nine tenths of it come back."""
    no_float(Asset.BTC)
    bitcoin_house.fund(COIN_SAT)
    approved(bitcoin_house.address(), AMOUNT_SAT)
    bitcoin_house.pay()
    assert bitcoin_house.payment().inputs.get().amount_sat == COIN_SAT
    return bitcoin_house


def asked_for(house: BitcoinHouse, amount_sat: int) -> Withdrawal:
    """A withdrawal that one pass of the signer has left waiting."""
    withdrawal = approved(house.address(), amount_sat)
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.APPROVED
    return withdrawal


def test_a_withdrawal_waits_for_it_and_staff_are_told_nothing(house: BitcoinHouse) -> None:
    withdrawal = asked_for(house, AMOUNT_SAT)
    assert told() == set()
    house.mine()
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    assert told() == set()


def test_a_withdrawal_that_it_is_not_enough_for_is_told(house: BitcoinHouse) -> None:
    asked_for(house, COIN_SAT - AMOUNT_SAT)
    assert told() == {"hot_wallet_short"}


def test_change_that_a_later_payment_takes_does_not_come_twice(house: BitcoinHouse) -> None:
    house.mine()
    approved(house.address(), 5 * AMOUNT_SAT)
    house.pay()
    assert len(house.payments()) == 2
    asked_for(house, AMOUNT_SAT)
    assert told() == set(), "four tenths are coming"
    asked_for(house, 4 * AMOUNT_SAT)
    assert told() == {"hot_wallet_short"}


def test_a_withdrawal_waits_for_the_change_of_a_replacement_until_it_is_settled(
    house: BitcoinHouse,
) -> None:
    house.pay(now=timezone.now() + LATER)
    assert house.payment().attempts.count() == 2
    house.mine()
    withdrawal = asked_for(house, AMOUNT_SAT)
    assert told() == set()
    house.mine(5)
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST


def test_a_hot_wallet_is_not_low_while_it_comes_back(house: BitcoinHouse) -> None:
    rule(Asset.BTC, hot_least_units=COIN_SAT * 8 // 10)
    house.sweep()
    assert told() == set()
    rule(Asset.BTC, hot_least_units=COIN_SAT * 9 // 10)
    house.sweep()
    assert told() == {"hot_wallet_low"}, "the fee is gone"


def test_what_comes_back_is_no_surplus_yet(house: BitcoinHouse) -> None:
    rule(Asset.BTC, hot_most_units=COIN_SAT // 2)
    house.sweep()
    assert (len(house.payments()), told()) == (1, set())
    house.mine()
    house.sweep()
    assert len(house.payments()) == 2
