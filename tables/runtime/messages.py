"""What travels between web processes and runners."""

from typing import Any

import msgspec

from tables.engine.view import TableView


class CommandEnvelope(msgspec.Struct):
    """A validated request on its way to the table's actor.

    `digest` stands for the request's content: the same `request_id` with another digest is refused.
    `reply_to` is the channel of the socket; internal commands have an empty `request_id`.
    """

    table_id: int
    user_id: int
    nickname: str
    is_bot: bool
    request_id: str
    reply_to: str
    digest: str
    command: dict[str, Any]


class Frame(msgspec.Struct):
    """One commit as everyone may see it."""

    version: int
    at_ms: int
    events: list[dict[str, Any]]


class JournalEntry(msgspec.Struct):
    """One commit as it is stored; `sealed` holds hidden events and their places in the order."""

    at_ms: int
    events: list[dict[str, Any]]
    sealed: str | None = None


class Snapshot(msgspec.Struct):
    """A table as everyone sees it, at a version."""

    version: int
    view: TableView


class TableSummary(msgspec.Struct):
    """What the lobby shows of a table."""

    table_id: int
    players: int
    seats: int
    in_hand: bool
    hands_per_hour: int
    average_pot_krw: int
