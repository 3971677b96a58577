"""Is every part of the site at work?

`/healthz/live`: this web process answers. `/healthz/ready`: 200 when every part answers, else 503;
a line for each part says what is wrong. Every look has its own time limit, so neither ever hangs.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import msgspec
import psycopg
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import get_random_string
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from poker_site.signs_of_life import BEAT_MARK, SIGNER_MARK, WORKER_MARK
from tables.runtime.backlog import Backlog, backlog
from tables.runtime.connections import tables_redis_sync

LOOK_SECONDS = 2.0
RUNNER_SILENCE_MS = 5_000
# The sweep comes every few seconds; a hand that waits this long will not be settled by itself.
SETTLEMENT_LATE_MS = 300_000


class Finding(msgspec.Struct, frozen=True):
    """What one look at a part of the site found."""

    ok: bool
    detail: str


async def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


async def ready(request: HttpRequest) -> JsonResponse:
    findings = await look_at_everything()
    response = JsonResponse(
        {part: {"ok": finding.ok, "detail": finding.detail} for part, finding in findings.items()},
        status=200 if all(finding.ok for finding in findings.values()) else 503,
    )
    # Whoever asks is told; Django would also log every such answer as a server error.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


async def look_at_everything() -> dict[str, Finding]:
    looks = {
        "postgresql": look_at_postgresql,
        "redis": look_at_redis,
        "channel_layer": look_at_channel_layer,
        "tables": look_at_tables,
        "settlement": look_at_settlement,
        "worker": look_at_worker,
        "beat": look_at_beat,
    }
    if settings.BITCOIN_HOT_ADDRESS or settings.ETHEREUM_HOT_ADDRESS:
        looks["signer"] = look_at_signer
    findings = await asyncio.gather(*(_look(look) for look in looks.values()))
    return dict(zip(looks, findings, strict=True))


async def _look(look: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await look()
    except TimeoutError:
        return Finding(ok=False, detail=f"no answer within {LOOK_SECONDS} s")
    except Exception as error:
        # Addresses and passwords stay out of the answer: anyone may ask.
        return Finding(ok=False, detail=type(error).__name__)


async def look_at_postgresql() -> Finding:
    # Not through Django's pool: that one waits for a server that is down.
    database = settings.DATABASES["default"]
    options = {name: value for name, value in database["OPTIONS"].items() if name != "pool"}
    connection = await psycopg.AsyncConnection.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        user=database["USER"],
        password=database["PASSWORD"],
        dbname=database["NAME"],
        **options,
    )
    async with connection:
        await connection.execute("SELECT 1")
    return Finding(ok=True, detail="answers")


async def look_at_redis() -> Finding:
    for name in ("REDIS_URL", "REDIS_TABLES_URL", "REDIS_CHANNELS_URL", "CELERY_BROKER_URL"):
        async with _redis(getattr(settings, name)) as redis:
            if not await redis.ping():
                return Finding(ok=False, detail=f"{name} does not answer")
    return Finding(ok=True, detail="answers")


async def look_at_channel_layer() -> Finding:
    """A message to a channel of our own comes back."""
    async with _redis(settings.REDIS_CHANNELS_URL) as redis:
        await redis.ping()  # the layer itself would wait for a server that is down
    layer = get_channel_layer()
    channel = await layer.new_channel(f"health.{get_random_string(8)}")
    await layer.send(channel, {"type": "health.echo"})
    await layer.receive(channel)
    # The layer forgets a channel when someone gives up waiting on it.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(layer.receive(channel), 0.01)
    return Finding(ok=True, detail="echoes")


async def look_at_tables() -> Finding:
    async with _redis(settings.REDIS_TABLES_URL) as redis:
        now_ms = await _server_ms(redis)
        runners = await redis.zcount("poker:runners", now_ms - RUNNER_SILENCE_MS, "+inf")
        shards = range(settings.TABLE_SHARDS)
        leases = await redis.mget([f"poker:{{s{shard}}}:lease" for shard in shards])
    unowned = [shard for shard, lease in zip(shards, leases, strict=True) if lease is None]
    if not runners:
        return Finding(ok=False, detail="no runner is alive")
    if unowned:
        return Finding(ok=False, detail=f"shards without an owner: {unowned}")
    return Finding(ok=True, detail=f"{runners} runners, {settings.TABLE_SHARDS} shards")


async def look_at_settlement() -> Finding:
    """How long the oldest hand or cash-out waits for the ledger."""
    found = await sync_to_async(_read_backlog, thread_sensitive=False)()
    waiting = f"{found.entries} entries wait, the oldest for {found.oldest_ms / 1000:.1f} s"
    return Finding(ok=found.oldest_ms <= SETTLEMENT_LATE_MS, detail=waiting)


def _read_backlog() -> Backlog:
    with tables_redis_sync() as redis:
        return backlog(redis, settings.TABLE_SHARDS)


async def look_at_worker() -> Finding:
    return await _look_for_mark(WORKER_MARK)


async def look_at_signer() -> Finding:
    """Only where there is a hot wallet to pay from."""
    return await _look_for_mark(SIGNER_MARK)


async def look_at_beat() -> Finding:
    return await _look_for_mark(BEAT_MARK)


async def _look_for_mark(mark: str) -> Finding:
    async with _redis(settings.REDIS_URL) as redis:
        left_at_ms = await redis.get(mark)
        now_ms = await _server_ms(redis)
    if left_at_ms is None:
        return Finding(ok=False, detail="no sign of life")
    age_seconds = max(0, now_ms - int(left_at_ms)) / 1000
    return Finding(ok=True, detail=f"last sign of life {age_seconds:.1f} s ago")


async def _server_ms(redis: Redis) -> int:
    seconds, microseconds = await redis.time()
    return int(seconds) * 1000 + int(microseconds) // 1000


def _redis(url: str) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=LOOK_SECONDS,
        socket_connect_timeout=LOOK_SECONDS,
        retry=Retry(NoBackoff(), 0),
        driver_info=None,
    )
