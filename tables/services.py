"""What changes the records of the tables in PostgreSQL.

All functions are synchronous and keyword-only, and do their work in one database transaction.
"""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tables.models import ChatMute, Shard, Sitting
from wallet import services as wallet

if TYPE_CHECKING:
    from tables.runtime.bank import PayIn


MAX_MUTES = 1_000


class NobodyThere(Exception):
    """There is no such user."""


class MuteRefused(Exception):
    """Nobody mutes oneself, or more than `MAX_MUTES` others."""


class NotTheOwner(Exception):
    """The shard's epoch has moved on: this process does not own the table any more."""


def take_shard(*, number: int, owner: str, new_generation: str) -> tuple[int, str, bool]:
    """Mint the next epoch of a shard.

    Returns (epoch, generation, is_new): `is_new` when no generation was known, so that Redis may be
    empty without anything being lost.
    """
    with transaction.atomic():
        Shard.objects.get_or_create(number=number)
        shard = Shard.objects.select_for_update().get(number=number)
        is_new = not shard.generation
        shard.epoch += 1
        shard.owner = owner
        shard.generation = shard.generation or new_generation
        shard.taken_at = timezone.now()
        shard.save()
    return shard.epoch, shard.generation, is_new


def replace_generation(*, number: int, epoch: int, generation: str) -> None:
    """Redis lost the shard's data: from now on `generation` names the new data.

    Raises `NotTheOwner` when a newer epoch was minted meanwhile.
    """
    changed = Shard.objects.filter(number=number, epoch=epoch).update(generation=generation)
    if not changed:
        raise NotTheOwner(f"shard {number} is no longer at epoch {epoch}")


def pay_in(*, job: "PayIn", shard: int, epoch: int) -> None:
    """A buy-in or top-up: the player's balance → the seat's escrow, and the sitting for a buy-in.

    Doing it twice changes nothing. Raises `NotTheOwner`, or a `WalletError` with nothing done.
    """
    with transaction.atomic():
        current = Shard.objects.select_for_update(no_key=True).get(number=shard).epoch
        if current != epoch:
            raise NotTheOwner(f"shard {shard} is at epoch {current}, not {epoch}")
        wallet.buy_in(
            user_id=job.user_id, table_id=job.table_id, amount_krw=job.amount_krw, key=job.key
        )
        if job.seat is not None:
            Sitting.objects.get_or_create(
                buy_in_id=job.key,
                defaults={"table_id": job.table_id, "user_id": job.user_id, "seat": job.seat},
            )


def mute_player(*, user_id: int, muted_id: int) -> ChatMute:
    """From now on a user does not want to read what another says; doing it again changes nothing.

    Raises `NobodyThere` or `MuteRefused`.
    """
    with transaction.atomic():
        # One after the other, so that the limit holds.
        User.objects.select_for_update(no_key=True).get(pk=user_id)
        if muted_id == user_id:
            raise MuteRefused("oneself")
        if not User.objects.filter(pk=muted_id).exists():
            raise NobodyThere(muted_id)
        known = ChatMute.objects.filter(user_id=user_id)
        if known.exclude(muted_id=muted_id).count() >= MAX_MUTES:
            raise MuteRefused("too many")
        mute, _ = ChatMute.objects.get_or_create(user_id=user_id, muted_id=muted_id)
    return mute


def unmute_player(*, user_id: int, muted_id: int) -> None:
    """The user reads the other again."""
    ChatMute.objects.filter(user_id=user_id, muted_id=muted_id).delete()
