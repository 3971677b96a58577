"""One-time tickets: how a program that logged in over REST opens a WebSocket.

A ticket is 256 random bits, lives for 30 seconds and is gone with its first use. Redis knows only
its hash, so whoever reads Redis has no ticket.
"""

import asyncio
import hashlib
import secrets
from weakref import WeakKeyDictionary

import msgspec
import redis.asyncio

from tables.runtime.connections import shared_tables_redis, tables_redis

LIFETIME_S = 30

_clients: "WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis]" = WeakKeyDictionary()


class Holder(msgspec.Struct, frozen=True):
    """Who a ticket was issued to, and by which login."""

    user_id: int
    session_key: str | None


def edge_redis() -> redis.asyncio.Redis:
    """This event loop's Redis client for what the edge keeps: tickets and connection counts."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = tables_redis()
    return _clients[loop]


def issue(*, user_id: int, session_key: str | None) -> str:
    """A new ticket for a user."""
    ticket = secrets.token_urlsafe(32)
    holder = msgspec.json.encode(Holder(user_id, session_key))
    shared_tables_redis().set(_key(ticket), holder, ex=LIFETIME_S)
    return ticket


async def redeem(ticket: str) -> Holder | None:
    """Use a ticket up: its holder, or None when it is unknown, used or too old."""
    if not ticket.isascii() or len(ticket) > 100:
        return None
    stored = await edge_redis().getdel(_key(ticket))
    return msgspec.json.decode(stored, type=Holder) if stored else None


def _key(ticket: str) -> str:
    return f"poker:ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
