"""`make load` on a small scale: bots at the running site, and the page about it."""

import json
from pathlib import Path

import pytest

from tables.bench import report
from tables.bench.measure import Load, measure_load
from tables.bench.scratch import ScratchSite
from tests.support.site import RunningSite


@pytest.mark.timeout(600)  # a busy machine needs long for the start of a site
def test_a_load_is_measured_and_written_down(site: RunningSite, tmp_path: Path) -> None:
    load = Load(tables=2, seats=2, pace=4.0, seconds=5.0)
    found = report.circumstances()
    found |= measure_load(ScratchSite(site.data_dir, site.port), load)
    figures = report.write(tmp_path / "results" / "load.md", load, found)

    assert json.loads(figures.read_text()) == found
    assert found["bots"]["actions"] > 0
    assert found["cores_used"].keys() >= {"web", "tables", "worker", "valkey", "postgresql"}
    page = figures.with_suffix(".md").read_text()
    assert "2 tables of 2, 4 bots" in page
    assert f"commit {found['commit']}" in page
    assert "books clean" in page
    assert "[load.json](load.json)" in page
