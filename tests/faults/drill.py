"""Kill a program of the site again and again while bots play, and look at what they saw.

    python -m tests.faults.drill [--kills 20] [--report docs/results/faults.md] [PROGRAM …]

is the long version (`make faults`); tests/faults/test_kills.py does a few kills of each.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import redis

from tables.runtime.keys import LOBBY
from tests.support.servers import wait_until
from tests.support.site import MANAGE, RunningSite, new_site

# Which processes each drill kills, in turn.
VICTIMS = {
    "tables": ("tables_0", "tables_1"),
    "web": ("web_0", "web_1"),
    "worker": ("worker",),
    "valkey": ("valkey",),
}
PLAYERS, TABLES, PACE = 24, 4, 4
WARM_UP_S = 5.0
BETWEEN_S = 8.0
BACK_S = 30.0
# A dead owner is noticed when its lease (settings.SHARD_LEASE_MS) has run out.
LEASE_S = 1.5


@dataclass
class Drilled:
    """What a drill found: the bots' figures, and how long the tables stood still at each kill."""

    program: str
    kills: list[float]
    figures: dict[str, Any]
    output: str

    @property
    def pauses_s(self) -> list[float]:
        """For each kill, the longest time in which some table told nothing."""
        return [max(self._silences_near(at), default=0.0) for at in self.kills]

    def _silences_near(self, kill: float) -> Iterator[float]:
        for began, seconds in self.figures["detail"]["silences"]:
            if began - 1 <= kill + 1 and kill <= began + seconds:
                yield began + seconds - max(began, kill)

    @property
    def wrong(self) -> dict[str, object]:
        """What must not be, and is."""
        detail = self.figures["detail"]
        found: dict[str, object] = {
            "acknowledged actions lost": detail["acknowledged"]["lost"],
            "actions twice": detail["acknowledged"]["doubled"],
            "views unlike the snapshot": detail["mismatches"],
            "versions that went back": detail["rewinds"],
            "void hands": detail["voided_hands"],
            "failures": detail["failures"],
            "money": not self.figures["money_ok"],
            "no hands": not self.figures["hands"],
        }
        return {what: value for what, value in found.items() if value}


def drill(site: RunningSite, program: str, kills: int) -> Drilled:
    """Bots play at the running site while `program` is killed `kills` times."""
    seconds = WARM_UP_S + kills * BETWEEN_S + 5
    names = cycle(VICTIMS[program])
    times = []
    with _bots(site, seconds) as (bots, figures):
        wait_until(lambda: _are_playing(site), seconds=90, what="bots play")
        time.sleep(WARM_UP_S)
        for _ in range(kills):
            began = time.time()
            _kill_when_up(site, next(names))
            times.append(time.time())
            time.sleep(max(0.0, BETWEEN_S - (time.time() - began)))
        output, _ = bots.communicate(timeout=seconds + 240)
    site.wait_until_ready()
    assert figures.exists(), output
    return Drilled(program, times, json.loads(figures.read_text()), output)


@contextmanager
def _bots(site: RunningSite, seconds: float) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    figures = site.data_dir / "bots.json"
    figures.unlink(missing_ok=True)
    options = {"players": PLAYERS, "tables": TABLES, "pace": PACE, "duration": seconds}
    process = subprocess.Popen(
        [
            *(sys.executable, str(MANAGE), "bots", "--policy", "raises", "--json", str(figures)),
            *(part for name, value in options.items() for part in (f"--{name}", str(value))),
        ],
        env=site.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, figures
    finally:
        process.kill()
        process.wait()


def _are_playing(site: RunningSite) -> bool:
    """Every seat of the load tables is taken."""
    with redis.Redis.from_url(site.redis_url) as client:
        rows = [json.loads(row) for row in client.hgetall(LOBBY).values()]
    players: int = sum(row["players"] for row in rows)
    return players >= PLAYERS


def _kill_when_up(site: RunningSite, name: str) -> None:
    wait_until(lambda: site.pids().get(name), seconds=BACK_S, what=f"{name} runs")
    site.kill(name)


def table_of(results: Sequence[Drilled]) -> str:
    """The results as a page for docs/results."""
    rows = [
        "| killed | times | hands | actions | acknowledged, lost | twice | reconnects "
        "| longest stand-still a kill (median, max) | money |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        detail, pauses = result.figures["detail"], sorted(result.pauses_s)
        judged = detail["acknowledged"]
        rows.append(
            f"| {result.program} | {len(result.kills)} | {result.figures['hands']} "
            f"| {result.figures['actions']} | {judged['judged']}, {judged['lost']} "
            f"| {judged['doubled']} | {detail['reconnects']} "
            f"| {pauses[len(pauses) // 2]:.2f} s, {pauses[-1]:.2f} s "
            f"| {'clean' if result.figures['money_ok'] else 'WRONG'} |"
        )
    return "\n".join(rows) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=", ".join(VICTIMS))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    if unknown := set(options.programs) - VICTIMS.keys():
        parser.error(f"no such program: {', '.join(unknown)}")
    results = []
    for program in options.programs or VICTIMS:
        with new_site("--no-bots") as site:
            site.start()
            results.append(drill(site, program, options.kills))
            print(results[-1].output, results[-1].wrong or "nothing wrong", flush=True)
            site.stop()
    page = table_of(results)
    print(page)
    if options.report:
        options.report.write_text(REPORT.format(table=page, kills=options.kills))
    return 1 if any(result.wrong for result in results) else 0


REPORT = f"""# Killed processes

`kill -9` of one program, {{kills}} times in a run, every {BETWEEN_S:.0f} s, while {PLAYERS} bots
play at {TABLES} tables with {PACE} actions a second a table, all on one machine. Made by
`make faults`.

{{table}}
*Stand-still*: the longest time in which some table told nothing, counted from the kill. For
`tables` it includes the lease of {LEASE_S} s after which a dead owner is noticed.
*Lost*: an action was acknowledged and is not in the table's events. *Twice*: it is there more than
once. After every reconnect each bot also compares its view, carried on by the missed events, with
the server's snapshot; none differed.
"""

if __name__ == "__main__":
    raise SystemExit(main())
