"""Keeping a player out of play and deposits, for a time or for good. Never shortened.

Withdrawals stay possible: an excluded player's money is the player's.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from wallet import events
from wallet.limits.errors import ExclusionShorter
from wallet.models import Exclusion
from wallet.signals import play_barred

SHORTEST = timedelta(days=1)


def exclude(
    *, user_id: int, until: datetime | None, by: User | None = None, note: str = ""
) -> Exclusion:
    """Keep a player out until then; None: for good. `by` is the member of staff who decided.

    The seats are left at once (`wallet.signals.play_barred`). Raises ExclusionShorter for less than
    a day, or for an earlier end than that of the exclusion in force.
    """
    now = timezone.now()
    if until is not None and until < now + SHORTEST - timedelta(minutes=1):
        raise ExclusionShorter(until.isoformat())
    with transaction.atomic():
        # One after the other, so that the longest of two at once stays.
        User.objects.select_for_update(no_key=True).get(pk=user_id)
        current = active_exclusions(now).filter(user_id=user_id).order_by("-id").first()
        if current is None:
            row = Exclusion.objects.create(user_id=user_id, until=until, by=by, note=note[:200])
        elif until is not None and (current.until is None or until < current.until):
            raise ExclusionShorter(until.isoformat())
        else:
            row = current
            row.until = until
            row.save(update_fields=["until"])
        events.record(
            "player_excluded",
            f"user:{user_id}",
            {
                "until": until.isoformat() if until else None,
                "by": by.pk if by else None,
                "note": note[:200],
            },
        )
        transaction.on_commit(
            lambda: play_barred.send(sender=Exclusion, user_id=user_id, reason="self_excluded")
        )
    return row


def active_exclusion(*, user_id: int) -> Exclusion | None:
    """What keeps a player out now."""
    return active_exclusions(timezone.now()).filter(user_id=user_id).order_by("-id").first()


def active_exclusions(now: datetime) -> QuerySet[Exclusion]:
    """Everybody's exclusions in force."""
    return Exclusion.objects.filter(Q(until__isnull=True) | Q(until__gt=now))
