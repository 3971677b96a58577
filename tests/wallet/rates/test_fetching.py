"""What a source may say, and what becomes of it: real sockets, real PostgreSQL."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from tests.wallet.house import at_once
from tests.wallet.rates.conftest import Market
from wallet import rates
from wallet.devrates.quotes import Exchange
from wallet.models import Rate, RateHalt, RateSample
from wallet.rates.errors import OneSource, RatesStale
from wallet.rates.sources import MAX_ANSWER_BYTES, sources

pytestmark = pytest.mark.django_db


def refusals(source: str, asset: str = "BTC") -> list[str]:
    rows = RateSample.objects.filter(source=source, asset=asset).order_by("id")
    return list(rows.values_list("refusal", flat=True))


def test_two_sources_give_their_median_with_the_spread_each_way(market: Market) -> None:
    market.quotes.set_price("BTC", "150000000", exchange="upbit")
    market.quotes.set_price("BTC", "150000001.5", exchange="bithumb")
    market.fetch()

    rate = market.current()
    assert rate.mid_krw == Decimal("150000000.75")
    assert rate.bid_krw == Decimal("149250000.74625")  # 0.5 % each way
    assert rate.ask_krw == Decimal("150750000.75375")
    assert rate.at == market.now
    samples = {sample.source: sample for sample in rate.samples.all()}
    assert {name: sample.price_krw for name, sample in samples.items()} == {
        "upbit": Decimal("150000000"),
        "bithumb": Decimal("150000001.5"),
    }
    assert {sample.refusal for sample in samples.values()} == {""}


def test_every_asset_is_asked_for_at_once(market: Market) -> None:
    market.fetch()
    assert sorted(market.quotes.asked) == [
        "bithumb KRW-BTC,KRW-ETH,KRW-USDT,KRW-USDC",
        "upbit KRW-BTC,KRW-ETH,KRW-USDT,KRW-USDC",
    ]
    for asset in ("BTC", "ETH", "USDT", "USDC"):
        assert market.current(asset).asset == asset
    with pytest.raises(ValueError, match="DOGE"):
        rates.current("DOGE")


@pytest.mark.parametrize(
    ("price", "refusal"),
    [
        ("0", "price_zero"),
        ("0.0", "price_zero"),
        ("-0.0", "price_zero"),
        ("0e-400", "price_zero"),
        ("-150000000", "price_negative"),
        ("NaN", "price_not_a_number"),
        ("Infinity", "price_not_a_number"),
        ("-Infinity", "price_not_a_number"),
        ('"150000000"', "price_not_a_number"),
        ("true", "price_not_a_number"),
        ("null", "price_not_a_number"),
        ("[150000000]", "price_not_a_number"),
        ('{"krw":150000000}', "price_not_a_number"),
        ("1e400", "price_out_of_range"),
        ("10000000000001", "price_out_of_range"),
        ("0.009", "price_out_of_range"),
        ("150000000.000000001", "price_too_precise"),
        ("150000000.00000000000000000000000000000000001", "price_too_precise"),
        ("1" * 5000, "not_json"),
        ("1e99999999999999999999", "not_json"),
        ("", "not_json"),
    ],
)
def test_what_is_no_price_does_not_count_and_one_source_is_not_enough(
    market: Market, price: str, refusal: str
) -> None:
    market.upbit.prices["BTC"] = price
    market.fetch()

    assert refusals("upbit") == [refusal]
    assert refusals("bithumb") == ["only_source"]
    assert not Rate.objects.filter(asset="BTC").exists()
    with pytest.raises(OneSource, match="bithumb only"):
        market.current()
    # A price that is none spoils no other asset, unless the answer cannot be read at all.
    assert Rate.objects.filter(asset="ETH").exists() == (refusal != "not_json")


@pytest.mark.parametrize(
    ("ill", "refusal"),
    [
        (Exchange(age_ms=60_001), "stale"),
        (Exchange(age_ms=-5_001), "time_in_future"),
        (Exchange(timestamp='"1772366400000"'), "time_invalid"),
        (Exchange(timestamp="1772366400000.5"), "time_invalid"),
        (Exchange(timestamp="true"), "time_invalid"),
        (Exchange(timestamp="null"), "time_invalid"),
        (Exchange(timestamp="0"), "time_invalid"),
        (Exchange(timestamp="-1"), "time_invalid"),
        (Exchange(timestamp="9" * 30), "time_invalid"),
        (Exchange(timestamp="1772366400"), "stale"),  # seconds
        (Exchange(missing={"BTC"}), "market_missing"),
        (Exchange(twice=True), "market_twice"),
        (Exchange(status=400), "http_400"),
        (Exchange(status=403), "http_403"),
        (Exchange(status=302), "http_302"),
        (Exchange(status=429), "http_429"),
        (Exchange(status=500), "http_500"),
        (Exchange(status=404), "market_missing"),
        (Exchange(body=b""), "not_json"),
        (Exchange(body=b"<html>busy</html>"), "not_json"),
        (Exchange(body=b'[{"market":"KRW-BTC","trade_pri'), "not_json"),
        (Exchange(body=b"\xff\xfe[]"), "not_json"),
        (Exchange(body=b"[" * 100_000), "not_json"),
        (Exchange(body=b"{}"), "not_a_ticker"),
        (Exchange(body=b"null"), "not_a_ticker"),
        (Exchange(body=b'["KRW-BTC"]'), "not_a_ticker"),
        (Exchange(body=b"[]"), "market_missing"),
        (Exchange(body=b'[{"market":null}]'), "market_missing"),
        (
            Exchange(
                body=b'[{"market":"KRW-BTC","trade_price":1,"trade_price":150000000,'
                b'"timestamp":1772366400000}]'
            ),
            "duplicate_key",
        ),
        (Exchange(body=b" " * (MAX_ANSWER_BYTES + 1)), "answer_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_source_that_is_ill_does_not_count(market: Market, ill: Exchange, refusal: str) -> None:
    market.quotes.exchanges["bithumb"] = ill
    market.fetch()

    assert refusals("bithumb") == [refusal]
    assert refusals("upbit") == ["only_source"]
    with pytest.raises(OneSource):
        market.current()
    assert not RateHalt.objects.exists()  # illness is no disagreement


@pytest.mark.parametrize("age_ms", [60_000, -5_000])
def test_at_the_limits_of_age_and_clock_skew_a_source_counts(market: Market, age_ms: int) -> None:
    market.upbit.age_ms = age_ms
    market.fetch()
    assert refusals("upbit") == [""]
    # A rate is as old as its oldest source, and never of the future.
    assert market.current().at == market.now - timedelta(milliseconds=max(age_ms, 0))


def test_a_source_that_stalls_or_drips_is_not_waited_for(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet.rates.sources.ATTEMPT_SECONDS", 0.1)
    market.upbit.stall_seconds = 0.5
    market.bithumb.drip_seconds = 0.03
    market.fetch()
    assert refusals("upbit") == refusals("bithumb") == ["timeout"]
    with pytest.raises(RatesStale):
        market.current()


def test_a_source_that_is_gone_is_asked_twice_and_then_given_up(
    market: Market, settings: Settings
) -> None:
    market.upbit.status = 503
    settings.BITHUMB_URL = "http://127.0.0.1:1"
    market.fetch()
    assert refusals("upbit") == ["http_503"]
    assert refusals("bithumb") == ["unreachable"]
    assert len(market.quotes.asked) == 2
    with pytest.raises(RatesStale, match="never"):
        market.current()


@pytest.mark.parametrize("url", ["http://", "nonsense", "http://127.0.0.1:99999", "ftp://x/"])
def test_an_address_that_is_none_is_a_source_that_does_not_answer(
    market: Market, settings: Settings, url: str
) -> None:
    settings.UPBIT_URL = url
    market.fetch()
    assert refusals("upbit") == ["unreachable"]


def test_a_market_that_one_exchange_does_not_have_leaves_the_others(market: Market) -> None:
    del market.bithumb.prices["USDC"]
    market.fetch()
    assert refusals("bithumb", "USDC") == ["market_missing"]
    assert market.current("USDT").samples.count() == 2
    with pytest.raises(OneSource):
        market.current("USDC")


def test_a_rate_is_used_until_its_sources_are_too_old(market: Market) -> None:
    market.upbit.age_ms = 20_000
    market.fetch()
    market.quotes.exchanges["bithumb"] = Exchange(status=500)
    market.later(40)
    assert market.current().mid_krw == Decimal(150_000_000)
    market.later(0.001)
    with pytest.raises(RatesStale):
        market.current()
    market.fetch()
    with pytest.raises(OneSource):
        market.current()


def test_without_sources_there_is_no_rate(market: Market, settings: Settings) -> None:
    settings.UPBIT_URL = settings.BITHUMB_URL = ""
    assert sources() == []
    assert market.fetch() == dict.fromkeys(("BTC", "ETH", "USDT", "USDC"))
    with pytest.raises(RatesStale):
        market.current()


def test_one_address_twice_is_one_source(market: Market, settings: Settings) -> None:
    settings.BITHUMB_URL = f"{settings.UPBIT_URL}/"
    market.fetch()
    assert [source.name for source in sources()] == ["upbit"]
    with pytest.raises(OneSource):
        market.current()


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_do_no_harm(market: Market) -> None:
    market.fetch()
    market.quotes.set_price("BTC", "1500000000")
    results = at_once([market.fetch] * 4, threads=4)
    assert [type(result) for result in results] == [dict] * 4
    assert RateHalt.objects.filter(asset="BTC").count() == 1
    assert {rate.mid_krw for rate in Rate.objects.filter(asset="ETH")} == {Decimal(5_000_000)}
