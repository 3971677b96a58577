"""Taking a seat, adding chips, and what a seated player may set."""

from msgspec.structs import replace

from tables.engine import commands as c
from tables.engine.apply_hand import running
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import (
    OptionsSet,
    ReservationCancelled,
    SeatReserved,
    SeatTaken,
    TopUpCancelled,
    TopUpConfirmed,
    TopUpRequested,
)
from tables.engine.housekeeping import add_paid_chips, is_automatic, let_go, send_off
from tables.engine.options import Options
from tables.engine.seat import Seat
from tables.engine.state import TableState


def seat_of(state: TableState, user_id: int) -> Seat:
    seat = state.seat_of(user_id)
    if seat is None:
        raise Refused("not_seated")
    return seat


def player_of(state: TableState, user_id: int) -> Seat:
    """The seat of someone whose buy-in is paid and who is not on the way out."""
    seat = seat_of(state, user_id)
    if seat.is_reserved:
        raise Refused("not_ready")
    if seat.leaving:
        raise Refused("already_leaving")
    return seat


# Buying in


def reserve_seat(state: TableState, command: c.ReserveSeat, now_ms: int) -> Decision:
    """The most that may be brought is the ledger's to say: who comes back may have to bring more
    than the table's maximum (rathole)."""
    config = state.config
    if state.closed:
        raise Refused("table_closed")
    if not 0 <= command.seat < config.seats:
        raise Refused("no_such_seat")
    if state.seat_of(command.user_id) is not None:
        raise Refused("already_seated")
    if command.seat in state.seats:
        raise Refused("seat_taken")
    if state.offered_seats().get(command.seat, command.user_id) != command.user_id:
        raise Refused("seat_offered")
    if command.amount_krw < config.min_buy_in_krw:
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
    if command.post_blinds:
        draft.emit(OptionsSet(command.seat, Options(post_blinds=True)))
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
    seat = player_of(state, command.user_id)
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
    if is_automatic(command.top_up_id):
        # The balance did not do: asking again after every hand would not help.
        draft.emit(OptionsSet(seat.seat, replace(seat.options, auto_top_up_krw=0)))
    if not state.in_hand(seat.seat):
        let_go(draft, draft.state.seats[seat.seat])
        draft.schedule()
    return draft.decision()


# Options


def set_options(state: TableState, command: c.SetOptions, now_ms: int) -> Decision:
    """Change what is named; what the table does not allow is refused."""
    seat = player_of(state, command.user_id)
    config = state.config
    if command.straddle and not config.straddle:
        raise Refused("option_not_here")
    if command.auto_top_up_krw is not None:
        if command.auto_top_up_krw < 0:
            raise Refused("amount_too_small", min_krw=0)
        if command.auto_top_up_krw > config.max_buy_in_krw:
            raise Refused("amount_too_large", max_krw=config.max_buy_in_krw)
    if command.leave_after_hand and not state.in_hand(seat.seat):
        raise Refused("not_in_hand")
    named = {
        name: getattr(command, name)
        for name in Options.__struct_fields__
        if getattr(command, name) is not None
    }
    draft = Draft(state, now_ms)
    draft.emit(OptionsSet(seat.seat, replace(seat.options, **named)))
    return draft.decision()
