"""What may be asked of a table. Commands are imperative; `decide` turns one into events or refuses.

Amounts are whole won. Seats are numbered from 0. Ids are opaque strings given from outside.
"""

from typing import Literal

import msgspec

from tables.engine.config import TableConfig
from tables.engine.names import snake_case

Action = Literal["fold", "check", "call", "raise"]


class Command(
    msgspec.Struct, frozen=True, tag_field="type", tag=snake_case, forbid_unknown_fields=True
):
    """Base of all commands."""


class ReserveSeat(Command, frozen=True):
    """Hold a seat while the ledger moves `amount_krw` into the seat's escrow."""

    user_id: int
    nickname: str
    seat: int
    amount_krw: int
    buy_in_id: str
    is_bot: bool = False


class ConfirmBuyIn(Command, frozen=True):
    """The ledger has the buy-in: the reserved seat gets its chips."""

    buy_in_id: str


class CancelBuyIn(Command, frozen=True):
    """The ledger refused the buy-in: the seat is free again. `reason` is the refusal's code."""

    buy_in_id: str
    reason: str


class RequestTopUp(Command, frozen=True):
    """Add chips up to the table's maximum; they are playable from the next hand on."""

    user_id: int
    amount_krw: int
    top_up_id: str


class ConfirmTopUp(Command, frozen=True):
    top_up_id: str


class CancelTopUp(Command, frozen=True):
    top_up_id: str
    reason: str


class Act(Command, frozen=True):
    """A player's action in a hand.

    `turn` repeats the number of the `TurnStarted` that is answered, so that an action sent twice or
    late never hits another turn. `to_krw`: the total of this street for a raise (or bet).
    """

    user_id: int
    hand_id: str
    turn: int
    action: Action
    to_krw: int | None = None


class SitOut(Command, frozen=True):
    user_id: int


class SitIn(Command, frozen=True):
    user_id: int


class Leave(Command, frozen=True):
    """Leave the table: at once when not in a hand, else fold in turn and leave after the hand."""

    user_id: int


class PostChat(Command, frozen=True):
    user_id: int
    nickname: str
    text: str


class MarkConnected(Command, frozen=True):
    user_id: int


class MarkDisconnected(Command, frozen=True):
    user_id: int


class StartHand(Command, frozen=True):
    """Deal a hand. `deck` is all 52 cards in the order they are dealt, as `As`, `Td`, `2c`."""

    hand_id: str
    deck: tuple[str, ...]


class Tick(Command, frozen=True):
    """Time has passed: whatever is due at `now_ms` happens (time-outs, expiries)."""


class ResumeClock(Command, frozen=True):
    """The house stood still for `paused_ms`: every running deadline moves by that much."""

    paused_ms: int


class VoidHand(Command, frozen=True):
    """Call the running hand off: every stack goes back to what it was at the hand's start."""

    reason: str


class Reconfigure(Command, frozen=True):
    """New options for the table; a closed one opens again. Refused while a hand is running."""

    config: TableConfig


class CloseTable(Command, frozen=True):
    """No more hands: everyone leaves with their chips; refused while a hand is running."""
