"""The same request twice is one change: what was answered is kept under the client's key.

Key, change and answer are one database transaction, so there is never one without the others. A
refusal changes nothing and is not kept: the request may be sent again under its key.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from wallet.errors import IdempotencyConflict, KeyInvalid
from wallet.models import AnsweredRequest

KEPT_FOR = timedelta(hours=24)
MAX_KEY = 80


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and what is in the body, as JSON; `is_repeated`: it was given before."""

    status: int
    body: Any
    is_repeated: bool = False


def check_key(key: object) -> None:
    """Raises KeyInvalid unless it is 1 to 80 visible ASCII characters."""
    if not (type(key) is str and 1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise KeyInvalid


def content_hash(*, method: str, path: str, body: Any) -> str:
    """What was asked for; `body` is parsed JSON, so spaces and the order of names do not count."""
    text = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def once(*, user_id: int, key: str, asked: str, change: Callable[[], Answer]) -> Answer:
    """Make a change, or give the answer of when it was made under this key.

    `asked` is a `content_hash`. Another request under the same key waits until this one is done.
    Raises KeyInvalid, IdempotencyConflict where the key was used for something else, and what
    `change` raises, with nothing kept.
    """
    check_key(key)
    with connection.cursor() as cursor:
        # Until the end of the transaction; two different keys that meet here wait for each other.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{user_id}:{key}"]
        )
    known = AnsweredRequest.objects.filter(user_id=user_id, key=key).first()
    if known is not None and known.at > timezone.now() - KEPT_FOR:
        if known.content_hash != asked:
            raise IdempotencyConflict(key)
        return Answer(known.status, known.body, is_repeated=True)
    if known is not None:
        known.delete()
    answer = change()
    AnsweredRequest.objects.create(
        user_id=user_id, key=key, content_hash=asked, status=answer.status, body=answer.body
    )
    return answer


def forget() -> int:
    """Delete what is older than `KEPT_FOR`; returns how many."""
    count, _ = AnsweredRequest.objects.filter(at__lte=timezone.now() - KEPT_FOR).delete()
    return count
