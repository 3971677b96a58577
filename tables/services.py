"""What changes the records of the tables in PostgreSQL.

All functions are synchronous and keyword-only, and do their work in one database transaction.
"""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from tables.models import Shard, Sitting
from wallet import services as wallet

if TYPE_CHECKING:
    from tables.runtime.bank import PayIn


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
