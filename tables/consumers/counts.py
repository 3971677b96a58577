"""How many connections one user and one address have, over all web processes.

Each is a Redis set of `<web process>/<connection>`. When a set is full, members of processes whose
heartbeat has stopped are taken out first, so that a killed process leaves no ghosts behind.
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any

from django.conf import settings

from tables.runtime.keys import WEB_HEARTBEAT
from tables.tickets import edge_redis

_KEPT_S = 24 * 3600


def client_address(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    """The address of the client; `X-Forwarded-For` counts only behind proxies of ours."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",")]
    if proxies and len(hops) >= proxies and hops[-proxies]:
        return hops[-proxies]
    peer: str | None = (scope.get("client") or (None,))[0]
    return peer or None


def limits_for(user_id: int | None, address: str | None) -> dict[str, int]:
    """Redis key → limit of the counts that a connection is part of."""
    limits = {}
    if user_id is not None:
        limits[f"poker:sockets:user:{user_id}"] = settings.MAX_SOCKETS_PER_USER
    if address is not None and not (settings.DEBUG and _is_loopback(address)):
        limits[f"poker:sockets:address:{address}"] = settings.MAX_SOCKETS_PER_ADDRESS
    return limits


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


async def enter(limits: Mapping[str, int], *, web_id: str, connection: str) -> bool:
    """Count a connection; False (and not counted) when one of its limits is reached."""
    member = f"{web_id}/{connection}"
    for key, limit in limits.items():
        async with edge_redis().pipeline(transaction=True) as pipe:
            pipe.sadd(key, member)
            pipe.expire(key, _KEPT_S)
            pipe.scard(key)
            count: int = (await pipe.execute())[-1]
        if count > limit and count - await _forget_dead(key, web_id) > limit:
            await leave(limits, web_id=web_id, connection=connection)
            return False
    return True


async def leave(limits: Iterable[str], *, web_id: str, connection: str) -> None:
    """Stop counting a connection."""
    for key in limits:
        await edge_redis().srem(key, f"{web_id}/{connection}")


async def _forget_dead(key: str, own_web_id: str) -> int:
    """Take out connections of dead processes; returns how many."""
    redis = edge_redis()
    members: set[bytes] = await redis.smembers(key)  # type: ignore[assignment]
    by_process: dict[str, list[bytes]] = {}
    for member in members:
        by_process.setdefault(member.decode().partition("/")[0], []).append(member)
    by_process.pop(own_web_id, None)
    forgotten = 0
    for web_id, ghosts in by_process.items():
        if not await redis.exists(WEB_HEARTBEAT.format(web_id)):
            forgotten += await redis.srem(key, *ghosts)
    return forgotten
