"""What `manage.py load` found, as a page for docs/results and as JSON beside it."""

import json
from pathlib import Path
from typing import Any

from tables.bench.circumstances import verdict, when_and_where
from tables.bench.measure import Load

# What an action may take at 80 tables of 6 on 2 cores, in milliseconds.
WANTED_P95_MS = 100

PAGE = """# Load, measured

Made by `make load` {circumstances}: {tables} tables of {seats}, {players} bots,
{seconds} s, a mean of {pace:g} actions a second a table. All bots and the site were on that
machine: every process of `make run` but the demo bots and what belongs to coins (signer, exchange
rates, test nodes), which no action passes through (`run_site --no-bots --no-coins`).

{hands:,} hands, {actions:,} actions ({per_second}/s), {refused} refused, {errors} errors,
{gaps} gaps, books {books}.

| ms | p50 | p95 | p99 | max |
|---|---|---|---|---|
| `act` → own result | {latency} |
| `act` → next player asked | {next_turn} |

| wanted | found | |
|---|---|---|
{verdicts}

CPU used, in cores: {cpu}.

All figures: [{json_name}]({json_name}). What they mean: [load.md](../load.md).
"""


def judged(bots: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """What is wanted, what was found, and whether that is as wanted."""
    p95 = bots["latency_ms"]["p95"]
    books = "clean" if bots["money_ok"] else "WRONG"
    return [
        (
            f"p95 of an action's own result below {WANTED_P95_MS} ms",
            f"{p95:.1f} ms",
            p95 < WANTED_P95_MS,
        ),
        ("no error", str(bots["errors"]), not bots["errors"]),
        ("no gap", str(bots["gaps"]), not bots["gaps"]),
        ("books clean", books, bots["money_ok"]),
    ]


def rows(judgements: list[tuple[str, str, bool]]) -> str:
    """A line of a table for each."""
    return "\n".join(
        f"| {wanted} | {found} | {verdict(met)} |" for wanted, found, met in judgements
    )


def write(page: Path, load: Load, found: dict[str, Any]) -> Path:
    """Write the page and its JSON; returns where the JSON is."""
    figures = page.with_suffix(".json")
    page.parent.mkdir(parents=True, exist_ok=True)
    figures.write_text(json.dumps(found, indent=2) + "\n")
    page.write_text(text(load, found, json_name=figures.name))
    return figures


def text(load: Load, found: dict[str, Any], *, json_name: str) -> str:
    bots = found["bots"]
    cores = sorted(found["cores_used"].items(), key=lambda item: -item[1])
    return PAGE.format(
        circumstances=when_and_where(found),
        tables=load.tables,
        seats=load.seats,
        players=bots["players"],
        seconds=round(bots["seconds"]),
        pace=load.pace,
        hands=bots["hands"],
        actions=bots["actions"],
        per_second=round(bots["actions"] / bots["seconds"], 1),
        refused=bots["refused"],
        errors=bots["errors"],
        gaps=bots["gaps"],
        books="clean" if bots["money_ok"] else "WRONG",
        latency=_row(bots["latency_ms"]),
        next_turn=_row(bots["next_turn_ms"]),
        verdicts=rows(judged(bots)),
        cpu=", ".join(f"{program} {used:.2f}" for program, used in cores),
        json_name=json_name,
    )


def _row(times: dict[str, float]) -> str:
    return " | ".join(f"{times[name]:.1f}" for name in ("p50", "p95", "p99", "max"))
