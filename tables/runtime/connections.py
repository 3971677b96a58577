"""Redis clients, with every wait bounded."""

from functools import cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

# Retrying is decided where the meaning of a lost answer is known, never in the client.
_OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 0,
    # When hundreds of sockets of one process ask at once, none may fail; the default is 100.
    "max_connections": 2_000,
    # Else each new connection reads the library's version from disk (4 ms) and tells it.
    "driver_info": None,
}


def tables_redis(*, read_timeout_s: float = 5.0) -> redis.asyncio.Redis:
    """An asyncio client for the tables' state. A blocking read must end before `read_timeout_s`."""
    client: redis.asyncio.Redis = redis.asyncio.Redis.from_url(
        settings.REDIS_TABLES_URL,
        socket_timeout=read_timeout_s,
        retry=Retry(NoBackoff(), 0),
        **_OPTIONS,
    )
    return client


def channels_redis() -> redis.asyncio.Redis:
    """An asyncio client for the server of the channel layer."""
    client: redis.asyncio.Redis = redis.asyncio.Redis.from_url(
        settings.REDIS_CHANNELS_URL, socket_timeout=5.0, retry=Retry(NoBackoff(), 0), **_OPTIONS
    )
    return client


def tables_redis_sync() -> redis.Redis:
    """A blocking client for Celery tasks and commands."""
    client: redis.Redis = redis.Redis.from_url(
        settings.REDIS_TABLES_URL, socket_timeout=5.0, **_OPTIONS
    )
    return client


@cache
def shared_tables_redis() -> redis.Redis:
    """The same for requests: one client for all threads of this process, never closed."""
    return tables_redis_sync()
