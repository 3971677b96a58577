"""Who may speak in the chats, and how often.

One limit for all of a user's connections, in Redis. What staff decide is in the database; a
connection knows it from when it was made, and what was decided since is in Redis: a message costs
one round trip to Redis and no SQL.
"""

from datetime import datetime
from pathlib import Path

from redis.exceptions import RedisError

from tables.runtime.connections import shared_tables_redis
from tables.runtime.errors import RuntimeUnavailable
from tables.tickets import edge_redis

MESSAGES = 5
WINDOW_MS = 10_000
# Longer than any connection lasts.
_KEPT_S = 30 * 24 * 3600
_SCRIPT = Path(__file__).with_suffix(".lua").read_text()


async def refusal(*, user_id: int, muted_until_ms: int, request: str) -> str:
    """Why the user may not speak now, as a code; empty when they may (and it is counted).

    `muted_until_ms` is what was known when the connection was made; `request` says which message it
    is, over all tables: sent again, it counts once. Raises `RuntimeUnavailable`.
    """
    try:
        answer: bytes = await edge_redis().eval(
            _SCRIPT,
            2,
            _key(user_id, "said"),
            _key(user_id, "muted"),
            str(MESSAGES),
            str(WINDOW_MS),
            str(muted_until_ms),
            request,
        )
    except (RedisError, OSError) as error:
        raise RuntimeUnavailable(str(error)) from error
    return answer.decode()


def remember_mute(*, user_id: int, until: datetime | None) -> None:
    """Staff muted a user, or (None) gave the voice back: open connections heed it at once."""
    shared_tables_redis().set(_key(user_id, "muted"), milliseconds(until), ex=_KEPT_S)


def milliseconds(until: datetime | None) -> int:
    return 0 if until is None else int(until.timestamp() * 1000)


def _key(user_id: int, what: str) -> str:
    return f"poker:chat:{{{user_id}}}:{what}"
