"""The arithmetic of a rate: which sources agree, their median, and the spread. Pure, exact."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from statistics import median

BASIS_POINTS = 10_000
# The smallest part of a won that a price is kept in: `wallet.models.rates.PLACES`.
TICK = Decimal("1E-8")


@dataclass(frozen=True, slots=True)
class Prices:
    """Won for a whole coin: what the house pays, the middle, what the house takes."""

    bid_krw: Decimal
    mid_krw: Decimal
    ask_krw: Decimal


def agreeing(prices: Mapping[str, Decimal], deviation_bps: int) -> dict[str, Decimal]:
    """The sources that say the same, within `deviation_bps`; at least two, or none.

    Of three and more, those too far from the median are dropped, until all that are left are near
    theirs. Two are near each other or not: neither can say which of them is wrong.
    """
    left = dict(prices)
    while len(left) > 2:
        middle = _median(left)
        near = {name: price for name, price in left.items() if _near(price, middle, deviation_bps)}
        if len(near) == len(left):
            return left
        left = near
    if len(left) < 2:
        return {}
    low, high = sorted(map(Fraction, left.values()))
    return left if _near(high, low, deviation_bps) else {}


def with_spread(prices: Mapping[str, Decimal], spread_bps: int) -> Prices:
    """The median of the prices, and `spread_bps` off it each way.

    What a tick cannot hold is rounded against the customer: the bid down, the ask up.
    """
    middle = _median(prices)
    return Prices(
        bid_krw=_in_ticks(middle * (BASIS_POINTS - spread_bps) / BASIS_POINTS, ROUND_FLOOR),
        mid_krw=_in_ticks(middle, ROUND_HALF_EVEN),
        ask_krw=_in_ticks(middle * (BASIS_POINTS + spread_bps) / BASIS_POINTS, ROUND_CEILING),
    )


def move_bps(before_krw: Decimal, after_krw: Decimal) -> int:
    """How far a price went, in 1/100 % of the lower of the two, rounded up.

    Of the lower one, so that a fall to a tenth counts as much as a tenfold rise.
    """
    low, high = sorted((Fraction(before_krw), Fraction(after_krw)))
    return -((high - low) * BASIS_POINTS // -low)


def _median(prices: Mapping[str, Decimal]) -> Fraction:
    return Fraction(median(map(Fraction, prices.values())))


def _near(price: Fraction | Decimal, reference: Fraction, deviation_bps: int) -> bool:
    return abs(Fraction(price) - reference) * BASIS_POINTS <= reference * deviation_bps


def _in_ticks(price: Fraction, rounding: str) -> Decimal:
    """Whole ticks, without a digit lost on the way."""
    ticks, rest = divmod(price * int(1 / TICK), 1)
    if rounding == ROUND_CEILING:
        ticks += rest > 0
    elif rounding == ROUND_HALF_EVEN:
        ticks += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and ticks % 2 == 1)
    with localcontext(prec=80):
        return int(ticks) * TICK
