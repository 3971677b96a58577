"""What `manage.py load` found, as a page for docs/results and as JSON beside it."""

import json
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from poker_site.processes.programs import MANAGE
from tables.bench.measure import Load

# What an action may take at 80 tables of 6 on 2 cores, in milliseconds.
WANTED_P95_MS = 100

PAGE = """# Load, measured

Made by `make load` on {at}, commit {commit}: {tables} tables of {seats}, {players} bots,
{seconds} s, a mean of {pace:g} actions a second a table. Every process of the site and all bots
were on one machine: {processor}, {cores} cores, Python {python}; its load average was {busy} when
it began.

{hands:,} hands, {actions:,} actions ({per_second}/s), {refused} refused, {errors} errors,
{gaps} gaps, books {books}.

| ms | p50 | p95 | p99 | max |
|---|---|---|---|---|
| `act` → own result | {latency} |
| `act` → next player asked | {next_turn} |

Wanted: p95 of an action's own result below {wanted} ms, no error, no gap, books clean.

CPU used, in cores: {cpu}.

All figures: [{json_name}]({json_name}). What they mean: [load.md](../load.md).
"""


def circumstances() -> dict[str, Any]:
    """When, what and where; to be asked before the load begins."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {
            "processor": _processor(),
            "cores": psutil.cpu_count(),
            "python": platform.python_version(),
            "load_average": round(os.getloadavg()[0], 2),
        },
    }


def write(page: Path, load: Load, found: dict[str, Any]) -> Path:
    """Write the page and its JSON; returns where the JSON is."""
    figures = page.with_suffix(".json")
    page.parent.mkdir(parents=True, exist_ok=True)
    figures.write_text(json.dumps(found, indent=2) + "\n")
    page.write_text(text(load, found, json_name=figures.name))
    return figures


def text(load: Load, found: dict[str, Any], *, json_name: str) -> str:
    bots, machine = found["bots"], found["machine"]
    cores = sorted(found["cores_used"].items(), key=lambda item: -item[1])
    return PAGE.format(
        at=found["at"],
        commit=found["commit"],
        tables=load.tables,
        seats=load.seats,
        players=bots["players"],
        seconds=round(bots["seconds"]),
        pace=load.pace,
        processor=machine["processor"],
        cores=machine["cores"],
        python=machine["python"],
        busy=machine["load_average"],
        hands=bots["hands"],
        actions=bots["actions"],
        per_second=round(bots["actions"] / bots["seconds"], 1),
        refused=bots["refused"],
        errors=bots["errors"],
        gaps=bots["gaps"],
        books="clean" if bots["money_ok"] else "WRONG",
        latency=_row(bots["latency_ms"]),
        next_turn=_row(bots["next_turn_ms"]),
        wanted=WANTED_P95_MS,
        cpu=", ".join(f"{program} {used:.2f}" for program, used in cores),
        json_name=json_name,
    )


def _row(times: dict[str, float]) -> str:
    return " | ".join(f"{times[name]:.1f}" for name in ("p50", "p95", "p99", "max"))


def _commit() -> str:
    git = shutil.which("git")
    if git is None or not (MANAGE.parent / ".git").exists():
        return "unknown"

    def ask(*arguments: str) -> str:
        return subprocess.run(  # noqa: S603
            [git, *arguments], cwd=MANAGE.parent, capture_output=True, text=True, check=False
        ).stdout.strip()

    changed = ask("status", "--porcelain", "--untracked-files=no")
    return ask("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
