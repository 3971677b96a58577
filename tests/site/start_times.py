"""How long `make run`, exactly as typed, takes to start, and Ctrl-C to leave nothing behind.

    python -m tests.site.start_times [--report docs/results/start.md]

(`make start`). In an empty data directory, with bots and coins; packages, those of the test nodes
too, are installed before. The exit status is 1 when one of the times is longer than promised.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from poker_site.embedded.registry import port_is_free
from tables.bench.circumstances import circumstances, verdict, when_and_where
from tests.support.site import MANAGE, RunningSite, new_site
from wallet.devnodes.errors import DevnodesUnavailable
from wallet.devnodes.installation import install

FIRST_S, LATER_S, STOP_S = 60.0, 15.0, 20.0
# A start or a stop that takes longer than this is measured no further.
PATIENCE_S = 240.0
# `make start` has options of its own, which are not those of `make run`.
OF_OUR_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS")

PAGE = """# Starting and stopping, measured

`make run` as typed, with bots and {coins}, in an empty data directory; packages were installed
before. Made by `make start` {circumstances}.

| | seconds | promised | |
|---|---|---|---|
{rows}

A start lasts from the command to the first 200 of `/healthz/ready`, a stop from Ctrl-C (to make and
all it started, as a terminal does) until no process of the site is left and its port is free.
"""


@dataclass(frozen=True)
class Timed:
    """`seconds`: None when it had not come to its end after `PATIENCE_S`."""

    what: str
    seconds: float | None
    promised_s: float

    @property
    def met(self) -> bool:
        return self.seconds is not None and self.seconds <= self.promised_s


class TypedSite:
    """The site as somebody at a terminal has it: `make run`, then Ctrl-C."""

    def __init__(self, site: RunningSite) -> None:
        self._site = site

    def start(self) -> float | None:
        """Seconds until every part answers."""
        began = time.monotonic()
        with (self._site.data_dir / "make_run.out").open("ab") as output:
            # A session of its own: Ctrl-C is for this make and what it starts, and not for us.
            self._site.process = subprocess.Popen(
                ["make", "run"],
                cwd=MANAGE.parent,
                env={k: v for k, v in self._site.environment.items() if k not in OF_OUR_MAKE},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return _seconds_until(self._is_ready, began)

    def stop(self) -> float | None:
        """Seconds until nothing is left."""
        began = time.monotonic()
        os.killpg(self._site.process.pid, signal.SIGINT)
        seconds = _seconds_until(self._is_gone, began)
        if seconds is None:
            self._site.force_stop()
        return seconds

    def _is_ready(self) -> bool:
        if self._site.process.poll() is not None:
            raise SystemExit(f"make run ended:\n{self._output()}")
        with suppress(httpx.HTTPError):
            answer = httpx.get(f"{self._site.url}/healthz/ready", timeout=10, trust_env=False)
            return answer.status_code == httpx.codes.OK
        return False

    def _is_gone(self) -> bool:
        if self._site.process.poll() is None:
            return False
        return port_is_free(self._site.port) and not self._site.leftovers()

    def _output(self) -> str:
        return (self._site.data_dir / "make_run.out").read_text()[-2000:]


def measure() -> list[Timed]:
    with new_site(coins=True) as site:
        typed = TypedSite(site)
        return [
            Timed("first start", typed.start(), FIRST_S),
            Timed("Ctrl-C", typed.stop(), STOP_S),
            Timed("second start", typed.start(), LATER_S),
            Timed("Ctrl-C", typed.stop(), STOP_S),
        ]


def page(times: list[Timed], began: dict[str, Any], *, coins: bool) -> str:
    return PAGE.format(
        circumstances=when_and_where(began),
        coins="coins" if coins else "play money only, for Node.js is missing",
        rows="\n".join(_row(timed) for timed in times),
    )


def _row(timed: Timed) -> str:
    seconds = f"over {PATIENCE_S:.0f}" if timed.seconds is None else f"{timed.seconds:.1f}"
    return f"| {timed.what} | {seconds} | {timed.promised_s:.0f} | {verdict(timed.met)} |"


def _seconds_until(condition: Callable[[], bool], began: float) -> float | None:
    while not condition():
        if time.monotonic() - began > PATIENCE_S:
            return None
        time.sleep(0.1)
    return time.monotonic() - began


def _install() -> bool:
    """Everything that is installed once; whether the test nodes are there."""
    subprocess.run(["make", "setup"], cwd=MANAGE.parent, check=True)
    directory = os.environ.get("DEVNODES_DIR") or MANAGE.parent / ".data" / "devnodes"
    try:
        install(Path(directory))
    except DevnodesUnavailable as error:
        print(error)
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="make start", description=__doc__)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    coins = _install()
    began = circumstances()
    times = measure()
    text = page(times, began, coins=coins)
    print(text)
    if options.report:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(text)
    return 0 if all(timed.met for timed in times) else 1


if __name__ == "__main__":
    sys.exit(main())
