"""Coming, going, sitting out and adding chips."""

from tables.engine import commands as c
from tables.engine.apply import running
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import (
    LeaveRequested,
    PlayerConnected,
    PlayerDisconnected,
    PlayerFolded,
    PlayerSatIn,
    PlayerSatOut,
    ReservationCancelled,
    SeatReserved,
    SeatTaken,
    TopUpCancelled,
    TopUpConfirmed,
    TopUpRequested,
)
from tables.engine.hands import play_on
from tables.engine.housekeeping import add_paid_chips, let_go, send_off
from tables.engine.state import Seat, TableState


def _seat(state: TableState, user_id: int) -> Seat:
    seat = state.seat_of(user_id)
    if seat is None:
        raise Refused("not_seated")
    return seat


def _player(state: TableState, user_id: int) -> Seat:
    """The seat of someone whose buy-in is paid and who is not on the way out."""
    seat = _seat(state, user_id)
    if seat.is_reserved:
        raise Refused("not_ready")
    if seat.leaving:
        raise Refused("already_leaving")
    return seat


# Buying in


def reserve_seat(state: TableState, command: c.ReserveSeat, now_ms: int) -> Decision:
    config = state.config
    if state.closed:
        raise Refused("table_closed")
    if not 0 <= command.seat < config.seats:
        raise Refused("no_such_seat")
    if state.seat_of(command.user_id) is not None:
        raise Refused("already_seated")
    if command.seat in state.seats:
        raise Refused("seat_taken")
    if not config.min_buy_in_krw <= command.amount_krw <= config.max_buy_in_krw:
        raise Refused(
            "buy_in_out_of_range", min_krw=config.min_buy_in_krw, max_krw=config.max_buy_in_krw
        )
    draft = Draft(state, now_ms)
    draft.emit(
        SeatReserved(
            seat=command.seat,
            user_id=command.user_id,
            nickname=command.nickname,
            is_bot=command.is_bot,
            amount_krw=command.amount_krw,
            buy_in_id=command.buy_in_id,
            expires_ms=now_ms + config.reservation_ms,
        )
    )
    return draft.decision()


def _reserved(state: TableState, buy_in_id: str) -> Seat:
    for seat in state.seats.values():
        if seat.buy_in_id == buy_in_id and seat.is_reserved:
            return seat
    raise Refused("unknown_reservation")


def confirm_buy_in(state: TableState, command: c.ConfirmBuyIn, now_ms: int) -> Decision:
    """At a table that closed meanwhile the player leaves again with the chips just paid."""
    seat = _reserved(state, command.buy_in_id)
    draft = Draft(state, now_ms)
    draft.emit(
        SeatTaken(
            seat=seat.seat,
            user_id=seat.user_id,
            nickname=seat.nickname,
            is_bot=seat.is_bot,
            stack_krw=seat.reserved_krw,
            buy_in_id=seat.buy_in_id,
        )
    )
    if state.closed:
        send_off(draft, draft.state.seats[seat.seat])
    draft.schedule()
    return draft.decision()


def cancel_buy_in(state: TableState, command: c.CancelBuyIn, now_ms: int) -> Decision:
    seat = _reserved(state, command.buy_in_id)
    draft = Draft(state, now_ms)
    draft.emit(ReservationCancelled(seat.seat, seat.user_id, seat.buy_in_id, command.reason))
    return draft.decision()


# Adding chips


def request_top_up(state: TableState, command: c.RequestTopUp, now_ms: int) -> Decision:
    """Up to the table's maximum. Chips that are at risk in the running hand still count as the
    player's own until it is over."""
    seat = _player(state, command.user_id)
    if state.closed:
        raise Refused("table_closed")
    if seat.top_up is not None:
        raise Refused("top_up_pending")
    if command.amount_krw <= 0:
        raise Refused("amount_too_small", min_krw=1)
    room = state.config.max_buy_in_krw - _stack_krw(state, seat)
    if command.amount_krw > room:
        raise Refused("top_up_too_large", max_krw=max(0, room))
    draft = Draft(state, now_ms)
    draft.emit(TopUpRequested(seat.seat, command.amount_krw, command.top_up_id))
    return draft.decision()


