"""`manage.py bench` (`make bench`): our engine as a ratio to bare PokerKit, and what an action
takes and costs as ratios to a bare Channels group."""

import json
import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from poker_site.processes.programs import MANAGE
from tables.bench import bench_report
from tables.bench.circumstances import circumstances
from tables.bench.engine import ROUNDS, measure_engine
from tables.bench.measure import Load, measure_echo, measure_game, ratios
from tables.bench.scratch import BenchFailed, scratch_site

PAGE = MANAGE.parent / "docs" / "results" / "bench.md"


class Command(BaseCommand):
    help = (
        "Measure the engine against bare PokerKit, and our action path against a bare Channels "
        "group echo; starts its own site."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012  (as Django declares it)

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--tables", type=int, default=80)
        add("--seats", type=int, default=6)
        add("--pace", type=float, default=1.0, help="actions a second a table")
        add("--seconds", type=float, default=30.0, help="how long each side is measured")
        add("--servers", action="store_true", help="echo under Daphne too")
        add("--rounds", type=int, default=ROUNDS, help="how often both engines play their hands")
        add("--engine", action="store_true", help="only the engine; writes no page by itself")
        add("--report", type=Path, metavar="FILE.md", help=f"default: {PAGE.name} of the results")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)
        found = circumstances()
        try:
            self._say("both engines play …")
            found["engine"] = measure_engine(rounds=options["rounds"])
            self._tell_engine(found["engine"])
            if not options["engine"]:
                found |= self._measure_path(options)
                self._tell(found)
        except BenchFailed as failure:
            raise CommandError(str(failure)) from failure
        self._write(found, options["report"] or (None if options["engine"] else PAGE))
        missed = [wanted for wanted, _, met in bench_report.judged(found) if not met]
        if missed:
            raise CommandError(f"NOT met: {'; '.join(missed)}. See above.")

    def _write(self, found: dict[str, Any], page: Path | None) -> None:
        target = settings.DATA_DIR / "bench.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(found, indent=2) + "\n")
        self._say(f"All of it: {target}")
        if page is not None:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(bench_report.text(found))
            self._say(f"Written to {page}")

    def _measure_path(self, options: dict[str, Any]) -> dict[str, Any]:
        load = Load(options["tables"], options["seats"], options["pace"], options["seconds"])
        with scratch_site() as site:
            self._say("bots play …")
            game = measure_game(site, load)
            echoes = []
            for server in ("uvicorn", *(["daphne"] if options["servers"] else [])):
                self._say(f"echo under {server} …")
                echoes.append(measure_echo(site, load, game["per_second"], server))
        return {
            "load": {"tables": load.tables, "sockets": load.tables * load.seats},
            "game": game,
            "echo": echoes[0],
            "other_servers": echoes[1:],
            "ratios": ratios(game, echoes[0]),
        }

    def _tell_engine(self, engine: dict[str, float]) -> None:
        self._say(
            f"engine {engine['hands_per_s']} hands/s on one core, bare PokerKit "
            f"{engine['pokerkit_hands_per_s']}: ratio {engine['ratio']}; an action costs "
            f"{engine['accepted_us']} µs, a refused one {engine['refused_us']} µs"
        )

    def _tell(self, found: dict[str, Any]) -> None:
        load = found["load"]
        self._say(f"{load['tables']} tables, {load['sockets']} sockets")
        self._row("", "messages/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms each")
        self._figures("action", found["game"])
        for echo in (found["echo"], *found["other_servers"]):
            self._figures(f"echo, {echo['server']}", echo)
        ratio = found["ratios"]
        self._row("ratio", "", *(str(ratio[name]) for name in ("p50", "p95", "p99", "cpu")))

    def _figures(self, name: str, side: dict[str, Any]) -> None:
        times = side["latency_ms"]
        self._row(
            name,
            str(side["per_second"]),
            *(str(times[part]) for part in ("p50", "p95", "p99")),
            str(side["cpu_ms"]["path"]),
        )

    def _row(self, name: str, *cells: str) -> None:
        self._say(f"{name:<14}" + "".join(f"{cell:>13}" for cell in cells))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
