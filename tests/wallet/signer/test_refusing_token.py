"""A token whose `transfer` succeeds and moves nothing: EIP-20 lets it answer false."""

from dataclasses import replace

import pytest

from tests.wallet.deposits.site import set_rates
from tests.wallet.signer.ethereum_house import ETHER, TO_FINAL, EthereumHouse
from tests.wallet.signer.house import approved, booked, held_krw, player_krw, state_of
from tests.wallet.signer.telling import told
from tests.wallet.signer.test_sweeping import assert_agreed, credited, no_float, sound
from wallet.assets import Asset
from wallet.chains.types import Asset as ChainAsset
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens
from wallet.models import MoneyEvent, Payment, PaymentKind, PaymentState, WithdrawalState

pytestmark = pytest.mark.django_db

USDC = 10**6
either_answer = pytest.mark.parametrize("answer", [False, True])


@pytest.fixture
def tokens(tokens: DeployedTokens, ethereum_node: EthereumNode) -> DeployedTokens:
    """Its USDC can be made to refuse."""
    usdc = ethereum_node.deploy("RefusingToken", "USD Coin", "USDC", ChainAsset.USDC.decimals)
    return replace(tokens, usdc=usdc)


@either_answer
def test_a_withdrawal_that_moves_nothing_gives_the_hold_back(
    ethereum_house: EthereumHouse, *, answer: bool
) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, ETHER)
    house.fund(Asset.USDC, 20 * USDC)
    refuse(house, answer=answer)
    withdrawal = approved(house.address(), 5 * USDC, Asset.USDC)
    house.pay()
    house.mine()
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.CONFIRMED, "a reorganisation may change it"
    assert held_krw(withdrawal) == withdrawal.amount_krw
    house.mine(TO_FINAL)
    house.pay()
    payment = house.payment()
    assert (payment.state, payment.reason) == (PaymentState.FAILED, "not_transferred")
    assert state_of(withdrawal) == WithdrawalState.FAILED
    assert (held_krw(withdrawal), player_krw(withdrawal)) == (0, withdrawal.amount_krw)
    assert payment.fee_paid_units > 0
    assert house.hot_units(Asset.USDC) == 20 * USDC
    assert_booked(house)
    assert told() == {"not_transferred"}
    # It is over: only what is asked for anew is paid.
    refuse(house, answer=None)
    again = approved(house.address(), 5 * USDC, Asset.USDC)
    house.pay()
    house.until_settled()
    assert [state_of(each) for each in (withdrawal, again)] == ["failed", "settled"]
    assert [house.balance(Asset.USDC, each.address) for each in (withdrawal, again)] == [
        0,
        5 * USDC,
    ]
    assert_booked(house)
    assert sound()


@either_answer
def test_a_sweep_that_moves_nothing_is_not_booked_and_told_each_time(
    ethereum_house: EthereumHouse, *, answer: bool
) -> None:
    """Every try costs gas, so staff hear of every one."""
    house = ethereum_house
    set_rates(BTC=100_000_000, ETH=5_000_000, USDT=1_400, USDC=1_400)
    no_float(Asset.ETH, Asset.USDT, Asset.USDC)
    address = credited(house, Asset.USDC, 500 * USDC)
    house.fund(Asset.ETH, 10 * ETHER, book=False)
    refuse(house, answer=answer)
    for tries in (1, 2):
        sweep = swept(house)
        assert (sweep.state, sweep.reason) == (PaymentState.FAILED, "not_transferred")
        assert sweep.fee_paid_units > 0
        assert alerted() == tries
        assert (booked("deposits", Asset.USDC), booked("hot", Asset.USDC)) == (500 * USDC, 0)
        assert house.balance(Asset.USDC, address) == 500 * USDC
        assert booked("deposits", Asset.ETH) == house.balance(Asset.ETH, address)
        assert_agreed()
    refuse(house, answer=None)
    assert swept(house).state == PaymentState.SETTLED
    assert booked("deposits", Asset.USDC) == house.balance(Asset.USDC, address) == 0
    assert booked("hot", Asset.USDC) == house.hot_units(Asset.USDC) == 500 * USDC
    assert told() == {"not_transferred"}
    assert_agreed()


def refuse(house: EthereumHouse, *, answer: bool | None) -> None:
    """What `transfer` answers without moving anything; None: it moves again."""
    house.node.transact(
        house.tokens.usdc, "setRefusing(bool,bool)", answer is not None, bool(answer)
    )
    house.mine()


def swept(house: EthereumHouse) -> Payment:
    """One sweep to its end, and before it the gas for it if that is needed."""
    before = sweeps()
    for _ in range(2):
        if sweeps() == before:
            house.sweep()
            house.until_settled()
    sweep = house.payments()[-1]
    assert (sweep.kind, sweeps()) == (PaymentKind.SWEEP, before + 1)
    return sweep


def sweeps() -> int:
    return Payment.objects.filter(kind=PaymentKind.SWEEP).count()


def alerted() -> int:
    """Of how many payments it was told, each once."""
    alerts = MoneyEvent.objects.filter(kind="alert.not_transferred")
    subjects = set(alerts.values_list("subject", flat=True))
    assert len(subjects) == alerts.count()
    return len(subjects)


def assert_booked(house: EthereumHouse) -> None:
    for asset in (Asset.ETH, Asset.USDC):
        assert booked("hot", asset) == house.hot_units(asset)