def _stack_krw(state: TableState, seat: Seat) -> int:
    if not state.in_hand(seat.seat):
        return seat.stack_krw
    hand = running(state)
    index = hand.index(seat.seat)
    folded = not hand.betting.statuses[index]
    return hand.betting.stacks[index] if folded else seat.stack_krw


def _topping_up(state: TableState, top_up_id: str) -> Seat:
    for seat in state.seats.values():
        top_up = seat.top_up
        if top_up is not None and top_up.top_up_id == top_up_id and not top_up.confirmed:
            return seat
    raise Refused("unknown_reservation")


def confirm_top_up(state: TableState, command: c.ConfirmTopUp, now_ms: int) -> Decision:
    seat = _topping_up(state, command.top_up_id)
    assert seat.top_up is not None
    draft = Draft(state, now_ms)
    draft.emit(TopUpConfirmed(seat.seat, seat.top_up.amount_krw, seat.top_up.top_up_id))
    if not state.in_hand(seat.seat):
        add_paid_chips(draft, draft.state.seats[seat.seat])
        let_go(draft, draft.state.seats[seat.seat])
        draft.schedule()
    return draft.decision()


def cancel_top_up(state: TableState, command: c.CancelTopUp, now_ms: int) -> Decision:
    seat = _topping_up(state, command.top_up_id)
    draft = Draft(state, now_ms)
    draft.emit(TopUpCancelled(seat.seat, command.top_up_id, command.reason))
    if not state.in_hand(seat.seat):
        let_go(draft, draft.state.seats[seat.seat])
        draft.schedule()
    return draft.decision()


# Sitting out and leaving


def sit_out(state: TableState, command: c.SitOut, now_ms: int) -> Decision:
    """From the next hand on; a running one is still played by the clock."""
    seat = _player(state, command.user_id)
    if seat.sat_out is not None:
        raise Refused("nothing_due")
    draft = Draft(state, now_ms)
    draft.emit(PlayerSatOut(seat.seat, "asked", now_ms + state.config.sit_out_limit_ms))
    draft.schedule()
    return draft.decision()


def sit_in(state: TableState, command: c.SitIn, now_ms: int) -> Decision:
    seat = _player(state, command.user_id)
    if seat.sat_out is None:
        raise Refused("nothing_due")
    if seat.stack_krw == 0:
        raise Refused("no_chips")
    draft = Draft(state, now_ms)
    draft.emit(PlayerSatIn(seat.seat))
    draft.schedule()
    return draft.decision()


def leave(state: TableState, command: c.Leave, now_ms: int) -> Decision:
    """At once, or folded in turn and gone after the hand."""
    seat = _player(state, command.user_id)
    draft = Draft(state, now_ms)
    if state.in_hand(seat.seat):
        draft.emit(LeaveRequested(seat.seat))
        turn = draft.hand.turn
        if turn is not None and turn.seat == seat.seat:
            draft.emit(PlayerFolded(seat.seat))
            play_on(draft)
        return draft.decision()
    if seat.awaits_payment:
        draft.emit(LeaveRequested(seat.seat))
    else:
        send_off(draft, seat)
    draft.schedule()
    return draft.decision()


# Presence


def mark_connected(state: TableState, command: c.MarkConnected, now_ms: int) -> Decision:
    seat = _seat(state, command.user_id)
    if seat.connected:
        raise Refused("nothing_due")
    draft = Draft(state, now_ms)
    draft.emit(PlayerConnected(seat.seat))
    return draft.decision()


def mark_disconnected(state: TableState, command: c.MarkDisconnected, now_ms: int) -> Decision:
    seat = _seat(state, command.user_id)
    if not seat.connected:
        raise Refused("nothing_due")
    draft = Draft(state, now_ms)
    draft.emit(PlayerDisconnected(seat.seat))
    return draft.decision()
