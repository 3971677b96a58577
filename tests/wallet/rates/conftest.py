"""The local rate server, and a clock that goes when the test says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from wallet import rates
from wallet.devrates.quotes import Exchange, Quotes
from wallet.devrates.server import RateServer, running
from wallet.models import Rate


class Market:
    """Both exchanges over real sockets, with their and our time in the test's hands."""

    def __init__(self, server: RateServer, quotes: Quotes) -> None:
        self.server = server
        self.quotes = quotes
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    @property
    def upbit(self) -> Exchange:
        return self.quotes.exchanges["upbit"]

    @property
    def bithumb(self) -> Exchange:
        return self.quotes.exchanges["bithumb"]

    def clock(self) -> datetime:
        return self.now

    def clock_ms(self) -> int:
        return int(self.now.timestamp() * 1000)

    def fetch(self) -> dict[str, Rate | None]:
        return rates.fetch(clock=self.clock)

    def current(self, asset: str = "BTC") -> Rate:
        return rates.current(asset, now=self.now)

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def beats(self, seconds: int, every: int = 10) -> None:
        """Time passes, and rates are fetched all the while."""
        for _ in range(seconds // every):
            self.later(every)
            self.fetch()


@pytest.fixture
def market(settings: Settings) -> Iterator[Market]:
    quotes = Quotes()
    with running(quotes) as server:
        market = Market(server, quotes)
        quotes.clock_ms = market.clock_ms
        settings.UPBIT_URL = server.url("upbit")
        settings.BITHUMB_URL = server.url("bithumb")
        yield market
