"""Sitting out, leaving, moving to another seat, and losing the connection."""

from tables.engine import commands as c
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import (
    LeaveRequested,
    PlayerConnected,
    PlayerDisconnected,
    PlayerSatIn,
    PlayerSatOut,
    SeatChangeCancelled,
    SeatChanged,
    SeatChangeRequested,
)
from tables.engine.hands import fold_now, play_on
from tables.engine.housekeeping import send_off
from tables.engine.preactions import cancel_plan
from tables.engine.runouts import decline_rabbit, decline_runs
from tables.engine.seating import player_of, seat_of
from tables.engine.state import TableState

# Sitting out and leaving


def sit_out(state: TableState, command: c.SitOut, now_ms: int) -> Decision:
    """From the next hand on; a running one is still played by the clock."""
    seat = player_of(state, command.user_id)
    if seat.sat_out is not None:
        raise Refused("nothing_due")
    draft = Draft(state, now_ms)
    draft.emit(PlayerSatOut(seat.seat, "asked", now_ms + state.config.sit_out_limit_ms))
    draft.schedule()
    return draft.decision()


def sit_in(state: TableState, command: c.SitIn, now_ms: int) -> Decision:
    seat = player_of(state, command.user_id)
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
    seat = player_of(state, command.user_id)
    draft = Draft(state, now_ms)
    if state.in_hand(seat.seat):
        draft.emit(LeaveRequested(seat.seat))
        cancel_plan(draft, seat.seat)
        fold_now(draft, seat.seat)
        decline_absent(draft, seat.seat)
        return draft.decision()
    decline_moving(draft, seat.seat)
    if seat.awaits_payment:
        draft.emit(LeaveRequested(seat.seat))
    else:
        send_off(draft, seat)
    draft.schedule()
    return draft.decision()


def decline_absent(draft: Draft, seat: int) -> None:
    """Who leaves agrees to nothing."""
    hand = draft.state.hand
    if hand is not None and hand.consent is not None and seat in hand.consent.seats:
        decline_runs(draft)
        play_on(draft)


def decline_moving(draft: Draft, seat: int) -> None:
    """Who gets up has not agreed to a rabbit hunt: whoever sits there next must not do it for
    them."""
    rabbit = draft.state.rabbit
    if rabbit is not None and rabbit.consent is not None and seat in rabbit.consent.seats:
        decline_rabbit(draft)


# Moving


def change_seat(state: TableState, command: c.ChangeSeat, now_ms: int) -> Decision:
    """To a free seat that nobody else moves to: at once, or after the running hand. The own seat
    takes a wish back."""
    seat = player_of(state, command.user_id)
    if not 0 <= command.seat < state.config.seats:
        raise Refused("no_such_seat")
    draft = Draft(state, now_ms)
    if command.seat == seat.seat:
        if seat.moves_to is None:
            raise Refused("nothing_due")
        draft.emit(SeatChangeCancelled(seat.seat))
        return draft.decision()
    wished = [other.moves_to for other in state.seats.values() if other is not seat]
    if command.seat in state.seats or command.seat in wished:
        raise Refused("seat_taken")
    if command.seat in state.offered_seats():
        raise Refused("seat_offered")
    if state.in_hand(seat.seat):
        draft.emit(SeatChangeRequested(seat.seat, command.seat))
    else:
        decline_moving(draft, seat.seat)
        draft.emit(SeatChanged(seat.seat, command.seat))
    return draft.decision()


# Presence


def mark_connected(state: TableState, command: c.MarkConnected, now_ms: int) -> Decision:
    seat = seat_of(state, command.user_id)
    if seat.connected:
        raise Refused("nothing_due")
    draft = Draft(state, now_ms)
    draft.emit(PlayerConnected(seat.seat))
    return draft.decision()


def mark_disconnected(state: TableState, command: c.MarkDisconnected, now_ms: int) -> Decision:
    seat = seat_of(state, command.user_id)
    if not seat.connected:
        raise Refused("nothing_due")
    draft = Draft(state, now_ms)
    draft.emit(PlayerDisconnected(seat.seat))
    return draft.decision()
