"""Many tables in several processes, and a page that says what came of them."""

import multiprocessing
import platform
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

from tables.engine.events import Event
from tests.engine.simulation.table import Broken, Simulation

HANDS = 1_000
TELL_EVERY = 20

REPORT = """# Simulated hands

Random tables of 2 to 9 seats with random options, played from seeds by people who do anything at
any time, and checked at every event. Made by `make simulate`; what is checked stands in
`tests/engine/simulation/`.

| | |
|---|---|
| hands | {hands:,}, of them {voided:,} void |
| tables (seeds) | {tables:,} ({first} to {last}), {each:,} hands each |
| broken | {broken} |
| commands | {commands:,} accepted, {refused:,} refused |
| probed for what is legal | {probes:,} times: {legal:,} offered and accepted, {illegal:,} refused |
| events | {events:,} |
| replay compared with the state | after every hand, and {in_hand:,} times within one |
| seconds | {seconds:,.0f} in {processes} processes, {rate:,.0f} hands/s |
| machine | {machine} |
| at | {at}, commit {commit} |

| event | times |
|---|---|
{table}
"""


def play(seed: int) -> tuple[int, Counter[str], str | None]:
    """A table from its seed: what happened, and how it broke if it did."""
    table = Simulation(seed)
    try:
        table.play(HANDS)
    except Broken as broken:
        return seed, table.watch.counts, str(broken)
    return seed, table.watch.counts, None


def simulate(seeds: range, processes: int) -> tuple[Counter[str], list[str]]:
    """Everything that happened, and what broke."""
    total: Counter[str] = Counter()
    broken: list[str] = []
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for done, (seed, counts, failure) in enumerate(pool.imap_unordered(play, seeds), 1):
            total.update(counts)
            if failure is not None:
                broken.append(failure)
                print(failure, file=sys.stderr, flush=True)
            if not done % TELL_EVERY:
                print(f"{done} of {len(seeds)} tables, the last from seed {seed}", flush=True)
    return total, broken


def report(total: Counter[str], seeds: range, broken: int, seconds: float, processes: int) -> str:
    happened = Counter(
        {kind.__name__: total[kind.__name__] for kind in Event.__subclasses__()}
    ).most_common()
    hands = total["HandFinished"] + total["HandVoided"]
    return REPORT.format(
        hands=hands,
        voided=total["HandVoided"],
        tables=len(seeds),
        first=seeds[0],
        last=seeds[-1],
        each=HANDS,
        broken=broken or "none",
        commands=total["commands"],
        refused=total["refused"],
        probes=total["probes"],
        legal=total["probed_legal"],
        illegal=total["probed_illegal"],
        in_hand=total["compared_in_hand"],
        events=sum(times for _, times in happened),
        seconds=seconds,
        processes=processes,
        rate=hands / seconds,
        machine=f"{multiprocessing.cpu_count()} cores, Python {platform.python_version()}",
        at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        commit=_commit(),
        table="\n".join(f"| {name} | {times:,} |" for name, times in happened),
    )


def _commit() -> str:
    """What was simulated; marked when the working copy has changes of its own."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
