"""What the house and a player may be paid in an hour and in a day, counted by the signer itself."""

from datetime import timedelta

import pytest

from tests.wallet.house import execute, guards_off, make_player
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.house import AMOUNT_KRW, approved, state_of
from tests.wallet.signer.telling import told
from wallet.assets import Network
from wallet.models import PaymentState, Policy, Withdrawal, WithdrawalState
from wallet.policies import policy
from wallet.signer import bitcoin
from wallet.signer.locks import only_signer

pytestmark = pytest.mark.django_db

BTC = 10**8
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def house(bitcoin_house: BitcoinHouse) -> BitcoinHouse:
    bitcoin_house.fund(*[BTC] * 4)
    return bitcoin_house


def ceilings(**most_krw: int) -> None:
    """The ceilings in won, as `house_day`; the others are no lower, but within these."""
    most = dict.fromkeys(("user_hour", "user_day", "house_hour", "house_day"), 10**9) | most_krw
    for name, within in (
        ("house_hour", "house_day"),
        ("user_day", "house_day"),
        ("user_hour", "house_hour"),
        ("user_hour", "user_day"),
    ):
        most[name] = min(most[name], most[within])
    policy()
    Policy.objects.update(**{f"{name}_krw": krw for name, krw in most.items()})


def signed_before(withdrawal: Withdrawal, age: timedelta) -> None:
    """As if its payment had been signed so long ago."""
    with guards_off():
        execute(
            "UPDATE wallet_paymentattempt SET signed_at = now() - %s WHERE payment_id IN"
            " (SELECT payment_id FROM wallet_paymentoutput WHERE withdrawal_id = %s)",
            [age, withdrawal.pk],
        )


@pytest.mark.parametrize(("name", "window"), [("house_hour", HOUR), ("house_day", DAY)])
def test_the_house_signs_no_more_than_its_ceiling(
    house: BitcoinHouse, name: str, window: timedelta
) -> None:
    ceilings(**{name: 2 * AMOUNT_KRW})
    first, second, third = (approved(house.address(), 100_000) for _ in range(3))
    house.pay()
    assert state_of(first) == state_of(second) == WithdrawalState.BROADCAST
    assert state_of(third) == WithdrawalState.APPROVED
    assert told() == {"house_limit"}
    for each in (first, second):
        signed_before(each, window - timedelta(minutes=1))
    house.pay()
    assert state_of(third) == WithdrawalState.APPROVED
    signed_before(first, window + timedelta(seconds=1))
    house.pay()
    assert state_of(third) == WithdrawalState.BROADCAST


@pytest.mark.parametrize(("name", "window"), [("user_hour", HOUR), ("user_day", DAY)])
def test_a_player_is_signed_for_up_to_the_ceiling(
    house: BitcoinHouse, name: str, window: timedelta
) -> None:
    ceilings(**{name: 2 * AMOUNT_KRW - 1})
    player = make_player(2 * AMOUNT_KRW)
    first = approved(house.address(), 100_000, user_id=player)
    house.pay()
    signed_before(first, window - timedelta(minutes=1))
    second = approved(house.address(), 100_000, user_id=player)
    another = approved(house.address(), 100_000)
    house.pay()
    assert state_of(second) == WithdrawalState.APPROVED
    assert state_of(another) == WithdrawalState.BROADCAST
    assert told() == {"withdrawal_limit"}
    signed_before(first, window + timedelta(seconds=1))
    house.pay()
    assert state_of(second) == WithdrawalState.BROADCAST


def test_what_came_back_to_the_player_meanwhile_was_signed_for_all_the_same(
    house: BitcoinHouse,
) -> None:
    """Rows that say it failed do not make room for more."""
    ceilings(house_day=AMOUNT_KRW)
    first = approved(house.address(), 100_000)
    house.pay()
    with guards_off():
        execute("UPDATE wallet_paymentoutput SET is_void = true")
        execute("UPDATE wallet_payment SET state = 'failed'")
    second = approved(house.address(), 100_000)
    house.pay()
    assert state_of(first) == WithdrawalState.BROADCAST
    assert state_of(second) == WithdrawalState.APPROVED


def test_what_is_paid_again_counts_once(house: BitcoinHouse) -> None:
    ceilings(house_hour=AMOUNT_KRW)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    lost = house.payment()
    house.spend_elsewhere(lost)
    house.mine(5)
    house.pay()
    lost.refresh_from_db()
    assert lost.state == PaymentState.SUPERSEDED
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED


def test_what_is_prepared_counts_for_the_next_ones(house: BitcoinHouse) -> None:
    """And is given up where the ceiling was lowered before its signature."""
    ceilings(house_hour=AMOUNT_KRW)
    approved(house.address(), 100_000)
    with only_signer(Network.BITCOIN):
        bitcoin.prepare(house.wallet)
        approved(house.address(), 100_000)
        assert bitcoin.prepare(house.wallet) is None
    ceilings(house_hour=AMOUNT_KRW - 1)
    house.pay()
    assert house.payment().state == PaymentState.DROPPED
    assert house.node.mempool_txids() == []
