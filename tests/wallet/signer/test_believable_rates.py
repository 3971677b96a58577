"""A rate in the database is paid at only where the exchanges say about the same to the signer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import approved, exchanges, held_krw, state_of
from tests.wallet.signer.telling import told
from wallet.assets import Asset, Network
from wallet.devrates.server import RateServer
from wallet.models import PaymentState, WithdrawalState
from wallet.signer import bitcoin, ethereum, passes
from wallet.signer.errors import RatesUnheard
from wallet.signer.locks import only_signer
from wallet.signer.market import listen

pytestmark = pytest.mark.django_db
BTC = 10**8
NOBODY = "http://127.0.0.1:1"
# The house's own rule says 5 %.
TWO_PERCENT_UP, SIX_PERCENT_UP = "98447762", "102308458"


@contextmanager
def others(settings: Settings, *, btc_krw: str) -> Iterator[RateServer]:
    """Exchanges that say another price for bitcoin."""
    with exchanges() as server:
        server.quotes.set_price("BTC", btc_krw)
        settings.UPBIT_URL, settings.BITHUMB_URL = server.url("upbit"), server.url("bithumb")
        yield server


def test_a_forged_rate_takes_nothing(bitcoin_house: BitcoinHouse) -> None:
    """Rate and samples of two sources are in the database, and the coins are what it says."""
    house = bitcoin_house
    house.fund(3 * BTC)
    honest = approved(house.address(), 100_000)
    forged = approved(house.address(), 2 * BTC, cost_krw=10_000)
    house.pay()
    assert state_of(honest) == WithdrawalState.BROADCAST
    assert state_of(forged) == WithdrawalState.APPROVED
    assert house.received_sat(forged.address) == []
    assert held_krw(forged) == forged.amount_krw
    assert told() == {"rate_unbelievable"}


def test_so_does_one_of_a_token(ethereum_house: EthereumHouse) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, 2 * ETHER)
    house.fund(Asset.USDT, 500_000_000)
    forged = approved(house.address(), 400_000_000, Asset.USDT, cost_krw=10_000)
    house.pay()
    assert state_of(forged) == WithdrawalState.APPROVED
    assert house.payments() == []
    assert told() == {"rate_unbelievable"}


@pytest.mark.parametrize(
    ("btc_krw", "state", "codes"),
    [
        (TWO_PERCENT_UP, WithdrawalState.BROADCAST, set[str]()),
        (SIX_PERCENT_UP, WithdrawalState.APPROVED, {"rate_unbelievable"}),
    ],
)
def test_a_market_that_moves_a_little_is_believed(
    bitcoin_house: BitcoinHouse,
    settings: Settings,
    btc_krw: str,
    state: WithdrawalState,
    codes: set[str],
) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    with others(settings, btc_krw=btc_krw):
        house.pay()
    assert state_of(withdrawal) == state
    assert told() == codes


@pytest.mark.parametrize("heard", [("", ""), (NOBODY, NOBODY), ("upbit", NOBODY)])
def test_without_two_exchanges_it_waits(
    bitcoin_house: BitcoinHouse,
    running_exchanges: RateServer,
    settings: Settings,
    heard: tuple[str, str],
) -> None:
    """Nothing is paid and nobody is called; when they are back it goes on by itself."""
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    before = settings.UPBIT_URL, settings.BITHUMB_URL
    settings.UPBIT_URL, settings.BITHUMB_URL = (
        running_exchanges.url(url) if url == "upbit" else url for url in heard
    )
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.APPROVED
    assert house.payments() == []
    settings.UPBIT_URL, settings.BITHUMB_URL = before
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    assert told() == set()


def test_a_prepared_payment_waits_too(bitcoin_house: BitcoinHouse, settings: Settings) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    with only_signer(Network.BITCOIN):
        bitcoin.prepare(house.wallet)
        before = settings.UPBIT_URL
        settings.UPBIT_URL = NOBODY
        passes.sign_and_send(house.wallet)
    assert house.payment().state == PaymentState.PREPARED
    assert house.node.mempool_txids() == []
    settings.UPBIT_URL = before
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    assert told() == set()


@pytest.mark.parametrize("network", [bitcoin, ethereum])
def test_signing_is_refused_while_the_rates_are_unheard(
    request: pytest.FixtureRequest, settings: Settings, network: Any
) -> None:
    """The payment is not given up for it."""
    is_bitcoin = network is bitcoin
    house = request.getfixturevalue("bitcoin_house" if is_bitcoin else "ethereum_house")
    asset, units = (Asset.BTC, 100_000) if is_bitcoin else (Asset.ETH, ETHER)
    house.fund(*([BTC] if is_bitcoin else [asset, 2 * ETHER]))
    withdrawal = approved(house.address(), units, asset)
    with only_signer(house.wallet.network):
        network.prepare(house.wallet)
        before = settings.UPBIT_URL
        settings.UPBIT_URL = NOBODY
        listen()
        with pytest.raises(RatesUnheard) as refused:
            network.sign(house.wallet, house.payment())
    assert (refused.value.code, refused.value.detail) == ("rates_unheard", asset)
    assert house.payment().state == PaymentState.PREPARED
    assert not house.payment().attempts.exists()
    settings.UPBIT_URL = before
    house.pay()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    assert house.payment().attempts.count() == 1


def test_a_prepared_payment_is_judged_by_what_is_said_when_it_is_signed(
    bitcoin_house: BitcoinHouse, settings: Settings
) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    with only_signer(Network.BITCOIN):
        bitcoin.prepare(house.wallet)
        with others(settings, btc_krw=SIX_PERCENT_UP):
            passes.sign_and_send(house.wallet)
    assert house.payment().state == PaymentState.DROPPED
    assert state_of(withdrawal) == WithdrawalState.APPROVED
    assert told() == {"rate_unbelievable"}


def test_each_exchange_is_asked_once_in_a_pass(
    bitcoin_house: BitcoinHouse, settings: Settings
) -> None:
    """Not at all where nothing waits."""
    house = bitcoin_house
    house.fund(BTC)
    with exchanges() as server:
        settings.UPBIT_URL, settings.BITHUMB_URL = server.url("upbit"), server.url("bithumb")
        house.pay()
        assert server.quotes.asked == []
        withdrawals = [approved(house.address(), 100_000) for _ in range(3)]
        house.pay()
        assert sorted(each.split()[0] for each in server.quotes.asked) == ["bithumb", "upbit"]
    assert {state_of(each) for each in withdrawals} == {WithdrawalState.BROADCAST}
