"""What a run of bots found, as figures and as text."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tables.bots.meters import summary_ms
from tables.bots.swarm import Outcome

NO_ERRORS = {"refusals", "duplicates", "resends", "silences", "longest_silence_ms", "started_at"}
COUNTED = ("duplicates", "rewinds", "mismatches", "jumps")


def figures(outcome: Outcome, money_ok: bool | None) -> dict[str, Any]:
    """The keys of `--json`. `money_ok` is None where nobody could look at the books."""
    meter, players = outcome.meter, outcome.players
    clients = [player.client for player in players]
    socket_errors = Counter[str]()
    for client in clients:
        socket_errors.update(client.counters.errors)
    faults = {name: sum(getattr(c.sync.faults, name) for c in clients) for name in COUNTED}
    actions = {
        name: sum(getattr(player.ledger, name) for player in players)
        for name in ("judged", "lost", "doubled", "unseen")
    }
    detail = {
        **faults,
        "reconnects": sum(max(c.counters.connects - 1, 0) for c in clients),
        "resends": sum(c.counters.resends for c in clients),
        "timed_out": meter.timed_out,
        "voided_hands": len(meter.voided),
        "bad_frames": sum(c.counters.bad_frames for c in clients),
        "acknowledged": actions,
        "refusals": meter.refusals,
        "failures": meter.failures,
        "started_at": round(outcome.started_at, 3),
        "longest_silence_ms": round(1000 * max((s for _, s in meter.silences), default=0.0)),
        "silences": [[round(at, 3), round(seconds, 3)] for at, seconds in meter.silences[-500:]],
        "socket_errors": dict(socket_errors),
    }
    return {
        "players": len(players),
        "tables": len(outcome.plan.tables),
        "seconds": round(outcome.seconds, 1),
        "hands": len(meter.hands),
        "actions": meter.actions,
        "refused": sum(meter.refusals.values()),
        "errors": _errors(detail),
        "gaps": sum(c.counters.gaps for c in clients),
        "latency_ms": summary_ms(meter.latency_s),
        "next_turn_ms": summary_ms(meter.next_turn_s),
        "money_ok": money_ok,
        "policy": outcome.plan.policy,
        "pace": outcome.plan.pace,
        "detail": detail,
    }


def text(found: dict[str, Any]) -> str:
    """The figures for people."""
    rate = found["actions"] / found["seconds"] if found["seconds"] else 0.0
    lines = [
        f"{found['players']} players at {found['tables']} tables for {found['seconds']:.0f} s",
        f"hands       {found['hands']}",
        f"actions     {found['actions']} ({rate:.1f}/s)",
        f"refused     {found['refused']}{_named(found['detail']['refusals'])}",
        f"errors      {found['errors']}{_named(_nonzero(found['detail']))}",
        f"gaps        {found['gaps']}",
        f"latency     {_times(found['latency_ms'])}",
        f"next turn   {_times(found['next_turn_ms'])}",
        f"money       {_MONEY[found['money_ok']]}",
    ]
    return "\n".join(lines)


_MONEY = {True: "clean", False: "WRONG", None: "not checked (the database is elsewhere)"}


def _errors(detail: dict[str, Any]) -> int:
    """Everything that must not happen while nothing is being killed, connections lost included."""
    acknowledged = detail["acknowledged"]
    single = (
        *("rewinds", "mismatches", "jumps", "reconnects"),
        *("timed_out", "voided_hands", "bad_frames"),
    )
    counts: list[int] = [
        *(detail[name] for name in single),
        acknowledged["lost"],
        acknowledged["doubled"],
        *detail["failures"].values(),
        *detail["socket_errors"].values(),
    ]
    return sum(counts)


def _nonzero(detail: dict[str, Any]) -> dict[str, int]:
    flat: dict[str, int] = {}
    for name, value in detail.items():
        if name not in NO_ERRORS:
            flat |= value if isinstance(value, dict) else {name: value}
    return {name: n for name, n in flat.items() if n and name not in {"judged", "unseen"}}


def _named(counts: dict[str, int]) -> str:
    pairs: Iterable[str] = (f"{name} {n}" for name, n in sorted(counts.items()))
    return f" ({', '.join(pairs)})" if counts else ""


def _times(times: dict[str, float]) -> str:
    names = ("p50", "p95", "p99", "max")
    return "  ".join(f"{name} {times[name]:.1f} ms" for name in names)
