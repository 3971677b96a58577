"""Deposits while the circuit breaker stops an asset: they wait, whatever rates are written."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pytest_django import Settings

from tests.wallet.deposits.site import (
    BitcoinSite,
    make_staff,
    player_with_address,
    states,
    the_deposit,
    won,
)
from tests.wallet.deposits.test_barred import close_account
from wallet import chart, movements, rates
from wallet.assets import value_krw
from wallet.deposits import credit_from_quarantine
from wallet.deposits.selectors import player_deposits
from wallet.devrates.quotes import Quotes
from wallet.devrates.server import running
from wallet.models import Deposit, Rate, RateHalt, Transaction
from wallet.rates.errors import NoRate

pytestmark = pytest.mark.django_db

HUNDRED_MILLION = 100_000_000


@pytest.fixture
def quotes(bitcoin: BitcoinSite, settings: Settings) -> Iterator[Quotes]:
    """What both exchanges say, over real sockets: for a bitcoin what it has cost so far."""
    quotes = Quotes()
    quotes.set_price("BTC", str(HUNDRED_MILLION))
    with running(quotes) as server:
        settings.UPBIT_URL = server.url("upbit")
        settings.BITHUMB_URL = server.url("bithumb")
        rates.fetch()
        yield quotes


def say(quotes: Quotes, price_krw: int, exchange: str | None = None) -> None:
    quotes.set_price("BTC", str(price_krw), exchange=exchange)
    rates.fetch()


def lift_halt() -> None:
    rates.lift_halt(halt_id=RateHalt.objects.get(lifted_at=None).pk, staff=make_staff())


def assert_credited_at(price_krw: int, deposit: Deposit) -> None:
    deposit.refresh_from_db()
    rate = deposit.rate
    assert rate is not None
    assert (deposit.state, rate.mid_krw) == ("credited", Decimal(price_krw))
    assert won(deposit.user_id) == value_krw("BTC", 500_000, rate.bid_krw)
    assert states(deposit)[-1] == "credited"
    assert states(deposit).count("credited") == 1


@pytest.mark.parametrize("wrong_krw", [10 * HUNDRED_MILLION, HUNDRED_MILLION // 10])
@pytest.mark.parametrize("exchange", [None, "upbit"])
def test_a_deposit_waits_until_staff_lift_the_halt(
    bitcoin: BitcoinSite, quotes: Quotes, wrong_krw: int, exchange: str | None
) -> None:
    player, address = player_with_address("bitcoin")
    say(quotes, wrong_krw, exchange)
    bitcoin.pay(address, 500_000, depth=6)
    bitcoin.scan_calmly()
    deposit = the_deposit(user_id=player)
    assert (deposit.state, deposit.confirmations, deposit.confirmations_needed) == (
        "confirming",
        6,
        6,
    )
    assert player_deposits(user_id=player)[0].expected_krw is None
    # The prices are right again, and their rate is written.
    say(quotes, HUNDRED_MILLION + 2)
    newest = Rate.objects.filter(asset="BTC").latest("id")
    assert newest.mid_krw == HUNDRED_MILLION + 2
    bitcoin.mine()
    assert bitcoin.scan_calmly().decided == 0
    assert (the_deposit(user_id=player).state, won(player)) == ("confirming", 0)
    lift_halt()
    for _ in range(2):
        bitcoin.scan_calmly()
    assert_credited_at(HUNDRED_MILLION + 2, deposit)
    assert Transaction.objects.filter(kind="deposit").count() == 1


def test_nothing_is_credited_from_quarantine_until_staff_lift_the_halt(
    bitcoin: BitcoinSite, quotes: Quotes
) -> None:
    player, address = player_with_address("bitcoin")
    close_account(player)
    bitcoin.pay(address, 500_000, depth=6)
    bitcoin.scan_calmly()
    deposit = the_deposit(user_id=player)
    staff = make_staff()
    for price_krw in (10 * HUNDRED_MILLION, HUNDRED_MILLION + 2):
        say(quotes, price_krw)
        with pytest.raises(NoRate):
            credit_from_quarantine(deposit_id=deposit.pk, staff=staff)
    deposit.refresh_from_db()
    assert (deposit.state, won(player)) == ("quarantined", 0)
    assert movements.balance(chart.quarantine("BTC")) == 500_000
    lift_halt()
    credit_from_quarantine(deposit_id=deposit.pk, staff=staff)
    assert_credited_at(HUNDRED_MILLION + 2, deposit)
    bitcoin.check()
