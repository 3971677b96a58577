"""What waits for the end of a hand: paid chips, empty stacks, players who leave, the next hand."""

from tables.engine.draft import Draft
from tables.engine.events import ChipsAdded, PlayerSatIn, PlayerSatOut, SeatLeft
from tables.engine.state import Seat


def keep_house(draft: Draft) -> None:
    """Between hands: everything that was due, in the order of the seats."""
    seats = sorted(draft.state.seats)
    for number in seats:
        add_paid_chips(draft, draft.state.seats[number])
    for number in seats:
        _sit_out_busted(draft, draft.state.seats[number])
    for number in seats:
        let_go(draft, draft.state.seats[number])
    draft.schedule()


def add_paid_chips(draft: Draft, seat: Seat) -> None:
    """A confirmed top-up joins the stack; who sat out for want of chips plays again."""
    top_up = seat.top_up
    if top_up is None or not top_up.confirmed:
        return
    draft.emit(ChipsAdded(seat.seat, top_up.amount_krw, seat.stack_krw + top_up.amount_krw))
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
