"""What concerns the table as a whole: options, closing, chat."""

from tables.engine.commands import CloseTable, PostChat, Reconfigure
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import (
    ChatPosted,
    LeaveRequested,
    TableClosed,
    TableReconfigured,
    WaitingListLeft,
)
from tables.engine.housekeeping import send_off
from tables.engine.state import TableState


def reconfigure(state: TableState, command: Reconfigure, now_ms: int) -> Decision:
    """New options; no occupied or offered seat may disappear by them."""
    if state.hand is not None:
        raise Refused("hand_running")
    taken = (*state.seats, *state.offered_seats())
    if any(number >= command.config.seats for number in taken):
        raise Refused("seat_taken")
    draft = Draft(state, now_ms)
    draft.emit(TableReconfigured(command.config))
    return draft.decision()


def close_table(state: TableState, command: CloseTable, now_ms: int) -> Decision:
    """Everyone leaves with their chips; who has a payment under way leaves when it has arrived."""
    if state.hand is not None:
        raise Refused("hand_running")
    if state.closed:
        raise Refused("table_closed")
    if command.only_if_empty and (state.seats or state.waiting):
        raise Refused("table_in_use")
    draft = Draft(state, now_ms)
    draft.emit(TableClosed())
    for waiter in state.waiting:
        draft.emit(WaitingListLeft(waiter.user_id, "closed"))
    for number in sorted(state.seats):
        seat = state.seats[number]
        if not seat.awaits_payment:
            send_off(draft, seat)
        elif not seat.is_reserved:
            draft.emit(LeaveRequested(number))
    draft.schedule()
    return draft.decision()


def post_chat(state: TableState, command: PostChat, now_ms: int) -> Decision:
    if not state.config.chat:
        raise Refused("chat_off")
    draft = Draft(state, now_ms)
    draft.emit(ChatPosted(command.user_id, command.nickname, command.text, now_ms))
    return draft.decision()
