"""Marks that Celery's processes leave in Redis; `/healthz/ready` looks for them.

A mark goes away by itself when nobody renews it. Leaving one never fails: a Redis that is down
shows in the health check on its own line.
"""

import contextlib
import os
import time
from typing import Any

import redis
from celery import signals
from django.conf import settings

WORKER_MARK = "poker:alive:worker"
SIGNER_MARK = "poker:alive:signer"
BEAT_MARK = "poker:alive:beat"
TASK_MARK = "poker:alive:task"

WORKER_SECONDS = 8  # a worker's heart beats every 2 s
BEAT_SECONDS = 13  # beat sends `note_beat` every 5 s


def leave_mark(mark: str, *, seconds: int) -> None:
    """Say that whoever leaves `mark` was alive now."""
    with contextlib.suppress(redis.RedisError), _connection() as connection:
        connection.set(mark, int(time.time() * 1000), ex=seconds)


def remove_mark(mark: str) -> None:
    with contextlib.suppress(redis.RedisError), _connection() as connection:
        connection.delete(mark)


def _connection() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


@signals.worker_ready.connect
@signals.heartbeat_sent.connect
def _worker_lives(**kwargs: Any) -> None:
    leave_mark(_own_mark(), seconds=WORKER_SECONDS)


@signals.worker_shutdown.connect
def _worker_ended(**kwargs: Any) -> None:
    remove_mark(_own_mark())


def _own_mark() -> str:
    """The signer is a worker too, but not the one that settles hands."""
    return SIGNER_MARK if os.environ.get("WALLET_SIGNER") == "1" else WORKER_MARK


@signals.beat_init.connect
def _beat_starts(**kwargs: Any) -> None:
    leave_mark(BEAT_MARK, seconds=BEAT_SECONDS)
    # Only in beat's process: what beat publishes shows that it keeps time.
    signals.before_task_publish.connect(_beat_publishes)


def _beat_publishes(**kwargs: Any) -> None:
    leave_mark(BEAT_MARK, seconds=BEAT_SECONDS)
