"""What a turn runs on when the time for the action is over: first the time for players who lost
their connection, then the time bank."""

from tables.engine.draft import Draft
from tables.engine.events import ExtraTime, ExtraTimeStarted, ExtraTimeUsed
from tables.engine.seat import Seat

DISCONNECT_MS = 15_000
DISCONNECT_MS_A_BIG_BLIND = 500


def start_extra_time(draft: Draft) -> bool:
    """Give the player whose turn it is more time, if there is any. A time bank is for players, not
    for seats that sit out."""
    hand = draft.hand
    assert hand.turn is not None
    seat = draft.state.seats[hand.turn.seat]
    used = None if hand.extra is None else hand.extra.kind
    stop_extra_time(draft)
    if seat.sat_out is not None:
        return False
    seat = draft.state.seats[seat.seat]
    if not seat.connected and seat.seat not in hand.disconnect_used:
        time_ms = min(seat.disconnect_ms, _disconnect_ms(draft))
        if time_ms > 0:
            return _start(draft, seat, "disconnect", time_ms)
    if used != "time_bank" and seat.time_bank_ms > 0:
        return _start(draft, seat, "time_bank", seat.time_bank_ms)
    return False


def _disconnect_ms(draft: Draft) -> int:
    """More for a bigger pot."""
    pot_bb = draft.hand.pot_krw // draft.state.config.big_blind_krw
    return DISCONNECT_MS + DISCONNECT_MS_A_BIG_BLIND * pot_bb


def _start(draft: Draft, seat: Seat, kind: ExtraTime, time_ms: int) -> bool:
    turn = draft.hand.turn
    assert turn is not None
    deadline = draft.now_ms + time_ms
    draft.emit(ExtraTimeStarted(seat.seat, turn.turn, kind, time_ms, deadline))
    return True


def stop_extra_time(draft: Draft) -> None:
    """The turn is over, or goes on on something else: what is left of this time is kept."""
    hand = draft.hand
    if hand.extra is None or hand.turn is None:
        return
    seat = draft.state.seats[hand.turn.seat]
    budget = seat.time_bank_ms if hand.extra.kind == "time_bank" else seat.disconnect_ms
    unused = min(hand.extra.time_ms, max(0, hand.turn.deadline_ms - draft.now_ms))
    left = budget - hand.extra.time_ms + unused
    draft.emit(ExtraTimeUsed(seat.seat, hand.extra.kind, left))
