"""Token sweeps whose gas gets dearer than what was sent to their address for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.wallet.deposits.site import set_rates
from tests.wallet.signer.ethereum_house import EthereumHouse
from tests.wallet.signer.house import booked
from tests.wallet.signer.telling import reasons, told
from tests.wallet.signer.test_sweeping import USDT, assert_agreed, credited, no_float
from tests.wallet.signer.test_sweeps_refused import sent_sweep
from wallet.assets import Asset, Network
from wallet.models import Payment, PaymentAttempt, PaymentKind, PaymentState
from wallet.signer import sweeping
from wallet.signer.locks import only_signer

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)


@pytest.fixture
def sweep(ethereum_house: EthereumHouse) -> Payment:
    """It waits for a block; its address has half as much again as its gas costs."""
    return sent_sweep(ethereum_house, Asset.USDT)[1]


def test_a_sweep_that_its_address_cannot_pay_for_any_more_gets_more_gas(
    ethereum_house: EthereumHouse, sweep: Payment
) -> None:
    """Before that no attempt is signed which no node would take."""
    house = ethereum_house
    first, had = sweep.attempts.get(), house.balance(Asset.ETH, sweep.from_address)
    gas_dearer(house, first)
    house.pay(now=timezone.now() + LATER)
    assert sweep.attempts.get() == first
    assert reasons("stuck") == {"fee_above_cap"}
    for _ in range(2):
        house.sweep(now=timezone.now() + LATER)
    assert kinds(house) == [PaymentKind.GAS, PaymentKind.SWEEP, PaymentKind.GAS], "one at a time"
    house.until_settled()
    house.pay(now=timezone.now() + LATER)
    assert swept(house, sweep).fee_units > had
    assert told() == {"stuck"}


def test_a_sweep_that_is_not_worth_more_gas_waits_for_lower_fees(
    ethereum_house: EthereumHouse, sweep: Payment
) -> None:
    house = ethereum_house
    first = sweep.attempts.get()
    gas_dearer(house, first, times=1_000)
    house.sweep(now=timezone.now() + LATER)
    assert kinds(house) == [PaymentKind.GAS, PaymentKind.SWEEP]
    house.node.set_base_fee(first.fee_rate // 2)
    swept(house, sweep)
    assert kinds(house) == [PaymentKind.GAS, PaymentKind.SWEEP]


def test_a_sweep_that_only_waits_gets_no_more_gas(
    ethereum_house: EthereumHouse, sweep: Payment
) -> None:
    """Its replacement costs no more than its address has."""
    house = ethereum_house
    house.sweep(now=timezone.now() + LATER)
    assert kinds(house) == [PaymentKind.GAS, PaymentKind.SWEEP]
    house.pay(now=timezone.now() + LATER)
    assert swept(house, sweep).number == 2
    assert told() == set()


def test_an_attempt_that_its_address_cannot_pay_lets_the_one_before_it_go_on(
    ethereum_house: EthereumHouse, sweep: Payment
) -> None:
    house = ethereum_house
    house.pay(now=timezone.now() + LATER)
    first, second = sweep.attempts.order_by("number")
    for each in (first, second):
        house.node.drop_transaction(each.txid)
    house.node.fund(sweep.from_address, first.fee_units)
    house.pay()
    assert house.node.raw_transaction(first.txid) == first.raw
    assert told() == {"insufficient_funds"}
    house.mine()
    house.pay()
    sweep.refresh_from_db()
    assert sweep.state == PaymentState.CONFIRMED
    first.refresh_from_db()
    assert first.is_confirmed


def test_an_attempt_that_was_refused_for_lack_of_gas_is_sent_when_there_is_more(
    ethereum_house: EthereumHouse, sweep: Payment
) -> None:
    house = ethereum_house
    house.pay(now=timezone.now() + LATER)
    first, second = sweep.attempts.order_by("number")
    for each in (first, second):
        house.node.drop_transaction(each.txid)
    house.node.fund(sweep.from_address, first.fee_units - 1)
    house.mine(9)
    house.pay()
    assert told() == {"insufficient_funds"}
    house.sweep()
    top_up = house.payments()[-1]
    assert top_up.kind == PaymentKind.GAS
    house.mine()
    house.pay()
    second.refresh_from_db()
    assert second.last_answer == "accepted"
    house.until_settled()
    sweep.refresh_from_db()
    assert sweep.state == PaymentState.SETTLED
    assert house.hot_units(Asset.USDT) == 500 * USDT


def test_a_sweep_whose_gas_gets_dearer_before_it_is_signed_is_prepared_anew(
    ethereum_house: EthereumHouse,
) -> None:
    house = ethereum_house
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    credited(house, Asset.USDT, 500 * USDT)
    house.fund(Asset.ETH, 10**19, book=False)
    house.sweep()
    house.until_settled()
    with only_signer(Network.ETHEREUM):
        sweeping.sweep_ethereum(house.wallet, now=timezone.now())
    prepared = house.payments()[-1]
    assert (prepared.kind, prepared.state) == (PaymentKind.SWEEP, PaymentState.PREPARED)
    gas_dearer(house, house.payments()[0].attempts.get())
    house.sweep()
    prepared.refresh_from_db()
    assert prepared.state == PaymentState.DROPPED
    assert not prepared.attempts.exists()
    for _ in range(2):
        house.sweep()
        house.until_settled()
    again = house.payments()[-1]
    assert swept(house, again).number == 1


def gas_dearer(house: EthereumHouse, than: PaymentAttempt, *, times: int = 10) -> None:
    """The base fee is that many times what an attempt pays, and stays above it for ten blocks."""
    house.node.set_base_fee(times * than.fee_rate)
    house.mine()


def kinds(house: EthereumHouse) -> list[str]:
    return [payment.kind for payment in house.payments()]


def swept(house: EthereumHouse, sweep: Payment) -> PaymentAttempt:
    """The attempt that settled it."""
    house.until_settled()
    sweep.refresh_from_db()
    assert sweep.state == PaymentState.SETTLED
    assert booked("hot", Asset.USDT) == house.hot_units(Asset.USDT) == 500 * USDT
    assert_agreed()
    return sweep.attempts.get(is_confirmed=True)
