"""What the events of seats, of the waiting list and of the house do to a table's state."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tables.engine import events as e
from tables.engine.seat import SatOut, Seat, TopUp, Waiter
from tables.engine.state import TableState


def change(state: TableState, seat: int, **changes: Any) -> None:
    """Replace fields of a seat."""
    state.seats[seat] = replace(state.seats[seat], **changes)


def _seat_reserved(state: TableState, event: e.SeatReserved) -> None:
    state.seats[event.seat] = Seat(
        seat=event.seat,
        user_id=event.user_id,
        nickname=event.nickname,
        is_bot=event.is_bot,
        buy_in_id=event.buy_in_id,
        reserved_krw=event.amount_krw,
        expires_ms=event.expires_ms,
    )
    _forget_waiter(state, event.user_id)


def _reservation_cancelled(state: TableState, event: e.ReservationCancelled) -> None:
    del state.seats[event.seat]


def _seat_taken(state: TableState, event: e.SeatTaken) -> None:
    change(
        state,
        event.seat,
        stack_krw=event.stack_krw,
        reserved_krw=0,
        expires_ms=None,
        time_bank_ms=state.config.time_bank_ms,
        disconnect_ms=state.config.disconnect_ms,
    )


def _top_up_requested(state: TableState, event: e.TopUpRequested) -> None:
    change(state, event.seat, top_up=TopUp(event.top_up_id, event.amount_krw))


def _top_up_cancelled(state: TableState, event: e.TopUpCancelled) -> None:
    change(state, event.seat, top_up=None)


def _top_up_confirmed(state: TableState, event: e.TopUpConfirmed) -> None:
    change(state, event.seat, top_up=TopUp(event.top_up_id, event.amount_krw, confirmed=True))


def _top_up_returned(state: TableState, event: e.TopUpReturned) -> None:
    change(state, event.seat, top_up=None)


def _chips_added(state: TableState, event: e.ChipsAdded) -> None:
    change(state, event.seat, stack_krw=event.stack_krw, top_up=None)


def _player_sat_out(state: TableState, event: e.PlayerSatOut) -> None:
    change(state, event.seat, sat_out=SatOut(event.reason, event.removed_at_ms))


def _player_sat_in(state: TableState, event: e.PlayerSatIn) -> None:
    change(state, event.seat, sat_out=None)


def _blinds_missed(state: TableState, event: e.BlindsMissed) -> None:
    debts = replace(state.seats[event.seat].debts, small=event.small, big=event.big)
    change(state, event.seat, debts=debts)


def _seat_change_requested(state: TableState, event: e.SeatChangeRequested) -> None:
    change(state, event.seat, moves_to=event.to_seat)


def _seat_change_cancelled(state: TableState, event: e.SeatChangeCancelled) -> None:
    change(state, event.seat, moves_to=None)


def _seat_changed(state: TableState, event: e.SeatChanged) -> None:
    seat = state.seats.pop(event.seat)
    debts = replace(seat.debts, new=True)
    state.seats[event.to_seat] = replace(seat, seat=event.to_seat, moves_to=None, debts=debts)


def _options_set(state: TableState, event: e.OptionsSet) -> None:
    change(state, event.seat, options=event.options)


# The line for a seat


def _waiting_list_joined(state: TableState, event: e.WaitingListJoined) -> None:
    state.waiting = (*state.waiting, Waiter(event.user_id, event.nickname))


def _seat_offered(state: TableState, event: e.SeatOffered) -> None:
    state.waiting = tuple(
        replace(waiter, seat=event.seat, deadline_ms=event.deadline_ms)
        if waiter.user_id == event.user_id
        else waiter
        for waiter in state.waiting
    )


def _waiting_list_left(state: TableState, event: e.WaitingListLeft) -> None:
    _forget_waiter(state, event.user_id)


def _forget_waiter(state: TableState, user_id: int) -> None:
    state.waiting = tuple(waiter for waiter in state.waiting if waiter.user_id != user_id)


def _leave_requested(state: TableState, event: e.LeaveRequested) -> None:
    change(state, event.seat, leaving=True)


def _seat_left(state: TableState, event: e.SeatLeft) -> None:
    del state.seats[event.seat]


def _player_connected(state: TableState, event: e.PlayerConnected) -> None:
    change(state, event.seat, connected=True)


def _player_disconnected(state: TableState, event: e.PlayerDisconnected) -> None:
    change(state, event.seat, connected=False)


def _chat_posted(state: TableState, event: e.ChatPosted) -> None:
    """Chat is not part of the table's state."""


