"""Three logs of a few movements of money."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import transaction

from tests.wallet.house import make_player
from wallet.audit.check import check_audit
from wallet.audit.relay import relay
from wallet.audit.sinks import FileSink, StreamSink
from wallet.events import record


@pytest.fixture(autouse=True)
def audit_dir(tmp_path: Path, settings: Any, redis_url: str) -> Path:
    settings.AUDIT_DIR = tmp_path / "audit"
    return tmp_path / "audit"


@pytest.fixture
def happen(db: None) -> Callable[[int], None]:
    """So many movements of money and as many other events."""

    def happen(count: int) -> None:
        for _ in range(count):
            make_player(1_000)
            with transaction.atomic():
                record("withdrawal_approved", "w-1", {"by": "Ann", "amount_krw": "1000"})

    return happen


@pytest.fixture
def stream(redis_url: str) -> redis.Redis:
    return StreamSink().client


def wrong() -> list[str]:
    """What the checker finds, as the logs are."""
    return check_audit().discrepancies


def agree() -> dict[str, int]:
    """Bring the logs up to date, and they agree; the figures."""
    relay()
    relay()  # what the first one had to tell
    findings = check_audit()
    assert findings.discrepancies == []
    assert findings.figures["unsealed_transactions"] == findings.figures["unsealed_events"] == 0
    assert findings.figures["file_lag"] == findings.figures["stream_lag"] == 0
    return findings.figures


def file_of(audit_dir: Path) -> Path:
    (path,) = FileSink(audit_dir).files()
    return path
