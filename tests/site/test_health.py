"""`/healthz/ready` names the part that is down, and only that, and never hangs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support.servers import wait_until
from tests.support.site import RunningSite

PARTS = ["postgresql", "redis", "channel_layer", "tables", "settlement", "worker", "beat", "signer"]


def test_every_part_has_a_line(site: RunningSite) -> None:
    answer = httpx.get(f"{site.url}/healthz/ready", timeout=10)
    assert answer.status_code == 200
    assert list(answer.json()) == PARTS
    assert all(line["ok"] and line["detail"] for line in answer.json().values())


def test_live_asks_nobody(site: RunningSite) -> None:
    answer = httpx.get(f"{site.url}/healthz/live", timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.parametrize(
    ("program", "down"),
    [
        ("postgresql", {"postgresql"}),
        ("tables", {"tables"}),
        ("worker", {"worker"}),
        ("beat", {"beat"}),
        ("signer", {"signer"}),
        ("valkey", {"redis", "channel_layer", "tables", "settlement", "worker", "beat", "signer"}),
    ],
)
def test_the_line_of_a_part_that_is_down_is_false(
    site: RunningSite, program: str, down: set[str]
) -> None:
    with stopped(site, program):
        wait_until(lambda: parts_down(site) == down, seconds=25, what=f"{down} down")
        started = time.monotonic()
        answer = httpx.get(f"{site.url}/healthz/ready", timeout=10)
        assert answer.status_code == 503
        assert time.monotonic() - started < 4
        assert httpx.get(f"{site.url}/healthz/live", timeout=10).status_code == 200
    site.wait_until_ready()


def test_a_look_tells_no_address(site: RunningSite) -> None:
    with stopped(site, "postgresql"):
        detail = site.health()["postgresql"]["detail"]
    site.wait_until_ready()
    assert "127.0.0.1" not in detail
    assert "poker" not in detail


def test_metrics_are_for_this_machine_and_staff(site: RunningSite) -> None:
    assert httpx.get(f"{site.url}/metrics").status_code == 200
    from_outside = {"X-Forwarded-For": "198.51.100.7"}
    assert httpx.get(f"{site.url}/metrics", headers=from_outside).status_code == 403


def parts_down(site: RunningSite) -> set[str]:
    return {part for part, line in site.health().items() if not line["ok"]}


@contextmanager
def stopped(site: RunningSite, program: str) -> Iterator[None]:
    """Stopped on purpose, so that the supervisor leaves it so."""
    site.supervisor.ask("stopProcessGroup", program)
    try:
        yield
    finally:
        site.supervisor.ask("startProcessGroup", program)
