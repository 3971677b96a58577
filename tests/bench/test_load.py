"""`make load` on a small scale: bots at the running site, and the page about it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tables.bench import report
from tables.bench.circumstances import circumstances
from tables.bench.measure import Load, measure_load
from tables.bench.scratch import ScratchSite
from tests.support.site import RunningSite


@pytest.mark.timeout(600)  # a busy machine needs long for the start of a site
def test_a_load_is_measured_and_written_down(site: RunningSite, tmp_path: Path) -> None:
    load = Load(tables=2, seats=2, pace=4.0, seconds=5.0)
    found: dict[str, Any] = circumstances()
    found |= measure_load(ScratchSite(site.data_dir, site.port), load)
    figures = report.write(tmp_path / "results" / "load.md", load, found)

    assert json.loads(figures.read_text()) == found
    assert found["bots"]["actions"] > 0
    assert found["cores_used"].keys() >= {"web", "tables", "worker", "valkey", "postgresql"}
    page = figures.with_suffix(".md").read_text()
    assert "2 tables of 2, 4 bots" in page
    assert f"commit {found['commit']}" in page
    assert "books clean" in page
    assert "| no gap | 0 | met |" in page
    assert "[load.json](load.json)" in page


def test_a_missed_figure_is_judged_as_missed() -> None:
    slow = {"latency_ms": {"p95": report.WANTED_P95_MS}, "errors": 0, "gaps": 2, "money_ok": False}
    assert [met for _, _, met in report.judged(slow)] == [False, True, False, False]
    assert "| no gap | 2 | NOT met |" in report.rows(report.judged(slow))
