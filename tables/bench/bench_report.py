"""What `manage.py bench` found, as a page for docs/results."""

from typing import Any

from tables.bench import report
from tables.bench.circumstances import when_and_where

# The engine's speed as a share of bare PokerKit's.
WANTED_RATIO = 0.7
PATH_PARTS = ("web", "tables", "valkey")

PAGE = """# Benchmark, measured

Made by `make bench` {circumstances}. The load is in that average of one minute: what else the
machine did makes absolute figures worse, and ratios less, for both sides were measured in one run.

| wanted | found | |
|---|---|---|
{verdicts}

## The engine

CPU time of one core, {hands} hands of 2 to 9 players in {rounds} rounds, both sides by turns.

| | hands/s |
|---|---|
| our engine | {hands_per_s} |
| bare PokerKit | {pokerkit_hands_per_s} |
| ratio | {ratio} |

An accepted action costs {accepted_us} µs, a refused one {refused_us} µs. Most of the ratio is the
search for the best five of seven cards, which is ours (`tables/engine/cards.py`), and PokerKit's
record of operations, which our betting leaves out.

## The action path, against a bare Channels group

{path}
What the figures mean: [load.md](../load.md).
"""

PATH = """{tables} tables, {sockets} sockets, all bots and the site on that machine
(`run_site --no-bots --no-coins`). CPU is of what a message passes through.

| | messages/s | p50 ms | p95 ms | p99 ms | CPU ms each |
|---|---|---|---|---|---|
{rows}

Beside the path an action costs, in ms of CPU: {beside}. No ratio is wanted: an action is checked,
decided, committed to disk and told in two encodings, which an echo is not. They are here so that a
change of ours shows.
"""


def judged(found: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """What is wanted, what was found, and whether that is as wanted."""
    engine = found["engine"]
    accepted, refused = engine["accepted_us"], engine["refused_us"]
    judgements = [
        (
            f"engine at least {WANTED_RATIO} of bare PokerKit",
            str(engine["ratio"]),
            engine["ratio"] >= WANTED_RATIO,
        ),
        (
            "a refused action costs less than an accepted one",
            f"{refused} µs, {accepted} µs",
            refused < accepted,
        ),
    ]
    return judgements + (report.judged(found["game"]) if "game" in found else [])


def text(found: dict[str, Any]) -> str:
    """The page; without the action path where only the engine was measured."""
    return PAGE.format(
        circumstances=when_and_where(found),
        verdicts=report.rows(judged(found)),
        path=_path(found) if "game" in found else "Not measured in this run.\n",
        **found["engine"],
    )


def _path(found: dict[str, Any]) -> str:
    game, ratio = found["game"], found["ratios"]
    sides = [("action", game)]
    sides += [
        (f"echo, {echo['server']}", echo) for echo in (found["echo"], *found["other_servers"])
    ]
    rows = [_row(name, side) for name, side in sides]
    ratios = " | ".join(str(ratio[name]) for name in ("p50", "p95", "p99", "cpu"))
    rows.append(f"| ratio to {found['echo']['server']} | | {ratios} |")
    beside = [
        f"{program} {used:.2f}"
        for program, used in game["cpu_ms"].items()
        if program not in ("path", *PATH_PARTS)
    ]
    return PATH.format(rows="\n".join(rows), beside=", ".join(beside) or "nothing", **found["load"])


def _row(name: str, side: dict[str, Any]) -> str:
    times = " | ".join(f"{side['latency_ms'][part]:.1f}" for part in ("p50", "p95", "p99"))
    cpu = side["cpu_ms"]
    parts = ", ".join(f"{part} {cpu[part]:.1f}" for part in PATH_PARTS if part in cpu)
    return f"| {name} | {side['per_second']} | {times} | {cpu['path']:.1f} ({parts}) |"
