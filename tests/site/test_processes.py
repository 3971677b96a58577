"""The site as one command: what dies comes back, and every part has what is its own only."""

import psutil
import psycopg
import pytest

from poker_site.embedded.addresses import read_services
from poker_site.processes.secrets import SIGNER_ONLY
from tests.support.servers import wait_until
from tests.support.site import RunningSite

pytestmark = pytest.mark.whole_site

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
