"""One fenced Lua call: who may write, what is written, and what a repetition gets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from tables.runtime.commit import Commit, Committed, Known, OutOfStep, ShardStore, StoredReply
from tables.runtime.errors import DataLost, StaleEpoch
from tables.runtime.journal import parse
from tables.runtime.messages import JournalEntry

TABLE = 5


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


async def owner(redis: Redis, epoch: int, generation: str = "g1") -> ShardStore:
    store = ShardStore(redis, 0, epoch=epoch, generation=generation, owner=f"runner-{epoch}")
    await store.fence(may_begin=True, now_ms=1)
    return store


def step(version: int, **extra: object) -> Commit:
    entry = JournalEntry(at_ms=1, events=[{"type": "player_checked", "seat": version}])
    return Commit(table_id=TABLE, expected_version=version, entry=entry, **extra)  # type: ignore[arg-type]


async def outbox(redis: Redis, key: str) -> Any:
    return await redis.xrange(key)


async def versions(store: ShardStore) -> list[int]:
    raw = await store.redis.xrange(store.keys.table(TABLE).journal)
    return [version for version, _ in parse(raw)]


async def test_versions_have_no_gap(redis: Redis) -> None:
    store = await owner(redis, 1)
    for version in range(3):
        assert await store.commit(step(version)) == Committed(version + 1)
    assert await versions(store) == [1, 2, 3]


async def test_an_older_owner_is_refused_and_writes_nothing(redis: Redis) -> None:
    old = await owner(redis, 1)
    await old.commit(step(0))
    new = await owner(redis, 2)
    with pytest.raises(StaleEpoch):
        await old.commit(step(1))
    with pytest.raises(StaleEpoch):
        await old.renew(lease_ms=1000, now_ms=1)
    assert await versions(new) == [1]


async def test_an_epoch_cannot_be_fenced_in_twice_or_go_back(redis: Redis) -> None:
    await owner(redis, 2)
    for epoch in (1, 2):
        with pytest.raises(StaleEpoch):
            await owner(redis, epoch)


async def test_of_two_owners_at_once_only_the_newer_commits(redis: Redis) -> None:
    old = await owner(redis, 1)
    new = await owner(redis, 2)
    results = await asyncio.gather(
        *(store.commit(step(0)) for store in (old, new, old)), return_exceptions=True
    )
    assert [type(result) for result in results] == [StaleEpoch, Committed, StaleEpoch]


async def test_lost_data_is_noticed_and_never_taken_for_a_new_table(redis: Redis) -> None:
    store = await owner(redis, 1)
    await store.commit(step(0))
    await redis.flushall()
    with pytest.raises(DataLost):
        await store.commit(step(1))
    with pytest.raises(DataLost):
        await store.renew(lease_ms=1000, now_ms=1)
    later = ShardStore(redis, 0, epoch=2, generation="g1", owner="later")
    with pytest.raises(DataLost):
        await later.fence(may_begin=False, now_ms=1)
    assert await versions(store) == []


async def test_data_of_another_generation_is_not_ours(redis: Redis) -> None:
    await owner(redis, 1, generation="restored from an old backup")
    later = ShardStore(redis, 0, epoch=2, generation="g1", owner="later")
    with pytest.raises(DataLost):
        await later.fence(may_begin=False, now_ms=1)


def reply(digest: str = "d", body: bytes = b"first", *, finishes: bool = False) -> StoredReply:
    return StoredReply(7, "request-1", digest, body, finishes=finishes)


async def test_a_request_seen_before_changes_nothing_and_gets_its_first_answer(
    redis: Redis,
) -> None:
    store = await owner(redis, 1)
    assert await store.commit(step(0, reply=reply())) == Committed(1)
    for _ in range(100):
        assert await store.commit(step(1, reply=reply(body=b"second"))) == Known("d", b"first")
    assert await versions(store) == [1]


async def test_a_refusal_is_remembered_without_a_new_version(redis: Redis) -> None:
    store = await owner(redis, 1)
    refusal = Commit(table_id=TABLE, expected_version=0, reply=reply(body=b"no"))
    assert await store.commit(refusal) == Committed(0)
    assert await store.commit(step(0, reply=reply())) == Known("d", b"no")
    assert await versions(store) == []


async def test_a_request_under_way_is_known_and_then_answered(redis: Redis) -> None:
    store = await owner(redis, 1)
    await store.commit(step(0, reply=reply(body=b"")))
    assert await store.commit(step(1, reply=reply(body=b""))) == Known("d", b"")
    await store.commit(step(1, reply=reply(digest="", body=b"done", finishes=True)))
    assert await store.commit(step(2, reply=reply(body=b""))) == Known("d", b"done")


async def test_a_commit_sent_again_after_a_lost_answer_counts_once(redis: Redis) -> None:
    store = await owner(redis, 1)
    script, answers = store._commit, []

    async def lose_the_first_answer(**call: Any) -> object:
        answers.append(await script(**call))
        if len(answers) == 1:
            raise ConnectionError("the answer was lost")
        return answers[-1]

    store._commit = lose_the_first_answer  # type: ignore[assignment]
    assert await store.commit(step(0)) == Committed(1)
    assert len(answers) == 2
    assert await versions(store) == [1]


async def test_an_actor_that_lags_behind_is_told_the_version(redis: Redis) -> None:
    store = await owner(redis, 1)
    await store.commit(step(0))
    assert await store.commit(step(0)) == OutOfStep(1)


async def test_outbox_snapshot_and_position_move_with_the_commit(redis: Redis) -> None:
    store = await owner(redis, 1)
    store.position = "17-3"
    await store.commit(step(0, outbox=[{"kind": "a"}, {"kind": "b"}], snapshot={"version": 1}))
    keys = store.keys.table(TABLE)
    assert [entry for entry, _ in await outbox(redis, keys.outbox)] == [b"1-0", b"1-1"]
    assert await redis.smembers(store.keys.unsettled) == {b"5"}
    assert await redis.get(keys.snapshot) == b'{"version":1}'
    position, _ = await ShardStore(redis, 0, epoch=2, generation="g1", owner="next").fence(
        may_begin=False, now_ms=1
    )
    assert position == "17-3"
