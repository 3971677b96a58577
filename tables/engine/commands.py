"""What may be asked of a table. Commands are imperative; `decide` turns one into events or refuses.

Amounts are whole won. Seats are numbered from 0. Ids are opaque strings given from outside.
"""

from typing import Literal

import msgspec

from tables.engine.config import TableConfig
from tables.engine.events import PreAction
from tables.engine.names import snake_case
from tables.engine.options import RunItTwice

Action = Literal["fold", "check", "call", "raise"]
Choice = Literal["run_it_twice", "rabbit_hunt"]


class Command(
    msgspec.Struct, frozen=True, tag_field="type", tag=snake_case, forbid_unknown_fields=True
):
    """Base of all commands."""


class ReserveSeat(Command, frozen=True):
    """Hold a seat while the ledger moves `amount_krw` into the seat's escrow.

    `post_blinds`: come in at once by posting, instead of waiting for the big blind.
    """

    user_id: int
    nickname: str
    seat: int
    amount_krw: int
    buy_in_id: str
    is_bot: bool = False
    post_blinds: bool = False


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


class PreAct(Command, frozen=True):
    """Decide before being asked; it counts for the running street and for one turn.

    `check_fold`: check if it is free, else fold. `check`: only a check. `call`: only a call of
    exactly `call_krw`. `call_any`: check or call whatever it is. What no longer fits is cancelled.
    """

    user_id: int
    hand_id: str
    action: PreAction
    call_krw: int | None = None


class CancelPreAct(Command, frozen=True):
    user_id: int


class Answer(Command, frozen=True):
    """Agree or not to what needs everybody's consent. The first to agree to a rabbit hunt asks for
    it."""

    user_id: int
    hand_id: str
    choice: Choice
    agree: bool


class SetOptions(Command, frozen=True):
    """Change options of the own seat (`options.Options`); None leaves one as it is."""

    user_id: int
    post_blinds: bool | None = None
    straddle: bool | None = None
    run_it_twice: RunItTwice | None = None
    rabbit_hunt: bool | None = None
    auto_top_up_krw: int | None = None
    sit_out_next_big_blind: bool | None = None
    leave_after_hand: bool | None = None


class ChangeSeat(Command, frozen=True):
    """Move to a free seat: at once, or when the running hand is over. The own seat: stay."""

    user_id: int
    seat: int


class JoinWaitingList(Command, frozen=True):
    user_id: int
    nickname: str


class LeaveWaitingList(Command, frozen=True):
    user_id: int


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
    """No more hands: everyone leaves with their chips; refused while a hand is running.

    `only_if_empty`: refused while somebody sits or waits there.
    """

    only_if_empty: bool = False
