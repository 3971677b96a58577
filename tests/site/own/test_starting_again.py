"""Starting and stopping the whole site: Ctrl-C leaves nothing, a start finds its data."""

import asyncio
import socket
import subprocess
import sys
import time

import psycopg
import pytest

from tests.edge.page_client import at_table, empty_table, logged_in
from tests.support.servers import busy, wait_until
from tests.support.site import MANAGE, RunningSite, new_site

pytestmark = pytest.mark.whole_site

HARU = ("haru@example.com", "seven-two-offsuit")


def test_a_taken_port_is_named() -> None:
    with new_site() as site, socket.socket() as other:
        other.bind(("127.0.0.1", site.port))
        other.listen()
        answer = site.manage("run_site")
    assert answer.returncode == 1
    assert f"Port {site.port} is taken" in answer.stderr


def test_stopping_leaves_nothing_and_starting_again_finds_the_data() -> None:
    with new_site("--no-bots") as site:
        first = site.start()
        assert site.url in site.output
        assert "haru@example.com" in site.output
        shards = _epochs(site)
        table_id = asyncio.run(_sit_down(site))
        had = asyncio.run(_what_haru_has(site, table_id))
        stopped = site.stop()
        second = site.start()
        assert asyncio.run(_what_haru_has(site, table_id)) == had
        assert sorted(shards) == sorted(_epochs(site))
        assert sum(_epochs(site).values()) > sum(shards.values()), "the same rows, taken again"

        # Killed, it cannot tidy up; what it started ends by itself or by the next start.
        site.process.kill()
        site.process.wait()
        third = site.start()
        site.stop()
    print(
        f"first {first:.1f} s, stop {stopped:.1f} s, later {second:.1f} s, after kill {third:.1f} s"
    )
    assert first < 60 * busy()
    assert second < 15 * busy()


def test_sigterm_stops_it_as_well() -> None:
    with new_site("--no-bots") as site:
        process = subprocess.Popen(
            [sys.executable, str(MANAGE), "run_site"],
            env=site.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        wait_until(lambda: (site.data_dir / "logs/valkey.log").exists(), seconds=30, what="starts")
        started = time.monotonic()
        process.terminate()
        output, _ = process.communicate(timeout=20)
        assert time.monotonic() - started < 20
        assert output.endswith("Stopped.\n")
        assert site.leftovers() == []


async def _sit_down(site: RunningSite) -> int:
    """Haru brings chips to a table, as the ledger has noted when it is told: which table."""
    async with logged_in(site.url, *HARU) as haru:
        table = await empty_table(haru)
        async with at_table(site.url, haru, table["table_id"]) as client:
            await client.sit(table["min_buy_in_krw"])
        return int(table["table_id"])


async def _what_haru_has(site: RunningSite, table_id: int) -> dict[str, int]:
    async with (
        logged_in(site.url, *HARU) as haru,
        at_table(site.url, haru, table_id) as client,
    ):
        me = await haru.get("/api/v1/me/")
        await client.until(lambda: client.seat)
        assert client.seat is not None
        money = {name: me[name] for name in ("balance_krw", "in_play_krw")}
        assert money["in_play_krw"] == client.seat["stack_krw"] > 0
        return money


def _epochs(site: RunningSite) -> dict[int, int]:
    with psycopg.connect(site.database_url) as database:
        rows = database.execute("SELECT number, epoch FROM tables_shard").fetchall()
    return dict(rows)
