"""What players decide before they are asked. Kept here, so that it counts even when the connection
breaks; it holds for one turn on the running street."""

from tables.engine.commands import Action, CancelPreAct, PreAct
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import PreActionCancelled, PreActionSet
from tables.engine.hand import HandState, PlannedAction
from tables.engine.state import TableState


def pre_act(state: TableState, command: PreAct, now_ms: int) -> Decision:
    """Plan the next action of this street; a new plan replaces the old one. Who is leaving folds in
    turn and has nothing to plan."""
    hand, seat = _place(state, command.user_id)
    if state.seats[seat].leaving:
        raise Refused("already_leaving")
    if hand.hand_id != command.hand_id:
        raise Refused("hand_over")
    if hand.turn is not None and hand.turn.seat == seat:
        raise Refused("your_turn", turn=hand.turn.turn)
    index = hand.index(seat)
    if not hand.betting.statuses[index] or not hand.betting.stacks[index] or hand.consent:
        raise Refused("not_in_hand")
    if (command.action == "call") != (command.call_krw is not None):
        raise Refused("illegal_action")
    call_krw = hand.betting.call_krw(index)
    if not _fits(PlannedAction(command.action, command.call_krw), call_krw):
        raise Refused("stale_amount", min_krw=call_krw)
    draft = Draft(state, now_ms)
    draft.emit(PreActionSet(seat, command.action, command.call_krw))
    return draft.decision()


def cancel_pre_act(state: TableState, command: CancelPreAct, now_ms: int) -> Decision:
    hand, seat = _place(state, command.user_id)
    if seat not in hand.pre_actions:
        raise Refused("nothing_due")
    draft = Draft(state, now_ms)
    draft.emit(PreActionCancelled(seat))
    return draft.decision()


def _place(state: TableState, user_id: int) -> tuple[HandState, int]:
    seat = state.seat_of(user_id)
    if seat is None:
        raise Refused("not_seated")
    if state.hand is None or not state.hand.plays(seat.seat):
        raise Refused("not_in_hand")
    return state.hand, seat.seat


def _fits(planned: PlannedAction, call_krw: int) -> bool:
    """Whether the plan still means what the player saw."""
    if planned.action == "check":
        return call_krw == 0
    if planned.action == "call":
        return call_krw == planned.call_krw
    return True


def planned_action(hand: HandState, seat: int, call_krw: int) -> Action | None:
    """What the player whose turn it is has decided, if anything."""
    planned = hand.pre_actions.get(seat)
    if planned is None or not _fits(planned, call_krw):
        return None
    if call_krw == 0:
        return "check"
    return "fold" if planned.action == "check_fold" else "call"


def cancel_stale(draft: Draft) -> None:
    """Somebody raised: plans for another amount are off."""
    hand = draft.hand
    for seat, planned in sorted(hand.pre_actions.items()):
        if not _fits(planned, hand.betting.call_krw(hand.index(seat))):
            draft.emit(PreActionCancelled(seat))


def cancel_plan(draft: Draft, seat: int) -> None:
    """The player leaves, and will fold."""
    if seat in draft.hand.pre_actions:
        draft.emit(PreActionCancelled(seat))


def cancel_all(draft: Draft) -> None:
    """The street is over."""
    for seat in sorted(draft.hand.pre_actions):
        draft.emit(PreActionCancelled(seat))
