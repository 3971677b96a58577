"""What the benchmark makes of its samples."""

import os
from typing import Any

from tables.bench.measure import Usage, _cpu, ratios


def side(p50: float, p95: float, p99: float, cpu: float) -> dict[str, Any]:
    return {"latency_ms": {"p50": p50, "p95": p95, "p99": p99}, "cpu_ms": {"path": cpu}}


def test_ratios_say_how_many_times_the_bare_figure_ours_is() -> None:
    found = ratios(side(10, 30, 90, 8), side(4, 10, 45, 3))
    assert found == {"p50": 2.5, "p95": 3.0, "p99": 2.0, "cpu": 2.67}


def test_a_ratio_to_nothing_is_nothing() -> None:
    assert ratios(side(10, 30, 90, 8), side(0, 10, 45, 0))["p50"] == 0.0


def test_cpu_is_for_each_message_and_the_path_is_what_it_passes_through() -> None:
    found = _cpu({"web": 2.0, "tables": 1.0, "valkey": 0.5, "worker": 4.0}, 1_000)
    assert found == {"path": 3.5, "web": 2.0, "tables": 1.0, "valkey": 0.5, "worker": 4.0}


def test_a_program_that_did_not_run_costs_nothing() -> None:
    assert _cpu({"web": 1.0, "valkey": 0.25}, 500) == {"path": 2.5, "web": 2.0, "valkey": 0.5}


def test_cpu_is_counted_by_program_between_two_samples() -> None:
    """This process stands for two copies of one program."""
    usage = Usage(lambda: {"web_0": os.getpid(), "web_1": os.getpid()})
    usage.sample()
    sum(number * number for number in range(2_000_000))
    usage.sample()
    (start, first), (end, last) = usage._samples
    assert set(first) == {"web"}
    assert usage.between(start, end) == {"web": last["web"] - first["web"]}
    assert usage.between(start, end)["web"] > 0
