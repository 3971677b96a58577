"""Reading a ticker of Upbit or Bithumb, believing nothing in it.

Both answer `GET /v1/ticker?markets=KRW-BTC,KRW-ETH` with an array of objects; of each we read
`market`, `trade_price` (won) and `timestamp` (milliseconds since 1970). Documented at
docs.upbit.com and apidocs.bithumb.com.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

# A source's clock may be this far ahead of ours.
MAX_CLOCK_SKEW = timedelta(seconds=5)
# Beyond these a number is no price of a coin: a hundred million won is 10**8.
LEAST_KRW, MOST_KRW = Decimal("0.01"), Decimal(10) ** 13
PLACES = 8
_LAST_MS = 253_402_300_799_999  # the end of the year 9999


class AnswerRefused(Exception):
    """A whole answer does not count; `code` says why, `detail` is for staff."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Sample:
    """What a source said about one asset. It counts unless `refusal`, a stable code, says why not.

    `price_krw` is what was read even where it does not count (a price that is too old); None where
    there is none.
    """

    price_krw: Decimal | None = None
    source_at: datetime | None = None
    refusal: str = ""
    detail: str = ""


def fresh_prices(samples: Mapping[str, Sample]) -> dict[str, Decimal]:
    """The prices that count, by source."""
    return {
        name: sample.price_krw
        for name, sample in samples.items()
        if not sample.refusal and sample.price_krw is not None
    }


def market(asset: str) -> str:
    """The asset's market in won, as both exchanges write it."""
    return f"KRW-{asset}"


def read_ticker(
    body: bytes, *, assets: Iterable[str], now: datetime, max_age: timedelta
) -> dict[str, Sample]:
    """A sample of each asset. Raises AnswerRefused for what is no ticker at all."""
    rows = _rows(body)
    return {asset: _sample(rows.get(market(asset), []), now, max_age) for asset in assets}


def _rows(body: bytes) -> dict[str, list[Mapping[str, Any]]]:
    """The answer's objects by market; a market may be there more than once."""
    try:
        answer = json.loads(
            body,
            parse_float=Decimal,
            # NaN and the infinities are no JSON: they stay words, and a word is no price.
            parse_constant=str,
            object_pairs_hook=_without_duplicates,
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise AnswerRefused("not_json", f"{type(error).__name__} in {body[:80]!r}") from None
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise AnswerRefused("not_a_ticker", f"{body[:80]!r}")
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in answer:
        rows.setdefault(str(row.get("market")), []).append(row)
    return rows


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two values under one name: readers of JSON differ in which of them counts."""
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise AnswerRefused("duplicate_key", twice[:40])
    return content


def _sample(rows: list[Mapping[str, Any]], now: datetime, max_age: timedelta) -> Sample:
    if len(rows) != 1:
        return Sample(refusal="market_twice" if rows else "market_missing")
    price, code = _price(rows[0].get("trade_price"))
    if price is None:
        return Sample(refusal=code, detail=_shown(rows[0].get("trade_price")))
    stamp = rows[0].get("timestamp")
    if type(stamp) is not int or not 0 < stamp <= _LAST_MS:
        return Sample(price, refusal="time_invalid", detail=_shown(stamp))
    source_at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=stamp)
    if source_at - now > MAX_CLOCK_SKEW:
        return Sample(price, source_at, "time_in_future", f"{source_at - now} ahead")
    if now - source_at > max_age:
        return Sample(price, source_at, "stale", f"{now - source_at} old")
    return Sample(price, source_at)


def _price(value: Any) -> tuple[Decimal | None, str]:
    """An exact price, or None and why it is none. `True` is no number here, nor is `"1"`."""
    if type(value) not in (int, Decimal):
        return None, "price_not_a_number"
    price = Decimal(value)
    if price == 0:
        return None, "price_zero"
    if price < 0:
        return None, "price_negative"
    if not LEAST_KRW <= price <= MOST_KRW:
        return None, "price_out_of_range"
    if (Fraction(price) * 10**PLACES).denominator != 1:
        return None, "price_too_precise"
    return price, ""


def _shown(value: Any) -> str:
    return repr(value)[:120]
