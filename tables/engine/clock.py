"""Deadlines: who ran out of time, and when to look next. All times are server milliseconds."""

from tables.engine.apply import running
from tables.engine.commands import ResumeClock, Tick
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import ClockResumed, PlayerChecked, PlayerFolded, PlayerSatOut
from tables.engine.hands import play_on
from tables.engine.housekeeping import send_off
from tables.engine.state import Seat, TableState


def next_wakeup(state: TableState) -> int | None:
    """When `Tick` is due next: a turn's deadline, or a seat that is given up. The next hand's start
    (`state.next_hand_at_ms`) is not included."""
    times = [seat.sat_out.removed_at_ms for seat in _removable(state) if seat.sat_out is not None]
    if state.hand is not None and state.hand.turn is not None:
        times.append(state.hand.turn.deadline_ms)
    return min(times, default=None)


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
    turn = state.hand.turn if state.hand is not None else None
    if turn is not None and turn.deadline_ms <= now_ms:
        _time_out(draft)
    draft.schedule()
    return draft.decision()


def _time_out(draft: Draft) -> None:
    """Check if it is free, else fold; then sit out. Never an all-in."""
    turn = draft.hand.turn
    assert turn is not None
    kind = PlayerFolded if turn.call_krw else PlayerChecked
    draft.emit(kind(turn.seat, timed_out=True))
    if draft.state.seats[turn.seat].sat_out is None:
        removed_at = draft.now_ms + draft.state.config.sit_out_limit_ms
        draft.emit(PlayerSatOut(turn.seat, "timed_out", removed_at))
    play_on(draft)


def resume_clock(state: TableState, command: ResumeClock, now_ms: int) -> Decision:
    """The running turn gets the time back that the house stood still."""
    if state.hand is None or state.hand.turn is None:
        raise Refused("nothing_due")
    turn = running(state).turn
    assert turn is not None
    draft = Draft(state, now_ms)
    draft.emit(ClockResumed(turn.seat, turn.turn, turn.deadline_ms + command.paused_ms))
    return draft.decision()
