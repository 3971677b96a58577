"""The drills' results as a page for docs/results."""

from collections.abc import Sequence
from typing import Any

from tables.bench.circumstances import verdict, when_and_where
from tests.faults.drilled import (
    BETWEEN_S,
    LEASE_S,
    LEDGER_S,
    PACE,
    PLAYERS,
    TABLES,
    TAKEOVER_S,
    Drilled,
)

PAGE = """# Killed processes

`kill -9` of one program, {kills} times in a run, every {between:.0f} s, while {players} bots
play at {tables} tables with {pace} actions a second a table, all on one machine. Made by
`make faults` {circumstances}.

{table}
*Stand-still*: the longest time in which some table told nothing, counted from the kill. For
`tables` it includes the lease of {lease} s after which a dead owner is noticed.
*The takeover begins* when a runner takes the first shard of a dead one, when Redis answers again,
or, where the next process is there already, with the kill. *Ledger behind*: how long the oldest
hand waited to be settled; the figure for `worker`, without which no table is silent.
*Lost*: an action was acknowledged and is not in the table's events. *Twice*: it is there more than
once. *Unlike*: after every reconnect each bot also compares its view, carried on by the missed
events, with the server's snapshot; so often they differed.

*Met*: at most {takeover:.1f} s after the takeover began, whatever else the machine does; the ledger
at most {ledger:.0f} s behind (the worker's restart, then the next sweep of beat); nothing lost,
twice, unlike or void, no version that went back, no bot that failed, and clean money.

{wrong}
"""

HEAD = (
    "killed",
    "times",
    "hands",
    "actions",
    "acknowledged, lost",
    "twice",
    "unlike",
    "reconnects",
    "longest stand-still a kill (median, max)",
    "of it after the takeover began (max)",
    "ledger behind (max)",
    "money",
    "",
)


def page(results: Sequence[Drilled], began: dict[str, Any], *, kills: int) -> str:
    wrong = [
        f"- {result.program}: {what}: {value}"
        for result in results
        for what, value in result.wrong.items()
    ]
    return PAGE.format(
        kills=kills,
        between=BETWEEN_S,
        players=PLAYERS,
        tables=TABLES,
        pace=PACE,
        circumstances=when_and_where(began),
        table="\n".join([_line(HEAD), "|" + "---|" * len(HEAD), *map(_row, results)]) + "\n",
        lease=LEASE_S,
        takeover=TAKEOVER_S,
        ledger=LEDGER_S,
        wrong="\n".join(["What is NOT met:", "", *wrong]) if wrong else "Nothing is wrong.",
    )


def _row(result: Drilled) -> str:
    detail, pauses = result.figures["detail"], sorted(result.pauses_s)
    judged = detail["acknowledged"]
    return _line(
        (
            result.program,
            str(len(result.kills)),
            str(result.figures["hands"]),
            str(result.figures["actions"]),
            f"{judged['judged']}, {judged['lost']}",
            str(judged["doubled"]),
            str(detail["mismatches"]),
            str(detail["reconnects"]),
            f"{pauses[len(pauses) // 2]:.2f} s, {pauses[-1]:.2f} s",
            f"{max(result.takeovers_s):.2f} s",
            f"{result.unsettled_s:.1f} s",
            "clean" if result.figures["money_ok"] else "WRONG",
            verdict(not result.wrong),
        )
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
