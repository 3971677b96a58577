"""A table whose outbox nobody settles is seen."""

from datetime import UTC, datetime

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from accounts.models import User
from poker_site.health import look_at_settlement
from tables.invariants import check_settlement
from tables.models import Table
from tables.runtime import settlement
from tables.runtime.commit import Commit, ShardStore
from tables.runtime.keys import shard_of
from tables.runtime.messages import JournalEntry
from tests.runtime.house import in_database
from tests.runtime.test_settlement import play_hands

pytestmark = pytest.mark.django_db(transaction=True)


async def left_behind(redis_url: str, *, seconds_ago: int) -> None:
    """A commit of that time with something for the ledger."""
    at_ms = int(datetime.now(tz=UTC).timestamp() * 1000) - seconds_ago * 1000
    async with AsyncRedis.from_url(redis_url) as redis:
        store = ShardStore(redis, shard_of(5, 16), epoch=1, generation="g", owner="o")
        await store.fence(may_begin=True, now_ms=1)
        entry = JournalEntry(at_ms=at_ms, events=[])
        outbox = [{"kind": "cash_out"}]
        await store.commit(Commit(table_id=5, expected_version=0, entry=entry, outbox=outbox))


@pytest.mark.parametrize(
    ("seconds", "late", "ready"), [(100, False, True), (200, True, True), (400, True, False)]
)
async def test_what_waits_for_minutes_is_told(
    seconds: int, late: bool, ready: bool, redis_url: str
) -> None:
    await left_behind(redis_url, seconds_ago=seconds)
    check = await in_database(check_settlement)()
    assert check.figures["entries"] == 1
    assert seconds <= check.figures["oldest_seconds"] < seconds + 30
    assert bool(check.discrepancies) == late
    assert not late or check.discrepancies[0].startswith("table 5: ")
    finding = await look_at_settlement()
    assert finding.ok == ready
    assert finding.detail.startswith("1 entries wait")


async def test_nothing_waits_once_it_is_settled(
    table: Table, users: list[User], redis_url: str
) -> None:
    await play_hands(table, users, 1)
    assert (await in_database(check_settlement)()).figures["entries"] >= 2
    await in_database(settlement.settle_table)(table.pk)
    assert (await in_database(check_settlement)()).figures["entries"] == 0
    with Redis.from_url(redis_url) as redis:
        assert not list(redis.scan_iter("*:unsettled"))
