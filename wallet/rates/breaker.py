"""The circuit breaker: what stops quotes, and what starts them again.

| reason     | opens when                                       | lifts                         |
|------------|--------------------------------------------------|-------------------------------|
| `disagree` | at least two fresh sources, too far apart        | after `CALM` without trouble  |
| `moved`    | more than `Policy.breaker_bps` within a minute   | after `CALM` without trouble  |
| `jumped`   | further than any market goes: a unit, a decimal  | by staff only                 |
"""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import structlog

from wallet import events
from wallet.models import Policy, Rate, RateHalt
from wallet.rates.agreement import move_bps

MINUTE = timedelta(minutes=1)
CALM = timedelta(minutes=5)
# A rate this old says nothing about how fast the price moves now.
FORGOTTEN = timedelta(hours=24)
# From half to double of what it was: no time between two rates explains more without a person.
JUMP_BPS = 10_000

DISAGREE, MOVED, JUMPED = "disagree", "moved", "jumped"

log = structlog.get_logger(__name__)


def open_halt(asset: str) -> RateHalt | None:
    """The halt that stops an asset now."""
    return RateHalt.objects.filter(asset=asset, lifted_at=None).first()


def trouble_with(asset: str, mid_krw: Decimal, at: datetime, policy: Policy) -> tuple[str, str]:
    """Why this new price stops quotes: a reason and its detail; ("", "") when it does not.

    Compared with every rate of the last minute. Where there is none (nobody asked for a while),
    with the newest one, which may have moved by the breaker's share in every minute since.
    """
    before = Rate.objects.filter(asset=asset, at__gt=at - FORGOTTEN).order_by("-at", "-id")
    compared = list(before.filter(at__gte=at - MINUTE)) or list(before[:1])
    worst, reason = 0, ""
    for rate in compared:
        moved = move_bps(rate.mid_krw, mid_krw)
        minutes = max(1, -((at - rate.at) // -MINUTE))
        if moved > worst and moved > min(policy.breaker_bps * minutes, JUMP_BPS):
            worst, reason = moved, JUMPED if moved > JUMP_BPS else MOVED
    return (
        (reason, f"{worst / 100:.2f} % in a minute or since the last rate") if reason else ("", "")
    )


def halt(asset: str, reason: str, detail: str, at: datetime) -> None:
    """Stop quotes; in the caller's transaction. A halt for staff replaces one that lifts itself."""
    existing = open_halt(asset)
    if existing is not None and (existing.reason == JUMPED or reason != JUMPED):
        return
    if existing is not None:
        lift(existing, at, staff_id=None)
    RateHalt.objects.create(asset=asset, reason=reason, detail=detail[:200], since=at)
    events.record("alert.rates_halted", asset, {"reason": reason, "detail": detail})
    log.error("rates_halted", asset=asset, reason=reason, detail=detail)


def still_troubled(asset: str, at: datetime) -> None:
    """The wait for calm begins anew: the sources disagree, are too few, or move."""
    RateHalt.objects.filter(asset=asset, lifted_at=None).update(last_trouble_at=at)


def lift_when_calm(asset: str, at: datetime) -> None:
    """Lift a halt that lifts itself, when the sources agreed all through the last `CALM`."""
    existing = open_halt(asset)
    if existing is None or existing.reason == JUMPED:
        return
    if at - (existing.last_trouble_at or existing.since) >= CALM and _agreed_since(
        asset, at - CALM
    ):
        lift(existing, at, staff_id=None)


def lift(row: RateHalt, at: datetime, *, staff_id: int | None) -> None:
    """End a halt; in the caller's transaction. `staff_id` None: it lifted itself."""
    row.lifted_at, row.lifted_by_id = at, staff_id
    row.save(update_fields=("lifted_at", "lifted_by"))
    events.record(
        "rate_halt_lifted", row.asset, {"halt": row.pk, "reason": row.reason, "staff": staff_id}
    )
    log.warning("rates_halt_lifted", asset=row.asset, halt=row.pk, by=staff_id)


def _agreed_since(asset: str, since: datetime) -> bool:
    """Whether there was a rate in every minute: silence is not calm."""
    ats = (
        Rate.objects.filter(asset=asset, at__gte=since).order_by("at").values_list("at", flat=True)
    )
    moments = [since, *ats]
    return len(moments) > 1 and all(b - a <= MINUTE for a, b in pairwise(moments))
