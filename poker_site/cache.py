"""Django's Redis cache with one pool of connections for the whole process.

Django makes a cache, and with it a pool, for every request, which then connects anew.
"""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

_clients: dict[tuple[str, ...], RedisCacheClient] = {}


class SharedRedisCache(RedisCache):
    """`CACHES` takes it in place of `RedisCache`."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _shared


def _shared(servers: list[str], **options: Any) -> RedisCacheClient:
    """The client of these servers; the options of the first who asks hold for all."""
    return _clients.setdefault(tuple(servers), RedisCacheClient(servers, **options))
