"""Old rates and samples go, but what something refers to; the database lets nothing else go."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from tests.wallet.house import at_once, execute, guards_off, refused, season
from tests.wallet.rates.conftest import Market
from tests.wallet.withdrawals.house import (
    BITCOIN,
    PRICES,
    member_of_staff,
    open_house,
    player_with,
)
from wallet import movements, rates, withdrawals
from wallet.deposits import credit_from_quarantine
from wallet.models import Deposit, DepositAddress, Rate, RateHalt, RateSample
from wallet.rates import pruning
from wallet.tasks.rates import prune_rates

pytestmark = pytest.mark.django_db

# Of each asset a rate and a sample of each exchange.
ROWS_OF_A_BEAT = 12


@pytest.fixture
def market(market: Market) -> Market:
    """Its beats are of now, and its prices those of an open house."""
    market.now = datetime.now(UTC)
    for asset, price_krw in PRICES.items():
        market.quotes.set_price(asset, str(price_krw))
    return market


def beat(market: Market, *, days_ago: float) -> datetime:
    """Rates that were fetched so long ago."""
    market.now = datetime.now(UTC) - timedelta(days=days_ago)
    market.fetch()
    return market.now


def days_pass(days: int) -> None:
    """Whatever rates, samples and halts there are is so much older."""
    with guards_off():
        execute("UPDATE wallet_rate SET at = at - make_interval(days => %s)", [days])
        execute(
            "UPDATE wallet_ratesample SET fetched_at = fetched_at - make_interval(days => %s)",
            [days],
        )
        execute("UPDATE wallet_ratehalt SET since = since - make_interval(days => %s)", [days])


def old_rates() -> set[int]:
    """Those that are there still, with both of their samples."""
    old = Rate.objects.filter(at__lt=datetime.now(UTC) - timedelta(days=30))
    assert {rate.samples.count() for rate in old} <= {2}
    return {rate.pk for rate in old}


def newest(asset: str) -> Rate:
    return Rate.objects.filter(asset=asset).latest("at")


def refused_sample(rate: Rate, source: str = "third") -> RateSample:
    """What another source said when the rate was decided on, and did not count."""
    accepted = rate.samples.first()
    assert accepted is not None
    return RateSample.objects.create(
        asset=rate.asset,
        source=source,
        price_krw=Decimal(1),
        fetched_at=accepted.fetched_at,
        refusal="disagrees",
    )


def deposit_in_quarantine() -> Deposit:
    player = player_with(0)
    address = DepositAddress.objects.create(
        user=player, network="bitcoin", address=BITCOIN, script="51", derivation_index=1
    )
    deposit = Deposit.objects.create(
        user=player,
        address=address,
        network="bitcoin",
        asset="BTC",
        txid="a" * 64,
        place="0",
        amount_units=500_000,
        state="quarantined",
        reason="excluded",
        height=5,
        block_hash="b" * 64,
    )
    movements.book_quarantine(deposit_id=deposit.pk, nth=1, asset="BTC", amount_units=500_000)
    return deposit


def deciding() -> Any:
    staff = member_of_staff()
    staff.is_superuser = True
    staff.save()
    return season(staff)


def test_what_is_older_than_the_setting_goes_with_its_samples(
    market: Market, settings: Settings
) -> None:
    beat(market, days_ago=31)
    beat(market, days_ago=29)
    market.quotes.set_price("BTC", "NaN", exchange="upbit")
    beat(market, days_ago=30.5)  # no rate of BTC: its samples are refused
    new = set(Rate.objects.filter(at__gt=datetime.now(UTC) - timedelta(days=30)))
    assert rates.prune() == ROWS_OF_A_BEAT + 11
    assert set(Rate.objects.all()) == new
    assert RateSample.objects.count() == 8
    settings.RATES_KEPT_DAYS = 7
    market.quotes.set_price("BTC", "100000000")
    beat(market, days_ago=6)
    prune_rates()
    assert Rate.objects.count() == 4
    assert RateSample.objects.count() == 8


def test_the_newest_of_an_asset_stays_however_old_it_is(market: Market) -> None:
    beat(market, days_ago=91)
    beat(market, days_ago=90)
    assert rates.prune() == ROWS_OF_A_BEAT
    assert len(old_rates()) == 4
    assert [position.rate is not None for position in rates.positions()] == [True] * 4


def test_the_rate_of_a_quote_stays_with_every_sample_of_its_decision(
    market: Market, settings: Settings
) -> None:
    open_house(settings)
    offer = withdrawals.quote(user=player_with(), asset="BTC", amount_krw=100_000)
    beat(market, days_ago=0)
    of_the_quote, other = refused_sample(offer.rate), refused_sample(newest("BTC"))
    days_pass(40)
    beat(market, days_ago=0)
    rates.prune()
    assert old_rates() == {offer.rate_id}
    assert RateSample.objects.filter(pk=of_the_quote.pk).exists()
    assert not RateSample.objects.filter(pk=other.pk).exists()


def test_every_rate_that_a_deposit_was_credited_at_stays(
    market: Market, settings: Settings
) -> None:
    open_house(settings)
    deposit = deposit_in_quarantine()
    first = credit_from_quarantine(deposit_id=deposit.pk, staff=deciding()).rate_id
    beat(market, days_ago=0)
    # It went away and was credited again; or somebody hides what it was credited at.
    second = newest("BTC").pk
    Deposit.objects.filter(pk=deposit.pk).update(rate=second)
    days_pass(40)
    beat(market, days_ago=0)
    rates.prune()
    assert old_rates() == {first, second}


def test_what_opened_a_halt_stays(market: Market) -> None:
    beat(market, days_ago=40.1)
    market.quotes.set_price("BTC", "1500000000", exchange="upbit")
    disagreed = beat(market, days_ago=40)
    market.quotes.set_price("BTC", "1500000000", exchange="bithumb")
    jumped = beat(market, days_ago=39.99)
    beat(market, days_ago=0)
    assert RateHalt.objects.count() == 2
    rates.prune()
    old = RateSample.objects.filter(fetched_at__lt=datetime.now(UTC) - timedelta(days=30))
    assert {sample.asset for sample in old} == {"BTC"}
    assert sorted(old.values_list("fetched_at", flat=True)) == [disagreed] * 2 + [jumped] * 2
    assert len(old_rates()) == 1


def test_it_goes_in_batches_of_whole_decisions(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days_ago in (43, 42, 41, 40, 0):
        beat(market, days_ago=days_ago)
    monkeypatch.setattr(pruning, "BATCH", 9)  # a sample into the second beat, which goes whole
    monkeypatch.setattr(pruning, "MOST", 20)
    assert rates.prune() == 2 * ROWS_OF_A_BEAT
    assert len(old_rates()) == 2 * 4
    monkeypatch.setattr(pruning, "MOST", 1_000)
    assert rates.prune() == 2 * ROWS_OF_A_BEAT
    assert rates.prune() == 0
    assert Rate.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_several_at_once_delete_each_row_once(market: Market) -> None:
    for days_ago in (42, 41, 40, 0):
        beat(market, days_ago=days_ago)
    assert sum(at_once([rates.prune] * 6)) == 3 * ROWS_OF_A_BEAT
    call = "SELECT gone FROM wallet_prune_rates(30, NULL, 1000)"
    days_pass(40)
    beat(market, days_ago=0)
    counts = at_once([lambda: execute(call)[0][0]] * 6)
    assert sum(counts) == ROWS_OF_A_BEAT
    assert Rate.objects.count() == 4


@pytest.mark.parametrize("days", ["6", "0", "-1", "NULL"])
def test_nobody_may_ask_for_less_than_a_week(market: Market, days: str) -> None:
    beat(market, days_ago=6.5)
    beat(market, days_ago=0)
    with refused("wallet_rates_stay"):
        execute(f"SELECT * FROM wallet_prune_rates({days}, NULL, 1000)")
    assert rates.prune() == 0
    assert Rate.objects.count() == 8


def test_what_is_needed_nobody_deletes(market: Market, settings: Settings) -> None:
    """By hand neither, whatever rights they have: an old quote's rate, and everything of a week."""
    open_house(settings)
    offer = withdrawals.quote(user=player_with(), asset="BTC", amount_krw=100_000)
    days_pass(40)
    beat(market, days_ago=6)
    recent = newest("ETH").pk
    beat(market, days_ago=0)
    for rate in (offer.rate_id, recent):
        with refused("wallet_rate_needed"):
            execute("DELETE FROM wallet_rate WHERE id = %s", [rate])
        with refused("wallet_ratesample_needed"):
            execute("DELETE FROM wallet_ratesample WHERE rate_id = %s", [rate])
    execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    for table in ("wallet_rate", "wallet_ratesample"):
        with refused("wallet_append_only"):
            execute(f"UPDATE {table} SET asset = asset")
        with refused("wallet_append_only"):
            execute(f"TRUNCATE {table} CASCADE")
