"""An occupied or reserved seat, and the people who wait for one."""

import msgspec

from tables.engine.events import SatOutReason
from tables.engine.options import Options


class TopUp(msgspec.Struct, frozen=True):
    """Chips on their way to a stack; `confirmed`: paid, waiting for the end of the hand."""

    top_up_id: str
    amount_krw: int
    confirmed: bool = False


class SatOut(msgspec.Struct, frozen=True):
    """Why a player sits out, and when the seat is given up."""

    reason: SatOutReason
    removed_at_ms: int


class LastHand(msgspec.Struct, frozen=True):
    """What stays visible of a finished hand at a seat, until the next hand starts."""

    folded: bool
    cards: tuple[str, str] | None


class Debts(msgspec.Struct, frozen=True):
    """What stands between a seat and its next hand.

    `new`: not dealt in since sitting down here; comes in with the big blind or posts it. `small`,
    `big`: blinds missed while sitting out.
    """

    new: bool = False
    small: bool = False
    big: bool = False

    def __bool__(self) -> bool:
        return self.new or self.small or self.big


NOTHING_OWED = Debts()


class Seat(msgspec.Struct, frozen=True):
    """`stack_krw` is the stack between hands; while a hand runs it is the stack at its start.

    `reserved_krw` is the buy-in that is being paid (0: paid). `time_bank_ms` and `disconnect_ms`
    are the extra time that is left. `moves_to`: the seat to move to after the hand.
    """

    seat: int
    user_id: int
    nickname: str
    is_bot: bool
    buy_in_id: str
    stack_krw: int = 0
    reserved_krw: int = 0
    expires_ms: int | None = None
    connected: bool = True
    leaving: bool = False
    sat_out: SatOut | None = None
    debts: Debts = Debts(new=True)
    options: Options = Options()
    top_up: TopUp | None = None
    moves_to: int | None = None
    time_bank_ms: int = 0
    disconnect_ms: int = 0
    last_hand: LastHand | None = None

    @property
    def is_reserved(self) -> bool:
        return self.reserved_krw > 0

    @property
    def can_play(self) -> bool:
        """Ready for the next hand, if no blind stands in the way."""
        return (
            self.stack_krw > 0
            and self.sat_out is None
            and not self.leaving
            and not self.is_reserved
        )

    @property
    def awaits_payment(self) -> bool:
        """Money of this seat is under way; the seat must stay until it has arrived or failed."""
        return self.is_reserved or (self.top_up is not None and not self.top_up.confirmed)


class Waiter(msgspec.Struct, frozen=True):
    """Somebody in the line for a seat; `seat` is kept for them until `deadline_ms`."""

    user_id: int
    nickname: str
    seat: int | None = None
    deadline_ms: int | None = None
