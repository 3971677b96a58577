"""The program that serves prices in development."""

import subprocess
import sys

import httpx
import pytest

from poker_site.embedded.registry import free_port
from poker_site.processes import programs
from tests.support.servers import wait_until
from wallet.devrates.server import running


def test_it_speaks_as_the_exchanges_do() -> None:
    with running() as server, httpx.Client(trust_env=False) as client:
        ticker = f"{server.url('upbit')}/v1/ticker"
        answer = client.get(ticker, params={"markets": "KRW-BTC,KRW-USDT"})
        assert answer.status_code == 200
        rows = answer.json()
        assert [row["market"] for row in rows] == ["KRW-BTC", "KRW-USDT"]
        assert rows[0]["trade_price"] == 150_000_000
        assert {"timestamp", "trade_date_kst", "acc_trade_price_24h", "change"} <= rows[0].keys()
        unknown = client.get(ticker, params={"markets": "KRW-BTC,KRW-NONE"})
        assert (unknown.status_code, unknown.json()["error"]["message"]) == (404, "Code not found")
        assert client.get(ticker).status_code == 400
        assert client.get(f"{server.url('coinbase')}/v1/ticker").status_code == 404


def test_prices_are_set_everywhere_or_at_one_exchange() -> None:
    with running() as server, httpx.Client(trust_env=False) as client:
        root = server.url("").rstrip("/")

        def prices() -> list[int]:
            asked = [f"{server.url(name)}/v1/ticker" for name in ("upbit", "bithumb")]
            answers = [client.get(url, params={"markets": "KRW-ETH"}).json() for url in asked]
            return [rows[0]["trade_price"] for rows in answers]

        assert client.put(f"{root}/prices/ETH", content="6000000").status_code == 204
        assert prices() == [6_000_000, 6_000_000]
        assert client.put(f"{root}/bithumb/prices/ETH", content="6100000").status_code == 204
        assert prices() == [6_000_000, 6_100_000]
        for path, body in [
            ("prices/DOGE", "1"),
            ("prices/ETH", "NaN"),
            ("prices/ETH", "-1"),
            ("prices/ETH", ""),
            ("coinbase/prices/ETH", "1"),
            ("a/b/prices/ETH", "1"),
        ]:
            assert client.put(f"{root}/{path}", content=body).status_code == 400, path
        assert prices() == [6_000_000, 6_100_000]


@pytest.mark.parametrize("debug", [True, False])
def test_the_program_of_the_site_serves_in_development_only(debug: bool) -> None:
    port = free_port()
    process = subprocess.Popen(
        programs.rates(port).command,
        env={"DEBUG": str(debug), "PATH": "", "SECRET_KEY": "x" * 60},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=programs.MANAGE.parent,
    )

    def answers() -> bool:
        url = f"http://127.0.0.1:{port}/upbit/v1/ticker?markets=KRW-BTC"
        try:
            return httpx.get(url, trust_env=False).status_code == 200
        except httpx.TransportError:
            return process.poll() is not None

    try:
        wait_until(answers, seconds=60, what="the rate server, or its end")
        assert (process.poll() is None) == debug
    finally:
        process.terminate()
        _, errors = process.communicate()
    assert debug or b"development" in errors
    assert sys.executable == programs.rates(port).command[0]
