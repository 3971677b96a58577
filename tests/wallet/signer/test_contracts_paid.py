"""ETH to addresses with code, which runs when coins come and may need gas or refuse them."""

from collections.abc import Callable

import pytest

from tests.wallet.signer.ethereum_house import ETHER, TO_FINAL, EthereumHouse
from tests.wallet.signer.house import approved, booked, held_krw, player_krw, state_of
from tests.wallet.signer.telling import told
from wallet import chart, movements
from wallet.assets import Asset, Network
from wallet.deposits import scan
from wallet.models import OwnTransfer, PaymentAttempt, PaymentState, WithdrawalState
from wallet.policies import policy
from wallet.reconciliation import reconcile
from wallet.signer import ethereum
from wallet.signer.fees import MOST_RECEIVING_GAS, TRANSFER_GAS
from wallet.signer.locks import only_signer

pytestmark = pytest.mark.django_db

# What makes code of an account that keeps its key (EIP-7702), before the contract's address.
DELEGATION = "0xef0100"
GAS_OF_A_TURN = 26


def code_that_burns(gas: int) -> str:
    """Code that counts down from a number, whatever it is called with."""
    return f"0x62{gas // GAS_OF_A_TURN:06x}5b600190038060045700"


@pytest.fixture
def house(ethereum_house: EthereumHouse) -> EthereumHouse:
    """Its hot wallet has 20 ETH."""
    ethereum_house.fund(Asset.ETH, 20 * ETHER)
    return ethereum_house


def a_contract(house: EthereumHouse) -> str:
    return house.node.deploy("Payroll")


def an_account_that_delegates(house: EthereumHouse) -> str:
    address = house.address()
    code = DELEGATION + house.node.deploy("Payroll").removeprefix("0x")
    house.node.call("anvil_setCode", address, code)
    return address


@pytest.mark.parametrize("recipient", [a_contract, an_account_that_delegates])
def test_one_that_takes_coins_gets_the_gas_that_it_needs(
    house: EthereumHouse, recipient: Callable[[EthereumHouse], str]
) -> None:
    withdrawal = approved(recipient(house), ETHER, Asset.ETH)
    house.pay()
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.balance(Asset.ETH, withdrawal.address) == ETHER
    attempt = PaymentAttempt.objects.get()
    assert attempt.gas_limit is not None
    assert attempt.gas_limit > TRANSFER_GAS
    assert house.payment().fee_paid_units > TRANSFER_GAS * attempt.tip_rate
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH)
    assert told() == set()


def test_one_that_refuses_coins_keeps_no_others_waiting(house: EthereumHouse) -> None:
    refusing = approved(house.tokens.fake, ETHER, Asset.ETH)
    other = approved(house.address(), ETHER, Asset.ETH)
    house.pay()
    house.until_settled()
    assert house.payment().nonce == 0
    assert (state_of(refusing), state_of(other)) == ("approved", "settled")
    assert held_krw(refusing) == refusing.amount_krw
    assert house.balance(Asset.ETH, refusing.address) == 0
    assert house.balance(Asset.ETH, other.address) == ETHER
    assert told() == {"would_revert"}


@pytest.mark.parametrize("gas", [MOST_RECEIVING_GAS, 13_000_000])
def test_one_that_burns_gas_is_not_paid_at_the_houses_expense(
    house: EthereumHouse, gas: int
) -> None:
    burning = approved(house.address(), ETHER, Asset.ETH)
    house.node.call("anvil_setCode", burning.address, code_that_burns(gas))
    other = approved(house.address(), ETHER, Asset.ETH)
    house.pay()
    house.until_settled()
    assert house.payment().nonce == 0
    assert (state_of(burning), state_of(other)) == ("approved", "settled")
    assert held_krw(burning) == burning.amount_krw
    assert told() == {"too_much_gas"}


