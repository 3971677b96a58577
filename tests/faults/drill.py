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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import cycle
from pathlib import Path

import redis

from tables.bench.circumstances import circumstances
from tables.runtime.backlog import backlog
from tables.runtime.keys import LOBBY
from tests.faults.drilled import BETWEEN_S, LEASE_S, PACE, PLAYERS, TABLES, WARM_UP_S, Drilled
from tests.faults.report import page
from tests.support.servers import busy, wait_until
from tests.support.site import MANAGE, RunningSite, new_site

# Which processes each drill kills, in turn.
VICTIMS = {
    "tables": ("tables_0", "tables_1"),
    "web": ("web_0", "web_1"),
    "worker": ("worker",),
    "valkey": ("valkey",),
}
BACK_S = 30.0
# A renewal of the lease may have spent so much of it.
RENEWAL_S = 0.6
# The ledger has caught up when nothing waits longer; and what lags longer is wrong anyway.
FRESH_MS = 2_000
CAUGHT_UP_S = 60.0
SHARDS = 16


def drill(site: RunningSite, program: str, kills: int, *, patience: float | None = None) -> Drilled:
    """Bots play at the running site while `program` is killed `kills` times.

    Judged by what is promised; with `patience`, for a machine that has other work, by so many times
    as much, and by as much more as the machine is busy.
    """
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
        scale = 1.0 if patience is None else patience * busy()
        output, _ = bots.communicate(timeout=seconds + 240)
    site.wait_until_ready()
    assert figures.exists(), output
    found = json.loads(figures.read_text())
    return Drilled(program, times, begins, unsettled, found, output, scale)


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
    """Until then, and until the ledger has caught up, look how long the oldest outbox entry has
    waited; returns the most, in seconds."""
    most = oldest = 0
    while True:
        with suppress(redis.RedisError), redis.Redis.from_url(site.redis_url) as client:
            oldest = backlog(client, SHARDS).oldest_ms
            most = max(most, oldest)
        late = time.time() - until
        if late >= 0 and (oldest < FRESH_MS or late >= CAUGHT_UP_S):
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=", ".join(VICTIMS))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    if unknown := set(options.programs) - VICTIMS.keys():
        parser.error(f"no such program: {', '.join(unknown)}")
    began = circumstances()
    results = []
    for program in options.programs or VICTIMS:
        with new_site("--no-bots") as site:
            site.start()
            results.append(drill(site, program, options.kills))
            print(results[-1].output, results[-1].wrong or "nothing wrong", flush=True)
            site.stop()
    text = page(results, began, kills=options.kills)
    print(text)
    if options.report:
        options.report.write_text(text)
    return 1 if any(result.wrong for result in results) else 0


if __name__ == "__main__":
    raise SystemExit(main())
