"""Payments of the house that wait too long: replaced, and booked as what came into a block."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tests.wallet.deposits.site import set_rates
from tests.wallet.house import make_player
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import booked
from tests.wallet.signer.telling import told
from tests.wallet.signer.test_sweeping import USDT, assert_agreed, credited, no_float, rule, sound
from wallet.addressing import deposit_address
from wallet.assets import Asset, Network
from wallet.models import Payment, PaymentAttempt, PaymentKind, PaymentState
from wallet.signer import payments
from wallet.signer.locks import only_signer

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=2)
# Pays for one input and one output, and for no more.
JUST_ENOUGH_SAT = 1_130

either_attempt = pytest.mark.parametrize("number", [1, 2])


@pytest.fixture(autouse=True)
def _rates(db: None) -> None:
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)


@either_attempt
def test_a_sweep_of_bitcoin_is_booked_at_the_fee_of_the_attempt_that_confirms(
    bitcoin_house: BitcoinHouse, number: int
) -> None:
    house = bitcoin_house
    no_float(Asset.BTC)
    addresses = [
        deposit_address(user_id=make_player(), network=Network.BITCOIN).address for _ in range(2)
    ]
    house.scan()
    for address in addresses:
        house.node.send(address, 600_000)
    house.mine(6)
    house.sweep()
    first, second = replaced(house, house.payment())
    assert house.node.mempool_txids() == [second.txid]
    winner = (first, second)[number - 1]
    house.node.mine_on(house.node.tip(), 1, raw=[winner.raw])
    house.scan()
    house.pay()
    house.mine(5)
    house.pay()
    assert settled(house.payment()) == winner
    assert house.payment().fee_paid_units == winner.fee_units
    assert booked("deposits", Asset.BTC) == 0
    assert booked("hot", Asset.BTC) == house.hot_sat() == 1_200_000 - winner.fee_units
    assert_agreed()
    assert told() == set()


@either_attempt
@pytest.mark.parametrize("asset", [Asset.ETH, Asset.USDT])
def test_a_sweep_on_ethereum_is_booked_as_the_attempt_that_confirms(
    ethereum_house: EthereumHouse, asset: Asset, number: int
) -> None:
    """Each attempt at sweeping ETH sends another amount: what its own gas may cost stays back."""
    house = ethereum_house
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    units = ETHER if asset == Asset.ETH else 500 * USDT
    address = credited(house, asset, units)
    if asset != Asset.ETH:
        house.fund(Asset.ETH, 10 * ETHER, book=False)
        house.sweep()
        house.until_settled()
    house.sweep()
    sweep = house.payments()[-1]
    assert sweep.kind == PaymentKind.SWEEP
    first, second = replaced(house, sweep)
    winner = (first, second)[number - 1]
    if winner == first:
        house.node.drop_transaction(second.txid)
        house.node.call("eth_sendRawTransaction", first.raw)
    house.until_settled()
    assert settled(sweep) == winner
    assert_agreed()
    assert told() == set()
    left_back = winner.fee_units if asset == Asset.ETH else 0
    assert house.hot_units(asset) == units - left_back
    for each in {asset, Asset.ETH}:
        assert booked("hot", each) == house.hot_units(each)
        assert booked("deposits", each) == house.balance(each, address)


@either_attempt
def test_gas_for_a_sweep_arrives_once(ethereum_house: EthereumHouse, number: int) -> None:
    house = ethereum_house
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    address = credited(house, Asset.USDT, 500 * USDT)
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    house.sweep()
    top_up = house.payment()
    assert top_up.kind == PaymentKind.GAS
    first, second = replaced(house, top_up)
    house.sweep()
    assert len(house.payments()) == 1, "it is still on its way"
    winner = (first, second)[number - 1]
    if winner == first:
        house.node.drop_transaction(second.txid)
        house.node.call("eth_sendRawTransaction", first.raw)
    house.until_settled()
    assert settled(top_up) == winner
    assert_agreed()
    assert told() == set()
    assert booked("deposits", Asset.ETH) == house.balance(Asset.ETH, address) == top_up.amount_units
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH)


def test_a_coin_that_only_the_replacement_spends_is_free_again_when_the_first_one_settles(
    bitcoin_house: BitcoinHouse,
) -> None:
    """The coin carries what is sent to cold storage and one fee; a higher one needs another."""
    house = bitcoin_house
    rule(Asset.BTC, hot_least_units=0, hot_most_units=2 * JUST_ENOUGH_SAT)
    house.fund(1_000_000)
    house.sweep()
    house.fund(50_000)
    first, _ = replaced(house, house.payment())
    assert house.payment().inputs.count() == 2
    house.node.mine_on(house.node.tip(), 1, raw=[first.raw])
    house.scan()
    house.pay()
    house.mine(5)
    house.pay()
    assert settled(house.payment()) == first
    assert booked("hot", Asset.BTC) == house.hot_sat() == 50_000
    assert_agreed()
    assert told() == set()
    house.sweep()
    house.until_settled()
    sent = house.received_now(settings.BITCOIN_COLD_ADDRESS)
    assert sent == booked("cold", Asset.BTC) == 1_050_000 - 2 * JUST_ENOUGH_SAT
    assert_agreed()
    assert told() == set()


def test_a_gap_that_is_filled_too_cheaply_is_filled_again(ethereum_house: EthereumHouse) -> None:
    """What waits above it is not replaced: higher fees of its own would change nothing."""
    house = ethereum_house
    house.fund(Asset.ETH, 20 * ETHER)
    address = deposit_address(user_id=make_player(), network=Network.ETHEREUM).address
    with only_signer(Network.ETHEREUM):
        payments.create(
            network=Network.ETHEREUM,
            asset=Asset.ETH,
            kind=PaymentKind.GAS,
            from_address=house.hot,
            recipients=[payments.Recipient(address, ETHER)],
            fee_cap_units=10**16,
            nonce=1,
        )
    house.pay()
    above, gap = house.payments()
    assert (gap.kind, gap.nonce) == (PaymentKind.GAP, 0)
    _, second = replaced(house, gap)
    assert above.attempts.count() == 1
    house.until_settled()
    assert settled(gap) == second
    assert settled(above).number == 1
    assert house.balance(Asset.ETH, address) == booked("deposits", Asset.ETH) == ETHER
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH)
    assert sound()


def replaced(
    house: BitcoinHouse | EthereumHouse, payment: Payment
) -> tuple[PaymentAttempt, PaymentAttempt]:
    """Its two attempts, after it has waited too long; both fees of the second are higher."""
    house.pay(now=timezone.now() + LATER)
    first, second = payment.attempts.order_by("number")
    assert second.fee_units * 10 >= first.fee_units * 11
    assert second.fee_rate * 10 >= first.fee_rate * 11
    if payment.nonce is not None:
        assert second.tip_rate * 10 >= first.tip_rate * 11
    assert second.last_answer == "accepted"
    assert told() == set()
    return first, second


def settled(payment: Payment) -> PaymentAttempt:
    """The attempt that settled it."""
    payment.refresh_from_db()
    assert payment.state == PaymentState.SETTLED
    return payment.attempts.get(is_confirmed=True)
