"""Tables open and close by themselves, from templates.

A template's tables together keep some seats free. With too few of them a table opens: one that
rests, else a new one. With too many an empty one goes to rest. Nothing here closes a table: it only
says that a table is not needed, and the table's owner closes it once nobody sits there, which it
alone knows for certain. Who sits down meanwhile is welcome; the table then counts as needed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from tables.models import Sitting, Table, TableTemplate
from tables.runtime.errors import RuntimeUnavailable
from tables.runtime.gateway import lobby_now
from tables.runtime.messages import TableSummary

log = structlog.get_logger()

# A table stays for this long after it opened or somebody left it, so that tables do not flap.
QUIET_FOR = timedelta(minutes=5)


@dataclass(slots=True)
class Occupancy:
    """A table and who is there. `is_idle`: its owner said so, and nobody was there lately."""

    table: Table
    players: int
    is_idle: bool

    @property
    def free_seats(self) -> int:
        return max(0, self.table.seats - self.players)


def keep_tables() -> None:
    """Bring the tables of every template to the number that is needed."""
    summaries = _summaries()
    for pk in TableTemplate.objects.values_list("pk", flat=True):
        try:
            keep_tables_of(template_id=pk, summaries=summaries)
        except Exception:
            log.exception("template_failed", template=pk)


@transaction.atomic
def keep_tables_of(*, template_id: int, summaries: Mapping[int, TableSummary]) -> None:
    """One template's tables. Does nothing while somebody else is at it."""
    template = (
        TableTemplate.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("stake")
        .filter(pk=template_id)
        .first()
    )
    if template is None:
        return
    tables = _occupancies(template, summaries)
    _follow_template(template, tables)
    if not template.is_enabled:
        for occupancy in tables:
            _set_resting(occupancy.table, resting=True)
        return
    for occupancy in tables:
        if occupancy.players:
            _set_resting(occupancy.table, resting=False)
    _open_needed(template, tables)
    _rest_surplus(template, tables)


def _summaries() -> dict[int, TableSummary]:
    """What the tables' owners say; nothing while they cannot be asked: then no table rests."""
    try:
        return lobby_now()
    except RuntimeUnavailable:
        log.warning("openings_without_lobby")
        return {}


def _occupancies(template: TableTemplate, summaries: Mapping[int, TableSummary]) -> list[Occupancy]:
    """The template's tables that staff did not close, oldest first.

    The owner counts reserved seats too, the database has who paid in and is not yet paid out: the
    larger number stands.
    """
    quiet_since = timezone.now() - QUIET_FOR
    lately = Sitting.objects.filter(table=OuterRef("pk"), ended_at__gte=quiet_since)
    rows = (
        Table.objects.filter(template=template, is_open=True)
        .annotate(
            sitting_count=Count("sittings", filter=Q(sittings__ended_at=None)),
            was_busy=Exists(lately),
        )
        .order_by("pk")
    )
    return [_occupancy(table, summaries.get(table.pk), quiet_since) for table in rows]


def _occupancy(table: Table, summary: TableSummary | None, quiet_since: datetime) -> Occupancy:
    sittings: int = table.sitting_count  # type: ignore[attr-defined]
    was_busy: bool = table.was_busy  # type: ignore[attr-defined]
    players = max(sittings, summary.players if summary else 0)
    is_idle = summary is not None and not players and not was_busy and table.opened_at < quiet_since
    return Occupancy(table, players, is_idle)


def _follow_template(template: TableTemplate, tables: list[Occupancy]) -> None:
    """Options that were changed in the template; stake and seats only where nobody sits."""
    for occupancy in tables:
        table = occupancy.table
        names = {"stake_id", *TableTemplate.OPTIONS}
        if occupancy.players:
            names -= set(TableTemplate.FIXED)
        changed = [name for name in names if getattr(table, name) != getattr(template, name)]
        for name in changed:
            setattr(table, name, getattr(template, name))
        if changed:
            table.save(update_fields=[name.removesuffix("_id") for name in changed])


def _open_needed(template: TableTemplate, tables: list[Occupancy]) -> None:
    running = [occupancy for occupancy in tables if not occupancy.table.is_resting]
    resting = [occupancy for occupancy in tables if occupancy.table.is_resting]
    free = sum(occupancy.free_seats for occupancy in running)
    count = len(running)
    while count < template.max_tables and (
        free < template.min_free_seats or count < template.min_tables
    ):
        if resting:
            _set_resting(resting.pop(0).table, resting=False)
        else:
            tables.append(Occupancy(_new_table(template), 0, is_idle=False))
        free += template.seats
        count += 1


def _rest_surplus(template: TableTemplate, tables: list[Occupancy]) -> None:
    running = [occupancy for occupancy in tables if not occupancy.table.is_resting]
    free = sum(occupancy.free_seats for occupancy in running)
    count = len(running)
    for occupancy in reversed(running):
        left = free - occupancy.free_seats
        too_many = free > template.max_free_seats or count > template.max_tables
        if not too_many or count <= template.min_tables or left < template.min_free_seats:
            return
        if occupancy.is_idle:
            _set_resting(occupancy.table, resting=True)
            free, count = left, count - 1


def _set_resting(table: Table, *, resting: bool) -> None:
    if table.is_resting == resting:
        return
    table.is_resting = resting
    if not resting:
        table.opened_at = timezone.now()
    table.save(update_fields=["is_resting", "opened_at"])
    log.info("table_rests" if resting else "table_opens", table=table.pk, name=table.name)


def _new_table(template: TableTemplate) -> Table:
    """A table under the first number that is free; names of other tables are passed over."""
    taken = set(Table.objects.values_list("name", flat=True))
    number = 1
    while template.table_name(number) in taken:
        number += 1
    options = {name: getattr(template, name) for name in TableTemplate.OPTIONS}
    table = Table.objects.create(
        name=template.table_name(number), stake=template.stake, template=template, **options
    )
    log.info("table_opens", table=table.pk, name=table.name)
    return table
