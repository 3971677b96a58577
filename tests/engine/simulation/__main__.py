"""A million random hands in several processes, every event of them checked.

    python -m tests.engine.simulation [--hands 1000000] [--seed 0] [--processes 2] [--report FILE]

Each seed is a table. The exit status is 1 when something that must hold does not.
"""

import argparse
import multiprocessing
import sys
import time
from pathlib import Path

from tests.engine.simulation.many import HANDS, report, simulate


def main() -> int:
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--hands", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="the first table's")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + max(1, -(-options.hands // HANDS)))
    start = time.monotonic()
    total, broken = simulate(seeds, options.processes)
    seconds = time.monotonic() - start
    page = report(total, seeds, len(broken), seconds, options.processes)
    print(page)
    if options.report:
        options.report.write_text(page)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
