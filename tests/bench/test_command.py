"""`manage.py bench`, as small as it can be: what it prints, its page, and the keys of its JSON."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tables.bench import bench_report

LATENCY = {"p50", "p95", "p99", "max"}
ENGINE = {
    *("hands", "actions", "rounds", "hands_per_s", "pokerkit_hands_per_s", "ratio"),
    *("accepted_us", "refused_us"),
}


def bench(settings: Settings, directory: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """The JSON and what was printed; the page says the same as the exit status."""
    settings.DATA_DIR = directory
    out, page = StringIO(), directory / "results" / "bench.md"
    missed = ""
    try:
        call_command("bench", *arguments, "--rounds", "1", "--report", str(page), stdout=out)
    except CommandError as error:  # a busy machine
        missed = str(error)
    assert missed.startswith("NOT met") == ("NOT met" in page.read_text()), missed
    return json.loads((directory / "bench.json").read_text()), out.getvalue()


def test_the_engine_alone(settings: Settings, tmp_path: Path) -> None:
    found, said = bench(settings, tmp_path, "--engine")
    assert set(found) == {"at", "commit", "machine", "engine"}
    assert set(found["engine"]) == ENGINE
    assert f"ratio {found['engine']['ratio']}" in said
    page = (tmp_path / "results" / "bench.md").read_text()
    assert f"| engine at least 0.7 of bare PokerKit | {found['engine']['ratio']} | met |" in page
    assert f"commit {found['commit']}" in page
    assert "Not measured in this run." in page


@pytest.mark.whole_site
@pytest.mark.timeout(600)
def test_everything(settings: Settings, tmp_path: Path) -> None:
    small = ("--tables", "1", "--seats", "2", "--pace", "4", "--seconds", "6")
    found, said = bench(settings, tmp_path, *small)
    assert set(found) == {
        *("at", "commit", "machine", "engine", "load", "game", "echo", "other_servers", "ratios")
    }
    assert set(found["machine"]) == {"processor", "cores", "python", "load_average"}
    assert set(found["engine"]) == ENGINE
    assert found["load"] == {"tables": 1, "sockets": 2}
    assert set(found["game"]) == {
        *("per_second", "messages", "latency_ms", "next_turn_ms", "cpu_ms"),
        *("errors", "gaps", "money_ok"),
    }
    assert set(found["echo"]) == {
        *("server", "per_second", "messages", "deliveries", "latency_ms", "cpu_ms"),
    }
    for side in (found["game"], found["echo"]):
        assert set(side["latency_ms"]) >= LATENCY
        assert {"path", "web", "valkey"} <= set(side["cpu_ms"])
        assert side["messages"] > 0
    assert set(found["ratios"]) == {"p50", "p95", "p99", "cpu"}
    assert found["game"]["money_ok"]
    assert "ratio" in said
    page = (tmp_path / "results" / "bench.md").read_text()
    for side in ("action", "echo, uvicorn", "ratio to uvicorn"):
        assert f"\n| {side} |" in page
    assert "| books clean | clean | met |" in page


def test_a_missed_figure_is_judged_as_missed() -> None:
    engine = {"ratio": 0.69, "accepted_us": 10.0, "refused_us": 10.0}
    assert [met for _, _, met in bench_report.judged({"engine": engine})] == [False, False]
