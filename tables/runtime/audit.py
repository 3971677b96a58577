"""What a running table says about money, for the check against the ledger."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from django.conf import settings

from tables.engine import TableState, event_from_data, load
from tables.engine.events import (
    Event,
    ReservationCancelled,
    SeatChanged,
    SeatLeft,
    SeatReserved,
    SeatTaken,
    TopUpCancelled,
    TopUpConfirmed,
    TopUpRequested,
    TopUpReturned,
)
from tables.models import Table
from tables.runtime.connections import tables_redis_sync
from tables.runtime.errors import TableUnreadable
from tables.runtime.journal import parse
from tables.runtime.keys import ShardKeys, shard_of
from tables.runtime.messages import JournalEntry


@dataclass(slots=True)
class TableMoney:
    """A table's chips, as of one moment, in won by user.

    `stacks`: what each player had when the running hand began, paid top-ups included.
    `pending_keys`: payments under way, by ledger key; only the ledger knows whether they are done.
    `unsettled`: outbox entries still in Redis with what each will do to the players' escrow.
    """

    table_id: int
    version: int = 0
    stacks: dict[int, int] = field(default_factory=dict)
    pending_keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    unsettled: list[tuple[str, dict[int, int]]] = field(default_factory=list)
    seat_users: dict[int, int] = field(default_factory=dict)


def table_ids() -> list[int]:
    """Every table there is."""
    return list(Table.objects.order_by("pk").values_list("pk", flat=True))


def table_money(table_id: int) -> TableMoney:
    """Read a table's money in one step. Raises `redis.RedisError` or `TableUnreadable`."""
    shard = ShardKeys(shard_of(table_id, settings.TABLE_SHARDS))
    keys = shard.table(table_id)
    with tables_redis_sync() as redis:
        pipe = redis.pipeline(transaction=True)
        pipe.get(keys.snapshot)
        pipe.xrange(keys.journal)
        pipe.xrange(keys.outbox)
        raw, journal, outbox = pipe.execute()
    money = TableMoney(table_id)
    if raw is None:
        return money
    try:
        _read(money, orjson.loads(raw), parse(journal))
    except Exception as error:
        raise TableUnreadable(f"table {table_id}: {error!r}") from error
    money.unsettled = [
        (entry_id.decode(), _effect(orjson.loads(fields[b"e"]))) for entry_id, fields in outbox
    ]
    return money


def _read(
    money: TableMoney, snapshot: dict[str, Any], journal: list[tuple[int, JournalEntry]]
) -> None:
    money.version = snapshot["version"]
    _begin(money, load(snapshot["state"]))
    for version, entry in journal:
        if version > money.version:
            for data in entry.events:
                _follow(money, event_from_data(data))
            money.version = version


def _begin(money: TableMoney, state: TableState) -> None:
    for seat in state.seats.values():
        if seat.is_reserved:
            money.pending_keys[seat.buy_in_id] = (seat.user_id, seat.reserved_krw)
            continue
        money.stacks[seat.user_id] = seat.stack_krw
        if seat.top_up and seat.top_up.confirmed:
            money.stacks[seat.user_id] += seat.top_up.amount_krw
        elif seat.top_up:
            money.pending_keys[seat.top_up.top_up_id] = (seat.user_id, seat.top_up.amount_krw)
    money.seat_users = {seat.seat: seat.user_id for seat in state.seats.values()}


def _follow(money: TableMoney, event: Event) -> None:
    """Seat events since the snapshot; the running hand itself moves nothing yet."""
    users = money.seat_users
    match event:
        case SeatReserved():
            users[event.seat] = event.user_id
            money.pending_keys[event.buy_in_id] = (event.user_id, event.amount_krw)
        case ReservationCancelled():
            money.pending_keys.pop(event.buy_in_id, None)
        case SeatTaken():
            users[event.seat] = event.user_id
            money.pending_keys.pop(event.buy_in_id, None)
            money.stacks[event.user_id] = event.stack_krw
        case SeatChanged():
            users[event.to_seat] = users.pop(event.seat)
        case TopUpRequested():
            money.pending_keys[event.top_up_id] = (users[event.seat], event.amount_krw)
        case TopUpConfirmed():
            money.pending_keys.pop(event.top_up_id, None)
            money.stacks[users[event.seat]] += event.amount_krw
        case TopUpCancelled():
            money.pending_keys.pop(event.top_up_id, None)
        case TopUpReturned():
            money.stacks[event.user_id] -= event.amount_krw
        case SeatLeft():
            money.stacks.pop(event.user_id, None)


def _effect(entry: dict[str, Any]) -> dict[int, int]:
    """What an outbox entry will do to each player's escrow."""
    if entry["kind"] in {"cash_out", "refund"}:
        return {entry["user_id"]: -entry["amount_krw"]}
    if entry["void"]:
        return {}
    return {player["user_id"]: player["net_krw"] for player in entry["players"]}
