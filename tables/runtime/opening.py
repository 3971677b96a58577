"""How a table begins: a new one, or one whose stored state is gone or cannot be read.

The ledger then says who sits there with how much, after everything that the table has told it: what
waits in the outbox is settled first. A hand that was running is void, and everybody has the stack
of its start. Only a new owner may do this: payments that an older one began can no longer happen.
"""

from typing import TYPE_CHECKING, Any

import structlog

from tables.engine import TableState, to_data
from tables.engine.events import Event
from tables.runtime import house, recovery, settlement
from tables.runtime.commit import Commit, Committed
from tables.runtime.journal import entry_of
from tables.runtime.outbox import HandRecorder

if TYPE_CHECKING:
    from tables.runtime.shard import Shard

log = structlog.get_logger()

Opened = tuple[TableState, int, HandRecorder]


async def begin_table(shard: "Shard", table: house.OpenTable) -> Opened | None:
    """Write the table's first state. None for a closed or resting table that nobody sits at.

    Raises what the ledger or the database raise, `StaleEpoch` or `DataLost`; then nothing has
    changed.
    """
    number = table.table_id
    bank = shard.runner.bank
    await bank.call(settlement.settle_table, table_id=number)
    sittings = await bank.call(house.open_sittings, table_id=number)
    if (not table.is_open or table.is_resting) and not sittings:
        return None
    settled = await bank.call(settlement.settled_version, table_id=number)
    stored = await _stored_version(shard, number)
    # A client that knows an older version must see a gap, not a next version.
    version = max(recovery.first_version(shard.store.epoch), stored + 1, settled + 1) + 1
    now = shard.now_ms()
    events, homeless = recovery.opening_events(table.config, sittings, now)
    state = recovery.opened(number, table.config, events)
    commit = Commit(
        table_id=number,
        expected_version=stored,
        begin_at=version,
        entry=entry_of(events, table_id=number, version=version, at_ms=now, seal=shard.seal),
        outbox=[recovery.cash_out_entry(sitting, now) for sitting in homeless],
        snapshot=recovery.snapshot_data(version, state, shard.seal),
    )
    outcome = await shard.store.commit(commit)
    if not isinstance(outcome, Committed):
        raise TypeError(f"table {number} could not begin: {outcome}")
    if sittings:
        log.warning("table_rebuilt_from_ledger", table=number, players=len(sittings))
    _tell(shard, number, version, now, events)
    return state, version, HandRecorder()


async def _stored_version(shard: "Shard", table_id: int) -> int:
    """The table's version, as commits are checked against it; 0 where there is none."""
    stored: Any = await shard.store.redis.hget(shard.keys.table(table_id).head, "version")
    return int(stored or 0)


def _tell(shard: "Shard", table_id: int, version: int, now: int, events: list[Event]) -> None:
    shard.broadcast.events(table_id, version, now, [to_data(event) for event in events])
