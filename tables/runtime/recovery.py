"""How a table comes back: after a death, a deployment, or the loss of Redis' data.

Two ways:

1. snapshot + journal: the hand goes on exactly where it was;
2. nothing is stored, or it cannot be read: a hand in play is void, and every player has what the
   ledger says (see `opening`). The snapshot alone would not do: who came or left during the hand is
   in the journal only.
"""

from typing import Any

import orjson
import structlog
from msgspec.structs import replace
from redis.asyncio import Redis

from tables.engine import TableState, apply, dump, load, new_table
from tables.engine.config import TableConfig
from tables.engine.events import Event, PlayerSatOut, SeatReserved, SeatTaken
from tables.runtime.errors import TableUnreadable
from tables.runtime.house import OpenSitting
from tables.runtime.journal import events_of, parse
from tables.runtime.keys import TableKeys
from tables.runtime.outbox import HandRecorder
from tables.runtime.sealing import Seal

log = structlog.get_logger()


def first_version(epoch: int) -> int:
    """Where a table without history starts: above everything an earlier epoch can have reached."""
    return epoch << 20


async def read_table(
    redis: Redis, keys: TableKeys, table_id: int, seal: Seal
) -> tuple[TableState, int, HandRecorder] | None:
    """State, version and the running hand's events; None when nothing is stored.

    Raises `TableUnreadable`.
    """
    # Whoever reads has fenced every other writer out, so these belong together.
    head: Any = await redis.hget(keys.head, "version")
    raw = await redis.get(keys.snapshot)
    if raw is None and head is None:
        return None
    try:
        snapshot = orjson.loads(raw or b"")
        version: int = snapshot["version"]
        state = stored_state(snapshot, seal)
    except Exception as error:
        raise TableUnreadable(f"table {table_id}: snapshot: {error!r}") from error
    entries = await redis.xrange(keys.journal, min=f"({version}-0")
    try:
        found = _replayed(state, version, entries, seal)
        if found[1] != int(head or 0):
            raise ValueError(f"the head has version {head!r}, the journal {found[1]}")
    except Exception as error:
        raise TableUnreadable(f"table {table_id}: journal: {error!r}") from error
    return found


def _replayed(
    state: TableState, version: int, entries: Any, seal: Seal
) -> tuple[TableState, int, HandRecorder]:
    recorder, table_id = HandRecorder(), state.table_id
    for entry_version, entry in parse(entries):
        if entry_version != version + 1:
            raise ValueError(f"the journal skips from version {version} to {entry_version}")
        events = events_of(entry, table_id=table_id, version=entry_version, seal=seal)
        for event in events:
            state = apply(state, event)
        recorder.add(events)
        version = entry_version
    return state, version, recorder


def opening_events(
    config: TableConfig, sittings: list[OpenSitting], now_ms: int
) -> tuple[list[Event], list[OpenSitting]]:
    """Seats as the ledger knows them, everybody sitting out until they say otherwise.

    Returns the events and the sittings for which there is no seat (to be paid out): a player who
    had left while the payment was under way and whose seat was taken.
    """
    events: list[Event] = []
    taken: set[int] = set()
    homeless: list[OpenSitting] = []
    for sitting in sittings:
        free = (seat for seat in range(config.seats) if seat not in taken)
        seat = sitting.seat if sitting.seat not in taken else next(free, None)
        if seat is None or seat >= config.seats:
            homeless.append(sitting)
            continue
        taken.add(seat)
        who: dict[str, Any] = {
            "seat": seat,
            "user_id": sitting.user_id,
            "nickname": sitting.nickname,
            "is_bot": sitting.is_bot,
            "buy_in_id": sitting.buy_in_id,
        }
        limit = now_ms + config.sit_out_limit_ms
        events += [
            SeatReserved(**who, amount_krw=sitting.escrow_krw, expires_ms=limit),
            SeatTaken(**who, stack_krw=sitting.escrow_krw),
            PlayerSatOut(seat=seat, reason="voided", removed_at_ms=limit),
        ]
    return events, homeless


def opened(table_id: int, config: TableConfig, events: list[Event]) -> TableState:
    """A new table with `events` applied."""
    state = new_table(table_id, config)
    for event in events:
        state = apply(state, event)
    return state


def snapshot_data(version: int, state: TableState, seal: Seal) -> dict[str, Any]:
    """What is stored of a table between hands; cards that may still be asked for are sealed."""
    stored = dump(state)
    data: dict[str, Any] = {"version": version, "state": stored}
    if state.rabbit is not None:
        stored["rabbit"]["cards"] = []
        cards = orjson.dumps(state.rabbit.cards)
        data["rabbit_cards"] = seal.seal(cards, _rabbit_place(state.table_id, version))
    return data


def stored_state(snapshot: dict[str, Any], seal: Seal) -> TableState:
    """The state of a stored snapshot."""
    state = load(snapshot["state"])
    sealed = snapshot.get("rabbit_cards")
    if sealed is not None and state.rabbit is not None:
        place = _rabbit_place(state.table_id, snapshot["version"])
        cards = tuple(orjson.loads(seal.open(sealed, place)))
        state = replace(state, rabbit=replace(state.rabbit, cards=cards))
    return state


def _rabbit_place(table_id: int, version: int) -> str:
    return f"rabbit:{table_id}:{version}"


def cash_out_entry(sitting: OpenSitting, at_ms: int) -> dict[str, Any]:
    """The outbox entry that pays a sitting out."""
    return {
        "kind": "cash_out",
        "user_id": sitting.user_id,
        "amount_krw": sitting.escrow_krw,
        "cash_out_id": f"out:{sitting.buy_in_id}",
        "left_ms": at_ms,
    }
