"""What the wallet wants to know of play, and what it tells the tables.

A player's limits (`wallet.limits`) count minutes with a seat and what settled hands won or lost;
who may not play any longer leaves every table, after the hand that is running.
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import User
from tables.models import HandPlayer, Sitting
from tables.runtime.errors import RuntimeUnavailable
from tables.runtime.gateway import submit_now
from tables.runtime.messages import CommandEnvelope
from wallet import limits
from wallet.signals import play_barred

log = structlog.get_logger()


def connect() -> None:
    limits.register(played)
    play_barred.connect(_on_barred, dispatch_uid="tables.playing")


def played(*, user_id: int, since: datetime) -> limits.Played:
    """A player's minutes at tables since then (two tables at once count once), and the net."""
    now = timezone.now()
    rows = (
        Sitting.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), user_id=user_id)
        .order_by("started_at")
        .values_list("started_at", "ended_at")
    )
    seconds, until = 0.0, since
    for started_at, ended_at in rows:
        start, end = max(started_at, until), ended_at or now
        if end > start:
            seconds += (end - start).total_seconds()
            until = end
    hands = HandPlayer.objects.filter(user_id=user_id, finished_at__gte=since, hand__is_void=False)
    net_krw = hands.aggregate(total=Sum("net_krw"))["total"] or 0
    return limits.Played(minutes=int(seconds // 60), net_krw=int(net_krw))


def leave_tables(*, user_id: int) -> int:
    """Ask every table where the player has a seat to give it up; returns how many were asked."""
    user = User.objects.get(pk=user_id)
    sittings = Sitting.objects.filter(user_id=user_id, ended_at=None)
    table_ids = set(sittings.values_list("table_id", flat=True))
    for table_id in sorted(table_ids):
        submit_now(
            CommandEnvelope(
                table_id=table_id,
                user_id=user_id,
                nickname=user.nickname,
                is_bot=user.is_bot,
                request_id=f"barred-{uuid4().hex}",
                reply_to="",
                digest="",
                command={"type": "leave"},
            )
        )
    return len(table_ids)


def _on_barred(user_id: int, reason: str, **kwargs: Any) -> None:
    try:
        asked = leave_tables(user_id=user_id)
    except RuntimeUnavailable as error:
        # Nobody is dealt in without money that is let in: the next buy-in is refused anyway.
        log.warning("barred_player_not_told", user=user_id, reason=reason, error=str(error))
    else:
        log.info("player_barred", user=user_id, reason=reason, tables=asked)
