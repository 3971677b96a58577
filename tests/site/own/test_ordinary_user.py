"""The site needs no root: whoever runs it, it starts, and all of it belongs to that user."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.ordinary_user import Starter, ordinary_starter
from tests.support.servers import busy
from tests.support.site import new_site


@pytest.fixture
def somebody() -> Iterator[Starter]:
    # Not below pytest's own temporary directory: that is closed to others.
    with tempfile.TemporaryDirectory(prefix="poker-home-") as home:
        Path(home).chmod(0o755)
        yield ordinary_starter(Path(home))


@pytest.mark.whole_site
@pytest.mark.timeout(600)  # a busy machine needs long for a first start
def test_an_ordinary_user_starts_and_stops_the_site(somebody: Starter) -> None:
    with new_site("--no-bots", starter=somebody) as site:
        seconds = site.start()
        processes = {name: psutil.Process(pid) for name, pid in site.pids().items() if pid}
        assert processes.keys() >= {"postgresql", "valkey", "web_0", "tables_0", "worker", "beat"}
        owners = {process.uids().effective for process in processes.values()}
        assert owners == {site.data_dir.stat().st_uid}
        assert 0 not in owners
        assert all(part["ok"] for part in site.health().values())
        site.stop()
    assert seconds < 60 * busy()
