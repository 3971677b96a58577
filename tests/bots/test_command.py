"""`manage.py bots` against the running site."""

import json

import pytest

from poker_site.embedded.registry import free_port
from tests.support.site import RunningSite

KEYS = {
    *("players", "tables", "seconds", "hands", "actions", "refused", "errors", "gaps"),
    *("latency_ms", "next_turn_ms", "money_ok"),
}


@pytest.mark.parametrize("login", ["http", "session"])
def test_bots_log_in_play_leave_and_report(
    site: RunningSite, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is late on a busy machine comes within seconds; what is lost never does.
    monkeypatch.setenv("BOTS_GAP_GRACE_S", "3")
    found = site.data_dir / f"{login}.json"
    done = site.manage(
        *("bots", "--players", "6", "--tables", "2", "--duration", "8", "--pace", "4"),
        *("--policy", "raises", "--login", login, "--json", str(found)),
        seconds=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(found.read_text())
    assert figures.keys() >= KEYS
    assert (figures["players"], figures["tables"], figures["money_ok"]) == (6, 2, True)
    assert figures["actions"] > 8
    for times in (figures["latency_ms"], figures["next_turn_ms"]):
        assert list(times) == ["p50", "p95", "p99", "max"]
        assert 0 < times["p50"] <= times["p95"] <= times["p99"] <= times["max"]
    acknowledged = figures["detail"]["acknowledged"]
    assert acknowledged["judged"] > 0
    assert (acknowledged["lost"], acknowledged["doubled"]) == (0, 0)
    wrong = (figures["errors"], figures["gaps"], figures["detail"]["mismatches"])
    assert wrong == (0, 0, 0), done.stdout
    # Bots of an earlier run are told with how much to come back.
    assert figures["detail"]["refusals"].keys() <= {"rathole"}, done.stdout
    assert "money       clean" in done.stdout


def test_a_site_elsewhere_needs_accounts(site: RunningSite) -> None:
    done = site.manage("bots", "--url", "https://poker.example")
    assert done.returncode == 1
    assert "--accounts" in done.stderr


def test_where_no_site_is_the_command_says_so(site: RunningSite) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = site.manage("bots", "--players", "2", "--tables", "1", "--url", url)
    assert done.returncode == 1
    assert f"No site answers at {url}" in done.stderr
    assert "Traceback" not in done.stderr
