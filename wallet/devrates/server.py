"""The local rate server: HTTP on the loopback interface.

| request                                            | answer                                 |
|----------------------------------------------------|----------------------------------------|
| `GET /upbit/v1/ticker?markets=KRW-BTC,KRW-ETH`     | as api.upbit.com                       |
| `GET /bithumb/v1/ticker?markets=…`                 | as api.bithumb.com                     |
| `PUT /prices/BTC` with `151000000` as its body     | sets the price at both exchanges       |
| `PUT /upbit/prices/BTC`, `PUT /bithumb/prices/BTC` | at one of them                         |
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal, InvalidOperation
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from wallet.devrates.quotes import EXCHANGES, Quotes

HOST = "127.0.0.1"
MAX_BODY = 64


class RateServer(ThreadingHTTPServer):
    """Serves `quotes`; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, port: int = 0, quotes: Quotes | None = None) -> None:
        super().__init__((HOST, port), _Handler)
        self.quotes = quotes or Quotes()

    def url(self, exchange: str) -> str:
        """What goes into `UPBIT_URL` and `BITHUMB_URL`."""
        return f"http://{HOST}:{self.server_address[1]}/{exchange}"


@contextmanager
def running(quotes: Quotes | None = None) -> Iterator[RateServer]:
    """A server in a thread of this process."""
    with RateServer(quotes=quotes) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: RateServer

    def do_GET(self) -> None:
        """The ticker."""
        parts = urlsplit(self.path)
        exchange, _, path = parts.path.lstrip("/").partition("/")
        if exchange not in EXCHANGES or path != "v1/ticker":
            self._send(404, b"")
            return
        ill = self.server.quotes.exchanges[exchange]
        time.sleep(ill.stall_seconds)
        markets = parse_qs(parts.query).get("markets", [""])[0]
        self._send(*self.server.quotes.answer(exchange, markets), drip=ill.drip_seconds)

    def do_PUT(self) -> None:
        """A price."""
        *exchange, word, asset = urlsplit(self.path).path.strip("/").split("/")
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(min(int(length), MAX_BODY)) if length.isdecimal() else b""
        try:
            price = Decimal(body.decode().strip())
            if word != "prices" or not price.is_finite() or price <= 0:
                raise ValueError(self.path)
            self.server.quotes.set_price(
                asset, f"{price:f}", exchange=exchange[0] if exchange else None
            )
        except (ValueError, InvalidOperation, KeyError):
            self._send(400, b'{"error":{"name":400,"message":"PUT /[upbit|bithumb/]prices/ASSET"}}')
            return
        self._send(204, b"")

    def _send(self, status: int, body: bytes, *, drip: float = 0) -> None:
        with suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not drip:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(drip)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (http.server's name)
        """Nothing: an answer every ten seconds is no news."""