def _table_reconfigured(state: TableState, event: e.TableReconfigured) -> None:
    """With fewer seats the places of button and blinds may be gone: the game begins anew."""
    if event.config.seats < state.config.seats and state.blinds is not None:
        state.blinds = replace(state.blinds, gone=True)
    state.config = event.config
    state.closed = False


def _table_closed(state: TableState, event: e.TableClosed) -> None:
    state.closed = True


def _hand_scheduled(state: TableState, event: e.HandScheduled) -> None:
    state.next_hand_at_ms = event.at_ms


def _clocks_moved(state: TableState, event: e.ClocksMoved) -> None:
    """Every running deadline is later; reservations are the ledger's business, not a clock's."""
    by_ms = event.by_ms
    for number, seat in state.seats.items():
        if seat.sat_out is not None:
            removed = seat.sat_out.removed_at_ms + by_ms
            change(state, number, sat_out=replace(seat.sat_out, removed_at_ms=removed))
    state.waiting = tuple(
        waiter
        if waiter.deadline_ms is None
        else replace(waiter, deadline_ms=waiter.deadline_ms + by_ms)
        for waiter in state.waiting
    )
    if state.next_hand_at_ms is not None:
        state.next_hand_at_ms += by_ms
    _move_hand(state, by_ms)
    _move_rabbit(state, by_ms)


def _move_hand(state: TableState, by_ms: int) -> None:
    hand = state.hand
    if hand is None:
        return
    if hand.turn is not None:
        hand.turn = replace(hand.turn, deadline_ms=hand.turn.deadline_ms + by_ms)
    if hand.consent is not None:
        hand.consent = replace(hand.consent, deadline_ms=hand.consent.deadline_ms + by_ms)


def _move_rabbit(state: TableState, by_ms: int) -> None:
    rabbit, last = state.rabbit, state.last_hand
    if rabbit is not None:
        consent, resumes = rabbit.consent, rabbit.resumes_ms
        if consent is not None:
            consent = replace(consent, deadline_ms=consent.deadline_ms + by_ms)
        if resumes is not None:
            resumes += by_ms
        state.rabbit = replace(rabbit, consent=consent, resumes_ms=resumes)
    if last is not None and last.choice is not None:
        choice = replace(last.choice, deadline_ms=last.choice.deadline_ms + by_ms)
        state.last_hand = replace(last, choice=choice)


SEATS: dict[type[e.Event], Callable[[TableState, Any], None]] = {
    e.SeatReserved: _seat_reserved,
    e.ReservationCancelled: _reservation_cancelled,
    e.SeatTaken: _seat_taken,
    e.TopUpRequested: _top_up_requested,
    e.TopUpCancelled: _top_up_cancelled,
    e.TopUpConfirmed: _top_up_confirmed,
    e.ChipsAdded: _chips_added,
    e.TopUpReturned: _top_up_returned,
    e.PlayerSatOut: _player_sat_out,
    e.PlayerSatIn: _player_sat_in,
    e.BlindsMissed: _blinds_missed,
    e.SeatChangeRequested: _seat_change_requested,
    e.SeatChangeCancelled: _seat_change_cancelled,
    e.SeatChanged: _seat_changed,
    e.OptionsSet: _options_set,
    e.WaitingListJoined: _waiting_list_joined,
    e.SeatOffered: _seat_offered,
    e.WaitingListLeft: _waiting_list_left,
    e.LeaveRequested: _leave_requested,
    e.SeatLeft: _seat_left,
    e.PlayerConnected: _player_connected,
    e.PlayerDisconnected: _player_disconnected,
    e.ChatPosted: _chat_posted,
    e.TableReconfigured: _table_reconfigured,
    e.TableClosed: _table_closed,
    e.ClocksMoved: _clocks_moved,
    e.HandScheduled: _hand_scheduled,
}
