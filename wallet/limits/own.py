"""The limits that players set for themselves: lower at once, higher after 24 hours."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from wallet import events
from wallet.ledger import LARGEST_AMOUNT_KRW
from wallet.limits.errors import LimitInvalid
from wallet.models import LimitKind, LimitPeriod, PlayerLimit

RAISED_AFTER = timedelta(hours=24)
MINUTES = {LimitPeriod.DAY: 1_440, LimitPeriod.WEEK: 10_080, LimitPeriod.MONTH: 44_640}


@dataclass(frozen=True, slots=True)
class LimitNow:
    """A limit as it is: won or minutes; `value` None: there is none.

    `next_value` is in effect from `next_at` on; `next_at` None: nothing is to change.
    """

    kind: LimitKind
    period: LimitPeriod
    value: int | None
    next_value: int | None = None
    next_at: datetime | None = None


def set_limit(*, user_id: int, kind: str, period: str, value: int | None) -> LimitNow:
    """Set a limit in won (deposits, losses) or minutes (time); None lifts it.

    Lower than the one in effect: at once, and what was to come is dropped. Higher, or lifted: in
    24 hours. Raises LimitInvalid.
    """
    kind, period = _known(kind, period)
    most = MINUTES[period] if kind == LimitKind.TIME else LARGEST_AMOUNT_KRW
    if value is not None and (type(value) is not int or not 0 <= value <= most):
        raise LimitInvalid(repr(value))
    with transaction.atomic():
        now = timezone.now()
        rows = _rows(user_id).filter(kind=kind, period=period)
        current = in_effect(rows, now)
        raises = current is not None and (value is None or value > current)
        PlayerLimit.objects.create(
            user_id=user_id,
            kind=kind,
            period=period,
            value=value,
            effective_at=now + RAISED_AFTER if raises else now,
        )
        events.record(
            "limit_set",
            f"user:{user_id}",
            {
                "kind": kind,
                "period": period,
                "value": None if value is None else str(value),
                "at_once": not raises,
            },
        )
    return _limit(kind, period, list(rows.all()), now)


def limits_of(*, user_id: int) -> list[LimitNow]:
    """Every limit that there can be, set or not."""
    now = timezone.now()
    rows: defaultdict[tuple[str, str], list[PlayerLimit]] = defaultdict(list)
    for row in _rows(user_id):
        rows[row.kind, row.period].append(row)
    return [
        _limit(kind, period, rows[kind, period], now)
        for kind in LimitKind
        for period in LimitPeriod
    ]


def values_of(*, user_id: int, kinds: Iterable[str]) -> dict[tuple[LimitKind, LimitPeriod], int]:
    """The limits in effect, without those that are not set. One query."""
    now = timezone.now()
    rows: defaultdict[tuple[LimitKind, LimitPeriod], list[PlayerLimit]] = defaultdict(list)
    for row in _rows(user_id).filter(kind__in=list(kinds)):
        rows[LimitKind(row.kind), LimitPeriod(row.period)].append(row)
    values = {key: in_effect(found, now) for key, found in rows.items()}
    return {key: value for key, value in values.items() if value is not None}


def in_effect(rows: Iterable[PlayerLimit], at: datetime) -> int | None:
    """The limit at a moment, of its rows in the order they were set.

    The newest row that is in effect counts, but never more than what was set after it: who asks for
    200 and then for 150 instead has 150 as soon as 200 would be in effect. None: no limit.
    """
    value: int | None = None
    for row in rows:
        if row.effective_at <= at:
            value = row.value
        elif row.value is not None:
            value = row.value if value is None else min(value, row.value)
    return value


def _limit(
    kind: LimitKind, period: LimitPeriod, rows: list[PlayerLimit], now: datetime
) -> LimitNow:
    value = in_effect(rows, now)
    for at in sorted(row.effective_at for row in rows if row.effective_at > now):
        to_come = in_effect(rows, at)
        if to_come != value:
            return LimitNow(kind, period, value, to_come, at)
    return LimitNow(kind, period, value)


def _rows(user_id: int) -> QuerySet[PlayerLimit]:
    return PlayerLimit.objects.filter(user_id=user_id).order_by("id")


def _known(kind: str, period: str) -> tuple[LimitKind, LimitPeriod]:
    try:
        return LimitKind(kind), LimitPeriod(period)
    except ValueError:
        raise LimitInvalid(f"{kind!r} {period!r}") from None
