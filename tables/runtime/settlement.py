"""From the tables' outboxes to the ledger: each entry once, in the table's order.

An entry's effect, its record and the table's new position are one PostgreSQL transaction; the entry
leaves Redis only after that. So a death anywhere, or two workers at once, changes nothing.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from redis import Redis

from tables import rathole
from tables.history.facts import positions, showdown_seats, starting_hand
from tables.models import Hand, HandPlayer, Sitting, Stake, Table, TableSettlement
from tables.runtime.connections import tables_redis_sync
from tables.runtime.keys import ShardKeys, shard_of
from wallet import services as wallet

log = structlog.get_logger()

BATCH = 100
ADVISORY_CLASS = 7201  # the first half of the lock's key; the second is the table's id
# Forget the table's mark only if nothing has come since. KEYS: outbox, unsettled. ARGV: table id
_UNMARK = "if redis.call('XLEN', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end"


def settle_table(table_id: int) -> int:
    """Settle all that waits in a table's outbox; returns how many entries were settled."""
    shard = ShardKeys(shard_of(table_id, settings.TABLE_SHARDS))
    outbox = shard.table(table_id).outbox
    settled = 0
    with tables_redis_sync() as redis:
        while True:
            last = TableSettlement.objects.filter(table_id=table_id).values_list(
                "last_entry", flat=True
            )
            start = last.first() or "0-0"
            entries: list[Any] = redis.xrange(outbox, min=f"({start}", count=BATCH)
            for entry_id, fields in entries:
                settled += _settle_once(table_id, entry_id.decode(), orjson.loads(fields[b"e"]))
            if len(entries) < BATCH:
                break
        _forget_settled(redis, shard, table_id)
    return settled


def settled_version(table_id: int) -> int:
    """The version of a table up to which the ledger has settled it."""
    position = TableSettlement.objects.filter(table_id=table_id).first()
    return as_tuple(position.last_entry)[0] if position else 0


def unsettled_tables() -> list[int]:
    """Tables whose outbox has entries, of all shards."""
    with tables_redis_sync() as redis:
        pipe = redis.pipeline(transaction=False)
        for number in range(settings.TABLE_SHARDS):
            pipe.smembers(ShardKeys(number).unsettled)
        return sorted({int(member) for members in pipe.execute() for member in members})


def tables_just_left(*, user_id: int, table_ids: Collection[int]) -> list[int]:
    """Which of these tables have a cash-out of this player waiting. Raises `redis.RedisError`."""
    with tables_redis_sync() as redis:
        return [table_id for table_id in table_ids if _has_left(redis, table_id, user_id)]


def _has_left(redis: Redis, table_id: int, user_id: int) -> bool:
    outbox = ShardKeys(shard_of(table_id, settings.TABLE_SHARDS)).table(table_id).outbox
    rows: Any = redis.xrange(outbox)
    entries = (orjson.loads(fields[b"e"]) for _, fields in rows)
    return any(entry["kind"] == "cash_out" and entry["user_id"] == user_id for entry in entries)


def _settle_once(table_id: int, entry_id: str, entry: dict[str, Any]) -> bool:
    """Settle one entry unless it is settled; the lock lets one worker at a time do a table."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ADVISORY_CLASS, table_id])
        position, _ = TableSettlement.objects.get_or_create(table_id=table_id)
        if as_tuple(entry_id) <= as_tuple(position.last_entry):
            return False
        if entry["kind"] == "hand":
            _settle_hand(table_id, entry)
        elif entry["kind"] == "refund":
            wallet.cash_out(
                user_id=entry["user_id"],
                table_id=table_id,
                amount_krw=entry["amount_krw"],
                key=entry["refund_id"],
            )
        else:
            _settle_cash_out(table_id, entry)
        position.last_entry = entry_id
        position.save()
    return True


def _settle_hand(table_id: int, entry: dict[str, Any]) -> None:
    if not entry["void"]:
        wallet.settle_hand(
            table_id=table_id,
            hand_id=entry["hand_id"],
            net_krw={player["user_id"]: player["net_krw"] for player in entry["players"]},
            rake_krw=entry["rake_krw"],
        )
    stakes = entry.get("stakes") or _stakes_of(table_id)
    hand = Hand.objects.create(
        id=entry["hand_id"],
        table_id=table_id,
        number=entry["hand_no"],
        started_at=_moment(entry["started_ms"]),
        finished_at=_moment(entry["finished_ms"]),
        small_blind_krw=stakes["small_blind_krw"],
        big_blind_krw=stakes["big_blind_krw"],
        ante_krw=stakes["ante_krw"],
        board=entry["board"],
        pot_krw=entry["pot_krw"],
        rake_krw=entry["rake_krw"],
        is_void=entry["void"],
        events=entry["events"],
    )
    places = positions(entry["events"])
    in_showdown = showdown_seats(entry["events"])
    HandPlayer.objects.bulk_create(
        HandPlayer(
            hand=hand,
            user_id=player["user_id"],
            seat=player["seat"],
            stack_krw=player["stack_krw"],
            net_krw=player["net_krw"],
            hole_cards=player["cards"],
            shown=player["shown"],
            finished_at=hand.finished_at,
            position=places.get(player["seat"], ""),
            starting_hand=starting_hand(player["cards"]),
            saw_showdown=player["seat"] in in_showdown,
        )
        for player in entry["players"]
    )


def _stakes_of(table_id: int) -> dict[str, int]:
    """For an entry that was written before entries carried their stakes."""
    names = ("small_blind_krw", "big_blind_krw", "ante_krw")
    stakes: dict[str, int] = Stake.objects.values(*names).get(tables=table_id)
    return stakes


def _settle_cash_out(table_id: int, entry: dict[str, Any]) -> None:
    buy_in_id = entry["cash_out_id"].removeprefix("out:")
    if entry["amount_krw"]:
        wallet.cash_out(
            user_id=entry["user_id"],
            table_id=table_id,
            amount_krw=entry["amount_krw"],
            key=entry["cash_out_id"],
        )
        rathole.record_departure(
            table=Table.objects.get(pk=table_id),
            user_id=entry["user_id"],
            amount_krw=entry["amount_krw"],
            # Entries that an older version wrote do not say when.
            at=_moment(entry["left_ms"]) if "left_ms" in entry else timezone.now(),
            buy_in_id=buy_in_id,
            cash_out_id=entry["cash_out_id"],
        )
    Sitting.objects.filter(buy_in_id=buy_in_id).update(ended_at=timezone.now())


def _forget_settled(redis: Redis, shard: ShardKeys, table_id: int) -> None:
    position = TableSettlement.objects.filter(table_id=table_id).first()
    if position is None:
        return
    outbox = shard.table(table_id).outbox
    milliseconds, sequence = as_tuple(position.last_entry)
    redis.xtrim(outbox, minid=f"{milliseconds}-{sequence + 1}", approximate=False)
    redis.eval(_UNMARK, 2, outbox, shard.unsettled, str(table_id))


def as_tuple(entry_id: str) -> tuple[int, int]:
    """Outbox ids in their order: `<version>-<n>`."""
    version, _, number = entry_id.partition("-")
    return int(version), int(number)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
