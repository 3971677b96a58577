"""Deadlines: what is due, and when to look next. All times are server milliseconds."""

from collections.abc import Iterator

from tables.engine.commands import Answer, ResumeClock, Tick
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import ClocksMoved, WaitingListLeft
from tables.engine.extra_time import start_extra_time
from tables.engine.hands import play_on, time_out
from tables.engine.housekeeping import send_off
from tables.engine.runouts import (
    answer_rabbit_hunt,
    answer_runs,
    decline_rabbit,
    decline_runs,
    verify_runs_answer,
)
from tables.engine.seat import Seat
from tables.engine.state import TableState


def next_wakeup(state: TableState) -> int | None:
    """When `Tick` is due next. The next hand's start (`state.next_hand_at_ms`) is not included."""
    return min(_deadlines(state), default=None)


def _deadlines(state: TableState) -> Iterator[int]:
    """A turn, a question, an offered seat, a seat that is given up."""
    for seat in _removable(state):
        if seat.sat_out is not None:
            yield seat.sat_out.removed_at_ms
    for waiter in state.waiting:
        if waiter.deadline_ms is not None:
            yield waiter.deadline_ms
    if state.hand is not None and state.hand.turn is not None:
        yield state.hand.turn.deadline_ms
    if state.hand is not None and state.hand.consent is not None:
        yield state.hand.consent.deadline_ms
    if state.rabbit is not None and state.rabbit.consent is not None:
        yield state.rabbit.consent.deadline_ms


def _removable(state: TableState) -> list[Seat]:
    """Who sits out and could go now: not in a hand, no payment under way."""
    return [
        seat
        for number, seat in sorted(state.seats.items())
        if seat.sat_out is not None and not seat.awaits_payment and not state.in_hand(number)
    ]


def tick(state: TableState, command: Tick, now_ms: int) -> Decision:
    """Whatever is due happens; refused when nothing is."""
    due = next_wakeup(state)
    if due is None or due > now_ms:
        raise Refused("nothing_due")
    draft = Draft(state, now_ms)
    for seat in _removable(state):
        if seat.sat_out is not None and seat.sat_out.removed_at_ms <= now_ms:
            send_off(draft, seat)
    for waiter in state.waiting:
        if waiter.deadline_ms is not None and waiter.deadline_ms <= now_ms:
            draft.emit(WaitingListLeft(waiter.user_id, "expired"))
    rabbit = state.rabbit
    if rabbit is not None and rabbit.consent is not None and rabbit.consent.deadline_ms <= now_ms:
        decline_rabbit(draft)
    _tick_hand(draft)
    draft.schedule()
    return draft.decision()


def _tick_hand(draft: Draft) -> None:
    hand = draft.state.hand
    if hand is None:
        return
    if hand.turn is not None and hand.turn.deadline_ms <= draft.now_ms:
        if not start_extra_time(draft):
            time_out(draft)
    elif hand.consent is not None and hand.consent.deadline_ms <= draft.now_ms:
        decline_runs(draft)
        play_on(draft)


def answer(state: TableState, command: Answer, now_ms: int) -> Decision:
    """A player agrees, or does not, to what needs everybody's consent."""
    if command.choice == "rabbit_hunt":
        return answer_rabbit_hunt(state, command, now_ms)
    seat = state.seat_of(command.user_id)
    if seat is None:
        raise Refused("not_seated")
    verify_runs_answer(state.hand, command, seat.seat)
    draft = Draft(state, now_ms)
    if answer_runs(draft, seat.seat, agree=command.agree):
        play_on(draft)
    return draft.decision()


def resume_clock(state: TableState, command: ResumeClock, now_ms: int) -> Decision:
    """Everybody gets the time back that the house stood still."""
    if next_wakeup(state) is None and state.next_hand_at_ms is None:
        raise Refused("nothing_due")
    draft = Draft(state, now_ms)
    draft.emit(ClocksMoved(command.paused_ms))
    return draft.decision()