def test_one_that_needs_as_much_as_contract_wallets_do_is_paid(house: EthereumHouse) -> None:
    withdrawal = approved(house.address(), ETHER, Asset.ETH)
    house.node.call("anvil_setCode", withdrawal.address, code_that_burns(40_000))
    house.pay()
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    assert house.payment().fee_paid_units > 60_000 * PaymentAttempt.objects.get().tip_rate


def test_one_that_begins_to_burn_gas_after_it_was_estimated_burns_no_more_than_that(
    house: EthereumHouse,
) -> None:
    """Prepared for an account without code; there is some when it is signed."""
    withdrawal = approved(house.address(), ETHER, Asset.ETH)
    with only_signer(Network.ETHEREUM):
        ethereum.prepare(house.wallet)
        house.node.call("anvil_setCode", withdrawal.address, code_that_burns(13_000_000))
        ethereum.sign(house.wallet, house.payment())
    assert house.payment().state == PaymentState.DROPPED
    assert (state_of(withdrawal), held_krw(withdrawal)) == ("approved", withdrawal.amount_krw)
    assert told() == {"too_much_gas"}


def test_a_token_whose_contract_was_changed_to_burn_gas_is_not_paid(house: EthereumHouse) -> None:
    house.fund(Asset.USDT, 5_000_000)
    withdrawal = approved(house.address(), 5_000_000, Asset.USDT)
    house.node.call("anvil_setCode", house.tokens.usdt, code_that_burns(400_000))
    house.pay()
    assert house.payments() == []
    assert state_of(withdrawal) == "approved"
    assert told() == {"too_much_gas"}


def test_one_that_begins_to_refuse_after_it_was_sent_gives_the_hold_back(
    house: EthereumHouse,
) -> None:
    """A contract is put at the address between the signature and the block."""
    withdrawal = approved(house.address(), ETHER, Asset.ETH)
    house.pay()
    code = house.node.call("eth_getCode", house.tokens.fake, "latest")
    house.node.call("anvil_setCode", withdrawal.address, code)
    house.mine()
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.CONFIRMED
    house.mine(TO_FINAL)
    house.pay()
    house.pay()
    assert house.payment().state == PaymentState.FAILED
    assert state_of(withdrawal) == WithdrawalState.FAILED
    assert (held_krw(withdrawal), player_krw(withdrawal)) == (0, withdrawal.amount_krw)
    assert house.balance(Asset.ETH, withdrawal.address) == 0
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH)
    assert told() == {"reverted"}


def test_what_it_gives_back_to_the_hot_wallet_is_capital_and_withdrawals_stay_open(
    ethereum_house: EthereumHouse,
) -> None:
    """A wei, and tokens, that its code sends to us in the very transaction that pays it."""
    house = ethereum_house
    rebound = house.node.deploy("Rebound", house.tokens.usdc)
    house.mine(TO_FINAL)
    scanned()
    house.fund(Asset.ETH, 20 * ETHER, book=False)
    house.node.mint_token(house.tokens.usdc, rebound, 7_000_000)
    house.mine(TO_FINAL)
    scanned()
    withdrawal = approved(rebound, ETHER, Asset.ETH)
    house.pay()
    house.mine()
    scanned()
    assert set(OwnTransfer.objects.filter(payment=None).values_list("amount_units", flat=True)) == {
        20 * ETHER,
        7_000_000,
        1,
    }
    assert booked("hot", Asset.USDC) == 0  # not final yet
    house.until_settled()
    assert state_of(withdrawal) == WithdrawalState.SETTLED
    run = reconcile()
    assert run.is_ok, run.report
    assert policy().withdrawals_open
    assert movements.balance(chart.capital(Asset.ETH)) == 20 * ETHER + 1
    assert movements.balance(chart.capital(Asset.USDC)) == 7_000_000
    assert booked("hot", Asset.ETH) == house.hot_units(Asset.ETH)
    assert booked("hot", Asset.USDC) == house.hot_units(Asset.USDC) == 7_000_000
    assert told() <= {"insolvent"}


def scanned() -> None:
    assert scan(Network.ETHEREUM).trouble == ""
