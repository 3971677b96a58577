"""The line for a seat at a full table."""

from tables.engine.commands import JoinWaitingList, LeaveWaitingList
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import WaitingListJoined, WaitingListLeft
from tables.engine.state import TableState


def join_waiting_list(state: TableState, command: JoinWaitingList, now_ms: int) -> Decision:
    """Last in the line; only where no seat is free for anyone."""
    if state.closed:
        raise Refused("table_closed")
    if state.seat_of(command.user_id) is not None:
        raise Refused("already_seated")
    if _is_waiting(state, command.user_id):
        raise Refused("already_waiting")
    if state.free_seats():
        raise Refused("seat_free")
    draft = Draft(state, now_ms)
    draft.emit(WaitingListJoined(command.user_id, command.nickname))
    return draft.decision()


def leave_waiting_list(state: TableState, command: LeaveWaitingList, now_ms: int) -> Decision:
    """A seat that was kept goes to the next in the line."""
    if not _is_waiting(state, command.user_id):
        raise Refused("not_waiting")
    draft = Draft(state, now_ms)
    draft.emit(WaitingListLeft(command.user_id, "asked"))
    return draft.decision()


def _is_waiting(state: TableState, user_id: int) -> bool:
    return any(waiter.user_id == user_id for waiter in state.waiting)
