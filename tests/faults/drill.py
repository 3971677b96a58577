"""Kill a program of the site again and again while bots play, and look at what they saw.

    python -m tests.faults.drill [--kills 20] [--report docs/results/faults.md] [PROGRAM …]

is the long version (`make faults`); tests/faults/test_kills.py does a few kills of each.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import redis

from tables.runtime.backlog import backlog
from tables.runtime.keys import LOBBY
from tests.support.servers import busy, wait_until
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
RENEWAL_S = 0.6
# From the moment at which something can go on to the moment at which every table does.
TAKEOVER_S = 2.0
SHARDS = 16


@dataclass
class Drilled:
    """What a drill found: the bots' figures, and how long the tables stood still at each kill.

    `begins`: when what replaces the killed process could begin, for each kill. `busy`: how many
    times too much the machine had to do. `unsettled_s`: the longest that the ledger lagged behind.
    """

    program: str
    kills: list[float]
    begins: list[float]
    busy: float
    unsettled_s: float
    figures: dict[str, Any]
    output: str
    patience: float = 1.0

    @property
    def pauses_s(self) -> list[float]:
        """For each kill, the longest time in which some table told nothing."""
        return [max(self._silences_near(at), default=0.0) for at in self.kills]

    @property
    def limit_s(self) -> float:
        """How long a takeover may take here."""
        return TAKEOVER_S * self.busy * self.patience

    @property
    def takeovers_s(self) -> list[float]:
        """The same, from the moment at which the replacement could begin."""
        return [max(self._silences_near(at), default=0.0) for at in self.begins]

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
            "slow takeovers": [s for s in self.takeovers_s if s > self.limit_s],
        }
        return {what: value for what, value in found.items() if value}


def drill(site: RunningSite, program: str, kills: int, *, patience: float = 1.0) -> Drilled:
    """Bots play at the running site while `program` is killed `kills` times; a takeover may take
    `patience` times as long as promised."""
    seconds = WARM_UP_S + kills * BETWEEN_S + 5
    names = cycle(VICTIMS[program])
    times, begins, unsettled = [], [], 0.0
    with _bots(site, seconds) as (bots, figures):
        wait_until(lambda: _are_playing(site), seconds=90, what="bots play")
        time.sleep(WARM_UP_S)
        for _ in range(kills):
            began = time.time()
            started = _starts(site, program)
            _kill_when_up(site, next(names))
            times.append(time.time())
            begins.append(_replacement_begins(site, program, times[-1]))
            unsettled = max(unsettled, _watch_backlog(site, until=began + BETWEEN_S))
            _wait_until_back(site, program, started)
        load = busy()
        output, _ = bots.communicate(timeout=seconds + 240)
    site.wait_until_ready()
    assert figures.exists(), output
    found = json.loads(figures.read_text())
    return Drilled(program, times, begins, load, unsettled, found, output, patience)


def _replacement_begins(site: RunningSite, program: str, kill: float) -> float:
    """When a runner takes the first shard of a dead one, or Redis answers again; for the others
    the next process is there already."""
    if program == "tables":
        # Not before the dead one's lease runs out, of which a renewal may have spent a part.
        after = kill + LEASE_S - RENEWAL_S
        wait_until(lambda: _first_taken(site, after), seconds=BACK_S, what="shards are taken")
        return _first_taken(site, after)
    if program == "valkey":
        wait_until(lambda: _answers(site), seconds=BACK_S, what="valkey answers")
        return time.time()
    return kill


def _first_taken(site: RunningSite, after: float) -> float:
    """The time of the first `shard_taken` in the logs after that; 0 while there is none."""
    times = [
        datetime.fromisoformat(found[0]).timestamp()
        for path in (site.data_dir / "logs").glob("tables_*.log")
        for line in path.read_text(errors="replace").splitlines()
        if "shard_taken" in line and (found := re.search(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line))
    ]
    return min((at for at in times if at > after), default=0.0)


def _answers(site: RunningSite) -> bool:
    try:
        with redis.Redis.from_url(site.redis_url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _watch_backlog(site: RunningSite, *, until: float) -> float:
    """Look until then how long the oldest outbox entry has waited; returns the most, in seconds."""
    most = 0
    while True:
        with suppress(redis.RedisError), redis.Redis.from_url(site.redis_url) as client:
            most = max(most, backlog(client, SHARDS).oldest_ms)
        if time.time() >= until:
            return most / 1000
        time.sleep(0.25)


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


def _wait_until_back(site: RunningSite, program: str, started: int) -> None:
    """A web process may be killed when another one serves: not while it still starts."""
    if program == "web":
        limit = BACK_S * busy()
        wait_until(lambda: _starts(site, program) > started, seconds=limit, what="web is back")


def _starts(site: RunningSite, program: str) -> int:
    """How often a process of the program has begun to serve."""
    logs = (site.data_dir / "logs").glob(f"{program}_*.log")
    return sum(path.read_text(errors="replace").count("web_started") for path in logs)


def table_of(results: Sequence[Drilled]) -> str:
    """The results as a page for docs/results."""
    rows = [
        "| killed | times | hands | actions | acknowledged, lost | twice | reconnects "
        "| longest stand-still a kill (median, max) | of it after the takeover began (max) "
        "| ledger behind (max) | money |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        detail, pauses = result.figures["detail"], sorted(result.pauses_s)
        judged = detail["acknowledged"]
        rows.append(
            f"| {result.program} | {len(result.kills)} | {result.figures['hands']} "
            f"| {result.figures['actions']} | {judged['judged']}, {judged['lost']} "
            f"| {judged['doubled']} | {detail['reconnects']} "
            f"| {pauses[len(pauses) // 2]:.2f} s, {pauses[-1]:.2f} s "
            f"| {max(result.takeovers_s):.2f} s | {result.unsettled_s:.1f} s "
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
*The takeover begins* when a runner takes the first shard of a dead one, when Redis answers again,
or, where the next process is there already, with the kill; more than {TAKEOVER_S:.0f} s after it,
scaled by the machine's load, count as a failure. *Ledger behind*: how long the oldest hand waited
to be settled.
*Lost*: an action was acknowledged and is not in the table's events. *Twice*: it is there more than
once. After every reconnect each bot also compares its view, carried on by the missed events, with
the server's snapshot; none differed.
"""

if __name__ == "__main__":
    raise SystemExit(main())
