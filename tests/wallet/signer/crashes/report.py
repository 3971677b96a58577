"""The page that `make crashes` writes: how many points by scenario, and of which kind."""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

from tests.wallet.signer.crashes.matrix import Ran

_PAGE = """# Crashes of the signer

Made by `make crashes`: the signer is killed (−9) before and after each commit and each call of a
node, at every point of each of its passes, on the real nodes and PostgreSQL. After each kill the
next signers bring everything to its end; then each payment is on the chain exactly once, each hold
is settled or given back exactly once, reconciliation finds nothing but what a stranger took, and no
account is below zero. The scenarios are in `tests/wallet/signer/crashes/`.

| | |
|---|---|
| points | {of:,}, killed at {killed:,}, followed to the end {recovered:,} times |
| broken | {broken} |
| seconds | {seconds:.0f}, {each:.2f} a point, in one process, load average {load:.1f} |
| machine | {cores} cores, Python {python} |
| at | {at}, commit {commit} |

| network | scenario | points by pass | in all |
|---|---|---|---|
{scenarios}

| kind of point | before | after |
|---|---|---|
{kinds}
"""


def page_of(ran: Ran, seconds: float) -> str:
    """Everything that was run, as Markdown."""
    killed = sum(len(each.points) for each in ran.passes)
    return _PAGE.format(
        of=sum(each.of for each in ran.passes),
        killed=killed,
        recovered=sum(each.recovered for each in ran.passes),
        broken="; ".join(ran.broken) or "none",
        seconds=seconds,
        each=seconds / max(killed, 1),
        load=os.getloadavg()[0],
        cores=os.cpu_count(),
        python=sys.version.split()[0],
        at=datetime.now(UTC).strftime("%F %H:%M UTC"),
        commit=_commit(),
        scenarios=_scenarios(ran),
        kinds=_kinds(ran),
    )


def _scenarios(ran: Ran) -> str:
    lines = []
    for network, name in dict.fromkeys((each.network, each.scenario) for each in ran.passes):
        passes = [each for each in ran.passes if (each.network, each.scenario) == (network, name)]
        by_pass = ", ".join(f"{each.step} {len(each.points)}" for each in passes)
        total = sum(len(each.points) for each in passes)
        lines.append(f"| {network} | {name} | {by_pass} | {total} |")
    return "\n".join(lines)


def _kinds(ran: Ran) -> str:
    counted = Counter(point for each in ran.passes for point in each.points)
    totals: Counter[str] = Counter()
    for point, times in counted.items():
        totals[point.partition(" ")[2]] += times
    return "\n".join(
        f"| {kind} | {counted[f'before {kind}']:,} | {counted[f'after {kind}']:,} |"
        for kind, _ in totals.most_common()
    )


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
