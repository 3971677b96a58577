"""What waits for the end of a hand: paid chips, empty stacks, players who leave, the next hand."""

from tables.engine.draft import Draft
from tables.engine.events import (
    ChipsAdded,
    LeaveRequested,
    PlayerSatIn,
    PlayerSatOut,
    SeatChangeCancelled,
    SeatChanged,
    SeatLeft,
    TopUpRequested,
    TopUpReturned,
)
from tables.engine.seat import Seat

_AUTOMATIC = "topup:auto:"


def is_automatic(top_up_id: str) -> bool:
    """Asked for by the table itself; no request waits for an answer."""
    return top_up_id.startswith(_AUTOMATIC)


def keep_house(draft: Draft, hand_id: str) -> None:
    """Between hands: everything that was due, in the order of the seats."""
    seats = sorted(draft.state.seats)
    for number in seats:
        add_paid_chips(draft, draft.state.seats[number])
    for number in seats:
        _fill_up(draft, draft.state.seats[number], hand_id)
    for number in seats:
        _sit_out_busted(draft, draft.state.seats[number])
    for number in seats:
        _let_go_after_hand(draft, draft.state.seats[number])
    for number in seats:
        if number in draft.state.seats:
            _move(draft, draft.state.seats[number])
    draft.schedule()


def _fill_up(draft: Draft, seat: Seat, hand_id: str) -> None:
    """The automatic top-up of a player who plays on."""
    target = min(seat.options.auto_top_up_krw, draft.state.config.max_buy_in_krw)
    stays = not (seat.leaving or seat.options.leave_after_hand or seat.sat_out or seat.is_reserved)
    if stays and seat.top_up is None and seat.stack_krw < target and not draft.state.closed:
        top_up_id = f"{_AUTOMATIC}{hand_id}:{seat.seat}"
        draft.emit(TopUpRequested(seat.seat, target - seat.stack_krw, top_up_id))


def _let_go_after_hand(draft: Draft, seat: Seat) -> None:
    if seat.options.leave_after_hand and not seat.leaving:
        draft.emit(LeaveRequested(seat.seat))
    let_go(draft, draft.state.seats[seat.seat])


def _move(draft: Draft, seat: Seat) -> None:
    """To the seat that was wished for, if it is still free."""
    if seat.moves_to is None:
        return
    if seat.moves_to in draft.state.free_seats():
        draft.emit(SeatChanged(seat.seat, seat.moves_to))
    else:
        draft.emit(SeatChangeCancelled(seat.seat))


def add_paid_chips(draft: Draft, seat: Seat) -> None:
    """A confirmed top-up joins the stack, up to the table's maximum; what is more goes back. Who
    sat out for want of chips plays again."""
    top_up = seat.top_up
    if top_up is None or not top_up.confirmed:
        return
    room = max(0, draft.state.config.max_buy_in_krw - seat.stack_krw)
    added = min(top_up.amount_krw, room)
    surplus = top_up.amount_krw - added
    if added:
        draft.emit(ChipsAdded(seat.seat, added, seat.stack_krw + added))
    if surplus:
        refund_id = f"back:{top_up.top_up_id}"
        draft.emit(TopUpReturned(seat.seat, seat.user_id, surplus, refund_id))
    if seat.sat_out is not None and seat.sat_out.reason == "busted" and not seat.leaving:
        draft.emit(PlayerSatIn(seat.seat))


def let_go(draft: Draft, seat: Seat) -> None:
    """A leaving player goes, unless a payment is under way: that money must come along."""
    if seat.leaving and not seat.awaits_payment:
        send_off(draft, seat)


def send_off(draft: Draft, seat: Seat) -> None:
    """The seat is free, its stack is paid out; one cash-out for each sitting."""
    draft.emit(SeatLeft(seat.seat, seat.user_id, seat.stack_krw, f"out:{seat.buy_in_id}"))


def _sit_out_busted(draft: Draft, seat: Seat) -> None:
    if seat.stack_krw or seat.is_reserved or seat.leaving or seat.sat_out is not None:
        return
    removed_at = draft.now_ms + draft.state.config.busted_limit_ms
    draft.emit(PlayerSatOut(seat.seat, "busted", removed_at))
