"""The site as one command: what dies comes back, Ctrl-C leaves nothing, a start finds its data."""

import asyncio
import socket
import subprocess
import sys
import time

import psutil
import psycopg
import pytest

from poker_site.embedded.addresses import read_services
from poker_site.processes.secrets import SIGNER_ONLY
from tests.edge.page_client import at_table, empty_table, logged_in
from tests.support.servers import busy, wait_until
from tests.support.site import MANAGE, RunningSite, new_site

pytestmark = pytest.mark.whole_site

HARU = ("haru@example.com", "seven-two-offsuit")
PROGRAMS = ("postgresql", "valkey", "web_0", "tables_0", "worker", "signer", "beat")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_killed_process_is_started_again(site: RunningSite, program: str) -> None:
    old_pid = site.kill(program)
    wait_until(
        lambda: site.pids()[program] not in (0, old_pid), seconds=20, what=f"{program} is back"
    )
    site.wait_until_ready()


def test_only_the_tables_have_the_key_of_the_decks(site: RunningSite) -> None:
    with_key = {
        name
        for name, pid in site.pids().items()
        if pid and "DECK_KEY" in psutil.Process(pid).environ()
    }
    assert with_key == {"tables_0", "tables_1"}


def test_only_the_signer_has_the_keys_that_can_spend(site: RunningSite) -> None:
    environments = {name: psutil.Process(pid).environ() for name, pid in site.pids().items() if pid}
    with_keys = {name for name, each in environments.items() if {*SIGNER_ONLY} & each.keys()}
    assert with_keys == {"signer"}
    supervisor = psutil.Process(site.pids()["signer"]).parent()
    assert supervisor is not None
    assert not {*SIGNER_ONLY} & supervisor.environ().keys()
    seed = (site.data_dir / "secrets" / "wallet_seed").read_text().strip()
    assert environments["signer"]["WALLET_SEED"] == seed
    assert read_services(site.data_dir)["wallet"]["BITCOIN_XPUB"].startswith("tpub")
    assert seed not in site.logs(lines=10_000)


def test_the_site_works_as_a_role_that_owns_nothing(site: RunningSite) -> None:
    with psycopg.connect(site.database_url) as database:
        connected = database.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'poker'"
        ).fetchall()
        owned = database.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = 'poker_site'::regrole"
        ).fetchone()
    assert (connected, owned) == ([("poker_site",)], (0,))


def test_the_servers_listen_on_this_machine_only(site: RunningSite) -> None:
    addresses = {
        connection.laddr.ip
        for pid in site.pids().values()
        if pid
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_a_second_start_in_the_same_directory_says_so(site: RunningSite) -> None:
    before = site.pids()
    answer = site.manage("run_site")
    assert answer.returncode == 1
    assert "running already" in answer.stderr
    assert site.url in answer.stderr
    assert site.pids() == before
    site.wait_until_ready()


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
