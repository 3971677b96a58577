"""What the local rate server answers: prices as they stand in JSON, and how an exchange is ill."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

EXCHANGES = ("upbit", "bithumb")
# Won for a whole coin, as a JSON number.
PRICES = {"BTC": "150000000", "ETH": "5000000", "USDT": "1400", "USDC": "1400"}


def milliseconds() -> int:
    """Now, as both exchanges write it."""
    return time.time_ns() // 1_000_000


@dataclass
class Exchange:
    """One exchange. `prices` are JSON as it goes out: `NaN`, `"1"` and `-1` are possible too.

    `age_ms` is how long before now the prices are from (below zero: a clock that is ahead),
    `status` and `body` replace the whole answer, `missing` are assets whose row is left out,
    `stall_seconds` passes before an answer, and `drip_seconds` before each of its bytes.
    """

    prices: dict[str, str] = field(default_factory=lambda: dict(PRICES))
    age_ms: int = 0
    timestamp: str | None = None
    status: int = 200
    body: bytes | None = None
    missing: set[str] = field(default_factory=set)
    twice: bool = False
    stall_seconds: float = 0
    drip_seconds: float = 0


@dataclass
class Quotes:
    """All exchanges of one server; what is set counts from the next answer on."""

    clock_ms: Callable[[], int] = milliseconds
    exchanges: dict[str, Exchange] = field(
        default_factory=lambda: {name: Exchange() for name in EXCHANGES}
    )
    asked: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def set_price(self, asset: str, price_krw: str, *, exchange: str | None = None) -> None:
        """Set a price, everywhere or at one exchange. Raises KeyError for what is not there."""
        with self.lock:
            for name in [exchange] if exchange else EXCHANGES:
                prices = self.exchanges[name].prices
                if asset not in prices:
                    raise KeyError(asset)
                prices[asset] = price_krw

    def answer(self, name: str, markets: str | None) -> tuple[int, bytes]:
        """Status and body of `GET /v1/ticker?markets=…`."""
        exchange = self.exchanges[name]
        self.asked.append(f"{name} {markets}")
        if exchange.body is not None or exchange.status != 200:
            return exchange.status, exchange.body or b""
        if not markets:
            return 400, _error(400, "Missing request parameter error.")
        wanted = markets.split(",")
        known = {f"KRW-{asset}": asset for asset in exchange.prices}
        if any(market not in known for market in wanted):
            return 404, _error(404, "Code not found")
        rows = [
            _row(name, market, exchange, self.clock_ms())
            for market in wanted
            if known[market] not in exchange.missing
        ]
        if exchange.twice:
            rows += rows
        return 200, f"[{','.join(rows)}]".encode()


def _error(name: int, message: str) -> bytes:
    return json.dumps({"error": {"name": name, "message": message}}).encode()


def _row(name: str, market: str, exchange: Exchange, now_ms: int) -> str:
    """An object as the exchanges write it: the day's figures are those of a day without trades."""
    price = exchange.prices[market.removeprefix("KRW-")]
    at_ms = now_ms - exchange.age_ms
    utc, kst = time.gmtime(at_ms / 1000), time.gmtime(at_ms / 1000 + 9 * 3600)
    stamp = exchange.timestamp or str(at_ms)
    fields = {
        "market": json.dumps(market),
        "trade_date": time.strftime('"%Y%m%d"', utc),
        "trade_time": time.strftime('"%H%M%S"', utc),
        "trade_date_kst": time.strftime('"%Y%m%d"', kst),
        "trade_time_kst": time.strftime('"%H%M%S"', kst),
        "trade_timestamp": stamp,
        "opening_price": price,
        "high_price": price,
        "low_price": price,
        "trade_price": price,
        "prev_closing_price": price,
        "change": '"EVEN"',
        "change_price": "0",
        "change_rate": "0",
        "signed_change_price": "0",
        "signed_change_rate": "0",
        "trade_volume": "0.00033",
        "acc_trade_price": "0",
        "acc_trade_price_24h": "0",
        "acc_trade_volume": "0",
        "acc_trade_volume_24h": "0",
        "highest_52_week_price": price,
        "highest_52_week_date": time.strftime('"%Y-%m-%d"', kst),
        "lowest_52_week_price": price,
        "lowest_52_week_date": time.strftime('"%Y-%m-%d"', kst),
        "timestamp": stamp,
    }
    return "{" + ",".join(f'"{key}":{value}' for key, value in fields.items()) + "}"
