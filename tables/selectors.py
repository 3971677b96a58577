"""What is read about tables and stakes, apart from the running game."""

import time
from threading import Lock

import msgspec
from django.db.models import QuerySet

from tables.models import Stake, Table

FACTS_KEPT_S = 2.0


class TableFacts(msgspec.Struct, frozen=True):
    """What a table is. Amounts in won; `is_open`: it takes players, and the lobby shows it."""

    table_id: int
    name: str
    is_open: bool
    is_demo: bool
    seats: int
    action_seconds: int
    stake_id: int
    stake: str
    small_blind_krw: int
    big_blind_krw: int
    ante_krw: int
    min_buy_in_krw: int
    max_buy_in_krw: int


_lock = Lock()
_facts: dict[int, TableFacts] = {}
_facts_at = float("-inf")


def facts_of(table_id: int) -> TableFacts | None:
    """One table; for one that is not known the database is asked, because it may be new."""
    return table_facts().get(table_id) or table_facts(kept_s=0).get(table_id)


def table_facts(*, kept_s: float = FACTS_KEPT_S) -> dict[int, TableFacts]:
    """Every table by id, in the lobby's order; up to `kept_s` old, one query for all askers."""
    global _facts, _facts_at
    with _lock:
        if time.monotonic() - _facts_at > kept_s:
            _facts = {facts.table_id: facts for facts in _read_facts()}
            _facts_at = time.monotonic()
        return _facts


def forget_table_facts() -> None:
    """Make the next `table_facts` read the database."""
    global _facts_at
    with _lock:
        _facts_at = float("-inf")


def _read_facts() -> list[TableFacts]:
    return [_facts_of(table) for table in Table.objects.select_related("stake")]


def _facts_of(table: Table) -> TableFacts:
    min_buy_in_krw, max_buy_in_krw = table.buy_in_range_krw
    return TableFacts(
        table_id=table.pk,
        name=table.name,
        is_open=table.is_open and not table.is_resting,
        is_demo=table.is_demo,
        seats=table.seats,
        action_seconds=table.action_seconds,
        stake_id=table.stake_id,
        stake=table.stake.name,
        small_blind_krw=table.stake.small_blind_krw,
        big_blind_krw=table.stake.big_blind_krw,
        ante_krw=table.stake.ante_krw,
        min_buy_in_krw=min_buy_in_krw,
        max_buy_in_krw=max_buy_in_krw,
    )


def stakes() -> QuerySet[Stake]:
    return Stake.objects.all()
