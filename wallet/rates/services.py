"""Asking for rates, and lifting a halt."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from accounts.models import User
from wallet.assets import Asset
from wallet.models import Policy, Rate, RateHalt, RateSample
from wallet.policies import policy
from wallet.rates import breaker
from wallet.rates.agreement import agreeing, with_spread
from wallet.rates.errors import NoSuchHalt
from wallet.rates.sources import ask_all
from wallet.rates.ticker import Sample, fresh_prices
from wallet.staff import require_known

Clock = Callable[[], datetime]
# What serialises the writers of one asset's rates: the first half of an advisory lock's number.
_LOCK_SPACE = 0x52415445


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


def fetch(*, clock: Clock = utc_now) -> dict[str, Rate | None]:
    """Ask every source, keep every answer, and agree on a rate where at least two say the same.

    None: no rate for that asset this time. Never raises for what a source does. Two at once do no
    harm: each asks, and writes one after the other.
    """
    house = policy()
    max_age = timedelta(seconds=house.source_max_age_s)
    assets = list(Asset)
    answers = ask_all(assets, max_age, clock)
    return {
        asset: _store(asset, {name: answers[name][asset] for name in answers}, house, clock)
        for asset in assets
    }


@transaction.atomic
def lift_halt(*, halt_id: int, staff: User, clock: Clock = utc_now) -> None:
    """Let quotes of an asset go on, by a decision of staff. Raises NoSuchHalt, StaffTooNew."""
    row = RateHalt.objects.select_for_update().filter(pk=halt_id, lifted_at=None).first()
    if row is None:
        raise NoSuchHalt(str(halt_id))
    require_known(staff)
    breaker.lift(row, clock(), staff_id=staff.pk)


@transaction.atomic
def _store(asset: Asset, samples: Mapping[str, Sample], house: Policy, clock: Clock) -> Rate | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_SPACE, asset])
    now = clock()
    fresh = fresh_prices(samples)
    agreed = agreeing(fresh, house.source_deviation_bps)
    rate = None
    if agreed:
        oldest = min(at for name in agreed if (at := samples[name].source_at) is not None)
        rate = _new_rate(asset, agreed, min(oldest, now), house)
    elif len(fresh) > 1:
        said = ", ".join(f"{name} {price:f}" for name, price in sorted(fresh.items()))
        breaker.halt(asset, breaker.DISAGREE, said, now)
    if rate is None:
        breaker.still_troubled(asset, now)
    why_not = "only_source" if len(fresh) == 1 else "disagrees"
    RateSample.objects.bulk_create(
        _row(
            asset,
            name,
            sample if name in agreed or name not in fresh else replace(sample, refusal=why_not),
            rate if name in agreed else None,
            now,
        )
        for name, sample in samples.items()
    )
    return rate


def _new_rate(asset: Asset, agreed: Mapping[str, Decimal], at: datetime, house: Policy) -> Rate:
    """Write it, and open or lift the asset's halt. A rate that opens one is kept as evidence."""
    prices = with_spread(agreed, house.spread_bps)
    reason, detail = breaker.trouble_with(asset, prices.mid_krw, at, house)
    rate = Rate.objects.create(
        asset=asset,
        mid_krw=prices.mid_krw,
        bid_krw=prices.bid_krw,
        ask_krw=prices.ask_krw,
        at=at,
    )
    if reason:
        breaker.halt(asset, reason, detail, at)
        breaker.still_troubled(asset, at)
    else:
        breaker.lift_when_calm(asset, at)
    return rate


def _row(
    asset: str, source: str, sample: Sample, rate: Rate | None, fetched_at: datetime
) -> RateSample:
    return RateSample(
        asset=asset,
        source=source,
        price_krw=sample.price_krw,
        source_at=sample.source_at,
        fetched_at=fetched_at,
        refusal=sample.refusal,
        detail=sample.detail[:200],
        rate=rate,
    )
