"""Payments whose rows somebody else wrote: no coin leaves for where nobody approved it to."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.wallet.house import execute, guards_off
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.forging import insert_output, insert_payment, take_coin
from tests.wallet.signer.house import approved, state_of
from tests.wallet.signer.telling import told
from wallet.assets import Asset
from wallet.models import PaymentState

pytestmark = pytest.mark.django_db

BTC = 10**8
LATER = timedelta(hours=2)
KINDS = ("cold", "sweep", "gas", "gap")


def refused_bitcoin(house: BitcoinHouse) -> None:
    house.pay()
    assert house.payment().state == PaymentState.DROPPED
    assert house.attempts() == []
    assert house.node.mempool_txids() == []
    assert told() == {"outputs_changed"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_bitcoin_goes_to_an_address_that_somebody_wrote(
    bitcoin_house: BitcoinHouse, kind: str
) -> None:
    house = bitcoin_house
    house.fund(BTC)
    payment = insert_payment(house.hot, kind=kind)
    insert_output(payment, house.address(), 50_000)
    take_coin(payment)
    refused_bitcoin(house)


@pytest.mark.parametrize(
    ("columns", "parts"),
    [
        ({"fee_cap_units": BTC}, (50_000,)),
        ({"amount_units": 1}, (50_000,)),
        ({}, (20_000, 30_000)),
        ({"from_address": "elsewhere"}, (50_000,)),
        ({"asset": "ETH"}, (50_000,)),
    ],
    ids=["fee", "sum", "two outputs", "source", "asset"],
)
def test_even_to_cold_storage_it_is_only_as_the_signer_does_it(
    bitcoin_house: BitcoinHouse,
    columns: dict[str, object],
    parts: tuple[int, ...],
    settings: Settings,
) -> None:
    house = bitcoin_house
    house.fund(BTC)
    payment = insert_payment(house.hot, **columns)
    for amount in parts:
        insert_output(payment, settings.BITCOIN_COLD_ADDRESS, amount)
    take_coin(payment)
    refused_bitcoin(house)


def test_a_replacement_pays_no_output_that_came_later(bitcoin_house: BitcoinHouse) -> None:
    """Past the database's own guard, as only a superuser of it can."""
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    thief = house.address()
    with guards_off():
        insert_output(house.payment(), thief, 1_000_000)
    house.pay(now=timezone.now() + LATER)
    assert [attempt.number for attempt in house.attempts()] == [1]
    assert told() == {"outputs_changed"}
    house.mine()
    assert house.received_sat(withdrawal.address) == [100_000]
    assert house.received_sat(thief) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_ether_goes_to_an_address_that_somebody_wrote(
    ethereum_house: EthereumHouse, kind: str
) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, ETHER)
    payment = insert_payment(
        house.hot,
        kind=kind,
        network="ethereum",
        asset="ETH",
        nonce=0,
        fee_cap_units=10**16,
    )
    thief = house.address()
    insert_output(payment, thief, 50_000)
    house.pay()
    assert house.payment().state == PaymentState.DROPPED
    assert not payment.attempts.exists()
    assert told() == {"outputs_changed"}
    house.mine()
    assert house.balance(Asset.ETH, thief) == 0


def test_a_replacement_of_ether_pays_whom_the_withdrawal_says(
    ethereum_house: EthereumHouse,
) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, ETHER)
    withdrawal = approved(house.address(), ETHER // 10, Asset.ETH)
    house.pay()
    with guards_off():
        execute("UPDATE wallet_paymentoutput SET address = %s", [house.address()])
    house.pay(now=timezone.now() + LATER)
    assert house.payment().attempts.count() == 1
    assert told() == {"outputs_changed"}
    assert state_of(withdrawal) == "broadcast"
