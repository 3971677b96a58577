"""`manage.py bench`: our action path against a bare Channels group of the same fan-out.

On one freshly started site: bots play, and what an action took and cost is taken from them and
from the processes. Then as many sockets at as many tables send as many messages a second through
`echo`, under the same server, on the same Valkey. The ratios say what the game adds.
"""

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poker_site.processes.programs import MANAGE
from tables.bench.crowd import Crowd
from tables.bench.scratch import BenchFailed, ScratchSite, cpu_seconds
from tables.bots.meters import summary_ms

# What an action passes through; the others run beside it.
PATH = ("web", "tables", "valkey")
# An `events` frame of an action is about this long in MessagePack.
FRAME_BYTES = 260
ECHO_PROCESSES = 2
SAMPLE_S = 1.0


@dataclass(frozen=True)
class Load:
    tables: int
    seats: int
    pace: float
    seconds: float


class Usage:
    """CPU seconds of processes by program, sampled, so that any stretch of time can be asked."""

    def __init__(self, pids: Callable[[], dict[str, int]]) -> None:
        self._pids = pids()
        self._samples: list[tuple[float, dict[str, float]]] = []
        self._stop = threading.Event()

    @contextmanager
    def sampling(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def sample(self) -> None:
        used: dict[str, float] = {}
        seconds = cpu_seconds(self._pids.values())
        for name, pid in self._pids.items():
            program = name.split("_")[0]
            used[program] = used.get(program, 0.0) + seconds[pid]
        self._samples.append((time.time(), used))

    def between(self, start: float, end: float) -> dict[str, float]:
        """CPU seconds by program from one Unix time to another, to the nearest samples."""
        first = min(self._samples, key=lambda sample: abs(sample[0] - start))[1]
        last = min(self._samples, key=lambda sample: abs(sample[0] - end))[1]
        return {program: last[program] - first[program] for program in last}

    def _run(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            self.sample()


def measure_game(site: ScratchSite, load: Load) -> dict[str, Any]:
    """Bots play; latency as they saw it, CPU as the site's processes used it."""
    bots, used = _play(site, load, policy="raises")
    actions = bots["actions"]
    return {
        "per_second": round(actions / bots["seconds"], 1),
        "messages": actions,
        "latency_ms": bots["latency_ms"],
        "next_turn_ms": bots["next_turn_ms"],
        "cpu_ms": _cpu(used, actions),
        "errors": bots["errors"],
        "gaps": bots["gaps"],
        "money_ok": bots["money_ok"],
    }


def measure_load(site: ScratchSite, load: Load) -> dict[str, Any]:
    """Bots play as people do: what they saw, and how many cores each program of the site used."""
    bots, used = _play(site, load, policy="calls")
    # When each table was silent is long, and for the drill of killed processes only.
    bots["detail"].pop("silences")
    cores = {program: round(seconds / bots["seconds"], 3) for program, seconds in used.items()}
    return {"bots": bots, "cores_used": cores}


def _play(site: ScratchSite, load: Load, *, policy: str) -> tuple[dict[str, Any], dict[str, float]]:
    """The bots' figures, and CPU seconds by program while everyone sat."""
    found = site.data_dir / "bots.json"
    usage = Usage(site.pids)
    with usage.sampling():
        site.manage(
            *("bots", "--policy", policy, "--login", "session", "--json", str(found)),
            *("--players", str(load.tables * load.seats), "--tables", str(load.tables)),
            *("--duration", str(load.seconds), "--pace", str(load.pace)),
        )
    bots = json.loads(found.read_text())
    if not bots["actions"]:
        raise BenchFailed(f"the bots did not play: {bots}")
    started = bots["detail"]["started_at"]
    return bots, usage.between(started, started + bots["seconds"])


def measure_echo(site: ScratchSite, load: Load, per_second: float, server: str) -> dict[str, Any]:
    """The bare group under `server`, at the rate that the game had."""
    with _echo_server(site, server) as (port, processes):
        pids = {f"web_{n}": process.pid for n, process in enumerate(processes)}
        usage = Usage(lambda: pids | {"valkey": site.pids()["valkey"]})
        edges: list[float] = []

        def at_edge() -> None:
            usage.sample()
            edges.append(time.time())

        crowd = Crowd(f"ws://127.0.0.1:{port}", load.tables, load.seats, per_second, FRAME_BYTES)
        measured = asyncio.run(crowd.run(load.seconds, at_edge))
        used = usage.between(edges[0], edges[1])
    if not crowd.messages:
        raise BenchFailed("nothing was echoed")
    return {
        "server": server,
        "per_second": round(crowd.messages / measured, 1),
        "messages": crowd.messages,
        "deliveries": crowd.deliveries,
        "latency_ms": summary_ms(crowd.latency_s),
        "cpu_ms": _cpu(used, crowd.messages),
    }


def ratios(game: dict[str, Any], echo: dict[str, Any]) -> dict[str, float]:
    """How many times the bare group's figure ours is."""
    found = {
        name: _ratio(game["latency_ms"][name], echo["latency_ms"][name])
        for name in ("p50", "p95", "p99")
    }
    return found | {"cpu": _ratio(game["cpu_ms"]["path"], echo["cpu_ms"]["path"])}


def _ratio(ours: float, bare: float) -> float:
    return round(ours / bare, 2) if bare else 0.0


def _cpu(used: dict[str, float], messages: int) -> dict[str, float]:
    """CPU milliseconds for each message: of what it passes through, and of every program."""
    each = {program: round(1000 * seconds / messages, 3) for program, seconds in used.items()}
    return {"path": round(sum(each.get(program, 0.0) for program in PATH), 3), **each}


@contextmanager
def _echo_server(
    site: ScratchSite, server: str
) -> Iterator[tuple[int, list["subprocess.Popen[bytes]"]]]:
    """Two processes that accept from one socket, as the site's own web processes do."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        log = site.data_dir / f"echo-{server}.log"
        processes = [_start(site, server, listening.fileno(), log) for _ in range(ECHO_PROCESSES)]
        try:
            time.sleep(6)
            if any(process.poll() is not None for process in processes):
                raise BenchFailed(f"{server} ended:\n{log.read_text()[-1500:]}")
            yield listening.getsockname()[1], processes
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=20)


def _start(site: ScratchSite, server: str, descriptor: int, log: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "poker_site.web_server", "--fd", str(descriptor)]
    command += ["--application", "tables.bench.echo:application"]
    if server == "daphne":
        command = [sys.executable, "-m", "daphne", "--fd", str(descriptor), "-v", "0"]
        command += ["tables.bench.echo:application"]
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=MANAGE.parent,
            env=site.environment,
            stdout=out,
            stderr=out,
            pass_fds=[descriptor],
        )
