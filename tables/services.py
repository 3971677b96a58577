"""What changes the records of the tables in PostgreSQL.

All functions are synchronous and keyword-only, and do their work in one database transaction.
"""

from typing import TYPE_CHECKING

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from redis import RedisError

from tables import rathole
from tables.models import Shard, Sitting, Table
from tables.runtime import settlement
from wallet import services as wallet
from wallet.selectors import transaction_exists

if TYPE_CHECKING:
    from tables.runtime.bank import PayIn


log = structlog.get_logger()


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

    Doing it twice changes nothing. Raises `NotTheOwner`, or a `WalletError` or `BuyInRefused` with
    nothing done.
    """
    is_settled = job.seat is None or _settle_departures(job)
    with transaction.atomic():
        current = Shard.objects.select_for_update(no_key=True).get(number=shard).epoch
        if current != epoch:
            raise NotTheOwner(f"shard {shard} is at epoch {current}, not {epoch}")
        # What was allowed when it was paid is not asked again.
        if job.seat is not None and not transaction_exists(key=job.key):
            if not is_settled:
                raise rathole.BuyInRefused(rathole.BANK_UNAVAILABLE)
            rathole.bring_back(
                table=Table.objects.select_related("stake").get(pk=job.table_id),
                user_id=job.user_id,
                amount_krw=job.amount_krw,
                buy_in_id=job.key,
            )
        wallet.buy_in(
            user_id=job.user_id, table_id=job.table_id, amount_krw=job.amount_krw, key=job.key
        )
        if job.seat is not None:
            Sitting.objects.get_or_create(
                buy_in_id=job.key,
                defaults={"table_id": job.table_id, "user_id": job.user_id, "seat": job.seat},
            )


def _settle_departures(job: "PayIn") -> bool:
    """Settle what the player has just left at the same stake, so that it counts for this buy-in.

    A departure is in a table's outbox or, as soon as it is settled, in PostgreSQL; its sitting is
    open until then. Returns False where it cannot be told or settled now.
    """
    sittings = Sitting.objects.filter(
        user_id=job.user_id, ended_at=None, table__stake__tables=job.table_id
    ).exclude(buy_in_id=job.key)
    table_ids = set(sittings.values_list("table_id", flat=True))
    try:
        for table_id in settlement.tables_just_left(user_id=job.user_id, table_ids=table_ids):
            settlement.settle_table(table_id)
    except (OperationalError, InterfaceError):
        raise
    except RedisError as error:
        log.warning("departures_unknown", user=job.user_id, error=str(error))
        return False
    except Exception:
        log.exception("departure_not_settled", user=job.user_id)
        return False
    return True
