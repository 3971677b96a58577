"""What stops quotes, and what starts them again."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from tests.wallet.house import make_player, refused
from tests.wallet.rates.conftest import Market
from wallet import rates
from wallet.models import MoneyEvent, Rate, RateHalt, RateSample
from wallet.rates.errors import NoSuchHalt, RatesDisagree, RatesHalted

pytestmark = pytest.mark.django_db


def halts() -> list[tuple[str, bool]]:
    """Reasons, and whether they are lifted."""
    rows = RateHalt.objects.filter(asset="BTC").order_by("id")
    return [(row.reason, row.lifted_at is not None) for row in rows]


@pytest.mark.parametrize("tenfold", ["1500000000", "15000000"])
def test_a_tenfold_price_at_one_source_stops_quotes(market: Market, tenfold: str) -> None:
    market.fetch()
    market.quotes.set_price("BTC", tenfold, exchange="upbit")
    market.later(10)
    market.fetch()
    with pytest.raises(RatesDisagree, match=f"upbit {tenfold}"):
        market.current()
    assert market.current("ETH").mid_krw == Decimal(5_000_000)
    newest = RateSample.objects.filter(asset="BTC").order_by("-id")[:2]
    assert {sample.refusal for sample in newest} == {"disagrees"}
    assert MoneyEvent.objects.filter(kind="alert.rates_halted", subject="BTC").count() == 1


@pytest.mark.parametrize("tenfold", ["1500000000", "15000000"])
def test_a_tenfold_price_at_both_sources_stops_quotes_until_staff_lift_it(
    market: Market, tenfold: str
) -> None:
    market.fetch()
    market.quotes.set_price("BTC", tenfold)
    market.later(10)
    market.fetch()
    with pytest.raises(RatesHalted, match="jumped"):
        market.current()
    market.beats(600, every=50)
    with pytest.raises(RatesHalted):
        market.current()

    staff = User.objects.get(pk=make_player())
    halt = RateHalt.objects.get(asset="BTC")
    rates.lift_halt(halt_id=halt.pk, staff=staff, clock=market.clock)
    assert market.current().mid_krw == Decimal(tenfold)
    market.beats(60)
    assert market.current().mid_krw == Decimal(tenfold)
    assert RateHalt.objects.get(asset="BTC").lifted_by == staff
    with pytest.raises(NoSuchHalt):
        rates.lift_halt(halt_id=halt.pk, staff=staff)
    lifted = MoneyEvent.objects.get(kind="rate_halt_lifted", subject="BTC")
    assert lifted.payload["staff"] == staff.pk


@pytest.mark.parametrize(("after", "stops"), [(157_500_000, False), (157_500_001, True)])
def test_more_than_five_percent_in_a_minute_stops_quotes(
    market: Market, after: int, stops: bool
) -> None:
    market.fetch()
    market.later(55)
    market.quotes.set_price("BTC", str(after))
    market.fetch()
    assert halts() == ([("moved", False)] if stops else [])


def test_small_steps_within_a_minute_add_up(market: Market) -> None:
    for price in (150_000_000, 153_000_000, 156_000_000, 159_000_000):
        market.quotes.set_price("BTC", str(price))
        market.fetch()
        market.later(15)
    assert halts() == [("moved", False)]


def test_the_same_way_in_minutes_stops_nothing(market: Market) -> None:
    for price in range(150_000_000, 180_000_000, 2_000_000):
        market.quotes.set_price("BTC", str(price))
        market.fetch()
        market.later(30)
    assert halts() == []


@pytest.mark.parametrize(
    ("minutes", "after", "expected"),
    [
        (10, 180_000_000, []),
        (2, 180_000_000, [("moved", False)]),
        (600, 299_000_000, []),
        (600, 301_000_000, [("jumped", False)]),
    ],
)
def test_after_silence_the_newest_rate_is_the_measure(
    market: Market, minutes: int, after: int, expected: list[tuple[str, bool]]
) -> None:
    market.fetch()
    market.later(60 * minutes)
    market.quotes.set_price("BTC", str(after))
    market.fetch()
    assert halts() == expected


def test_quotes_go_on_after_five_calm_minutes(market: Market) -> None:
    market.fetch()
    market.quotes.set_price("BTC", "160000000")
    market.beats(60)  # for a minute it is a move within a minute
    market.beats(280, every=40)
    with pytest.raises(RatesHalted, match="moved"):
        market.current()
    market.beats(30)
    assert market.current().mid_krw == Decimal(160_000_000)
    assert halts() == [("moved", True)]
    assert RateHalt.objects.get(asset="BTC").lifted_by is None


def test_a_disagreement_starts_the_wait_again(market: Market) -> None:
    market.fetch()
    market.quotes.set_price("BTC", "155000000", exchange="upbit")
    market.beats(10)
    market.quotes.set_price("BTC", "150000000", exchange="upbit")
    market.beats(200, every=50)
    market.quotes.set_price("BTC", "155000000", exchange="upbit")
    market.beats(10)
    market.quotes.set_price("BTC", "150000000", exchange="upbit")
    market.beats(280, every=40)
    assert halts() == [("disagree", False)]
    market.beats(30)
    assert halts() == [("disagree", True)]


def test_silence_is_not_calm(market: Market) -> None:
    market.quotes.set_price("BTC", "155000000", exchange="upbit")
    market.fetch()
    market.quotes.set_price("BTC", "150000000", exchange="upbit")
    market.later(600)
    market.fetch()
    assert halts() == [("disagree", False)]
    market.beats(330, every=55)
    assert halts() == [("disagree", True)]


@pytest.mark.parametrize(("upbit", "stops"), [(153_000_000, False), (153_000_001, True)])
def test_two_percent_between_two_sources_is_the_limit(
    market: Market, upbit: int, stops: bool
) -> None:
    market.quotes.set_price("BTC", str(upbit), exchange="upbit")
    market.fetch()
    assert bool(halts()) == stops
    assert Rate.objects.filter(asset="BTC").exists() != stops


def test_the_database_keeps_halts_as_they_were(market: Market) -> None:
    market.quotes.set_price("BTC", "155000000", exchange="upbit")
    market.fetch()
    halt = RateHalt.objects.get(asset="BTC")
    with refused("wallet_identity_fixed"):
        RateHalt.objects.filter(pk=halt.pk).update(reason="none")
    with pytest.raises(IntegrityError), transaction.atomic():
        RateHalt.objects.filter(pk=halt.pk).delete()
    rates.lift_halt(halt_id=halt.pk, staff=User.objects.get(pk=make_player()))
    with refused("wallet_ratehalt_lifted_once"):
        RateHalt.objects.filter(pk=halt.pk).update(lifted_at=None)
