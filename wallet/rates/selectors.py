"""The rate as it is now, and what the house's position is worth."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wallet import chart
from wallet.assets import Asset, cost_krw, facts, value_krw
from wallet.models import Account, Rate, RateSample
from wallet.policies import policy
from wallet.rates import breaker
from wallet.rates.errors import NoRate, OneSource, RatesDisagree, RatesHalted, RatesStale


@dataclass(frozen=True, slots=True)
class Position:
    """What the house holds of an asset on its own account, from buying and selling.

    `units` (the asset's own) may be below zero: more was sold than bought. `worth_krw` is at the
    newest rate: at the bid, or what buying the lack costs at the ask; None where there never was a
    rate. `exposure_krw` is the worth less what was given for it: the house's gain, or its loss.
    """

    asset: Asset
    units: int
    cost_krw: int
    worth_krw: int | None
    rate: Rate | None

    @property
    def exposure_krw(self) -> int | None:
        return None if self.worth_krw is None else self.worth_krw - self.cost_krw


def current(asset: str, *, now: datetime | None = None) -> Rate:
    """The newest rate, agreed on by at least two sources, no older than the house's limit.

    `Rate.at` is the time of the oldest source in it. Raises RatesHalted or RatesDisagree while the
    circuit breaker is open, OneSource or RatesStale where there is no such rate, ValueError for
    what is no asset of ours.
    """
    facts(asset)
    now = now or datetime.now(UTC)
    halt = breaker.open_halt(asset)
    if halt is not None:
        refusal = RatesDisagree if halt.reason == breaker.DISAGREE else RatesHalted
        raise refusal(f"{asset}: {halt.reason}, {halt.detail}")
    max_age = timedelta(seconds=policy().source_max_age_s)
    rate = newest(asset)
    if rate is None or now - rate.at > max_age:
        raise _why_none(asset, rate, now, max_age)
    return rate


def newest(asset: str) -> Rate | None:
    """The newest rate however old it is: for display, never for a quote."""
    return Rate.objects.filter(asset=asset).order_by("-at", "-id").first()


def positions() -> list[Position]:
    """The house's position in each asset, at the newest rate there is."""
    codes = [
        account(asset).code for asset in Asset for account in (chart.position, chart.position_cost)
    ]
    balances = {row.code: row.balance for row in Account.objects.filter(code__in=codes)}
    found = []
    for asset in Asset:
        units = balances.get(chart.position(asset).code, 0)
        rate = newest(asset)
        found.append(
            Position(
                asset=asset,
                units=units,
                cost_krw=balances.get(chart.position_cost(asset).code, 0),
                worth_krw=None if rate is None else _worth_krw(asset, units, rate),
                rate=rate,
            )
        )
    return found


def _worth_krw(asset: Asset, units: int, rate: Rate) -> int:
    if units < 0:
        return -cost_krw(asset, -units, rate.ask_krw)
    return value_krw(asset, units, rate.bid_krw)


def _why_none(asset: str, rate: Rate | None, now: datetime, max_age: timedelta) -> NoRate:
    """One source that alone is fresh is told apart from silence."""
    lonely = RateSample.objects.filter(
        asset=asset, refusal="only_source", fetched_at__gte=now - max_age
    )
    if sample := lonely.order_by("-id").first():
        return OneSource(f"{asset}: {sample.source} only")
    return RatesStale(f"{asset}: newest {rate.at if rate else 'never'}")
