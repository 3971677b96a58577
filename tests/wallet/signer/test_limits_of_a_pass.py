"""How much a pass of the signer begins at once; what is beyond waits for the next ones."""

import pytest

from tests.wallet.deposits.site import set_rates
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import approved, booked, state_of
from tests.wallet.signer.telling import told
from tests.wallet.signer.test_sweeping import FINAL, USDT, assert_agreed, credited, no_float
from wallet.assets import Asset, Network
from wallet.deposits import scan
from wallet.models import PaymentKind, PaymentState, WithdrawalState
from wallet.signer import bitcoin, ethereum, payments

pytestmark = pytest.mark.django_db

BTC = 10**8
LIMIT, WANTED = 2, 5


@pytest.mark.parametrize("asset", [Asset.ETH, Asset.USDT])
def test_no_more_than_so_many_payments_on_ethereum_are_in_flight(
    ethereum_house: EthereumHouse, monkeypatch: pytest.MonkeyPatch, asset: Asset
) -> None:
    monkeypatch.setattr(ethereum, "MAX_IN_FLIGHT", LIMIT)
    house = ethereum_house
    house.fund(Asset.ETH, 20 * ETHER)
    units = ETHER if asset == Asset.ETH else 5_000_000
    if asset != Asset.ETH:
        house.fund(asset, 2 * WANTED * units)
    withdrawals = [approved(house.address(), units, asset) for _ in range(WANTED)]
    most, passes = 0, 0
    while len(house.payments(PaymentState.SETTLED)) < WANTED:
        house.pay()
        in_flight = house.payments(*payments.OPEN)
        most, passes = max(most, len(in_flight)), passes + 1
        assert len(waiting(house)) <= LIMIT
        assert passes < 50
        house.mine(3)
    assert most == LIMIT, "as many as are allowed"
    assert [payment.nonce for payment in house.payments()] == list(range(WANTED))
    assert {payment.attempts.count() for payment in house.payments()} == {1}
    assert {state_of(each) for each in withdrawals} == {WithdrawalState.SETTLED}
    assert [house.balance(asset, each.address) for each in withdrawals] == [units] * WANTED
    for each in {asset, Asset.ETH}:
        assert booked("hot", each) == house.hot_units(each)
    assert told() == set()


def test_no_more_than_so_many_withdrawals_of_bitcoin_share_a_transaction(
    bitcoin_house: BitcoinHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bitcoin, "MAX_BATCH", LIMIT)
    house = bitcoin_house
    house.fund(BTC, BTC, BTC)
    withdrawals = [approved(house.address(), 100_000 + n) for n in range(WANTED)]
    paid = []
    for _ in range(4):
        house.pay()
        paid = [
            [output.withdrawal for output in payments.outputs_of(payment)]
            for payment in house.payments()
        ]
    assert paid == [withdrawals[:2], withdrawals[2:4], withdrawals[4:]], "the oldest first"
    house.until_settled()
    assert {payment.state for payment in house.payments()} == {PaymentState.SETTLED}
    assert {state_of(each) for each in withdrawals} == {WithdrawalState.SETTLED}
    for each in withdrawals:
        assert house.received_sat(each.address) == [each.amount_units]
    assert booked("hot", Asset.BTC) == house.hot_sat()
    assert told() == set()


def test_gas_for_sweeps_leaves_room_for_withdrawals(
    ethereum_house: EthereumHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ethereum, "MAX_IN_FLIGHT", LIMIT)
    house = ethereum_house
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    for _ in range(3):
        credited(house, Asset.USDT, 500 * USDT)
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    house.mine(FINAL)
    assert scan(Network.ETHEREUM).trouble == ""
    house.sweep()
    assert [payment.kind for payment in house.payments()] == [PaymentKind.GAS]
    withdrawal = approved(house.address(), ETHER, Asset.ETH)
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    for _ in range(6):
        house.sweep()
        assert len(waiting(house)) <= LIMIT
        house.until_settled()
    assert house.hot_units(Asset.USDT) == booked("hot", Asset.USDT) == 3 * 500 * USDT
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert_agreed()


def waiting(house: EthereumHouse) -> list[str]:
    """What the node's mempool has of the hot wallet."""
    pool = house.node.call("txpool_content")["pending"]
    of_sender = {address.lower(): each for address, each in pool.items()}
    return list(of_sender.get(house.hot.lower(), {}))
