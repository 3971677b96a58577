"""Questions that need everybody's consent: run it twice, and the rabbit hunt."""

from tables.engine.commands import Answer
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import (
    HandScheduled,
    RabbitHuntAnswered,
    RabbitHuntAsked,
    RabbitHuntDeclined,
    RabbitHuntShown,
    RunItTwiceAgreed,
    RunItTwiceAnswered,
    RunItTwiceDeclined,
    RunItTwiceOffered,
    Street,
    StreetDealt,
)
from tables.engine.hand import HandState
from tables.engine.state import Rabbit, TableState

# Run it twice


def settle_runs(draft: Draft) -> bool:
    """Everyone is all-in: whether it is settled how often the rest is run; else players are asked.

    Who has said yes or no for always is not asked; who is leaving has said no.
    """
    hand = draft.hand
    if hand.runs is not None or hand.street == "river" or not draft.state.config.run_it_twice:
        return True
    seats = hand.live_seats()
    draft.emit(RunItTwiceOffered(seats, draft.now_ms + draft.state.config.choice_ms))
    for number in seats:
        seat = draft.state.seats[number]
        if seat.leaving or seat.options.run_it_twice == "no":
            return _answer_runs(draft, number, agree=False)
        if seat.options.run_it_twice == "yes":
            _answer_runs(draft, number, agree=True)
    return hand.runs is not None


def _answer_runs(draft: Draft, seat: int, *, agree: bool) -> bool:
    """Note an answer; whether the question is settled by it."""
    draft.emit(RunItTwiceAnswered(seat, agree))
    consent = draft.hand.consent
    assert consent is not None
    if not agree:
        draft.emit(RunItTwiceDeclined())
    elif consent.is_unanimous:
        draft.emit(RunItTwiceAgreed())
    return draft.hand.runs is not None


def decline_runs(draft: Draft) -> None:
    """Not everybody agreed in time."""
    draft.emit(RunItTwiceDeclined())


def deal_second_board(draft: Draft) -> None:
    """The second board's own cards come from the same deck, after the first board's."""
    hand = draft.hand
    if hand.runs != 2:
        return
    streets: tuple[tuple[Street, int], ...] = (("flop", 3), ("turn", 4), ("river", 5))
    at = 2 * len(hand.players) + 5
    for street, size in streets:
        count = size - len(hand.second_board)
        if count > 0:
            draft.emit(StreetDealt(street, hand.deck[at : at + count], board=2))
            at += count


# Rabbit hunt


def _ask_rabbit(draft: Draft, rabbit: Rabbit) -> None:
    """Ask all of the hand's players who still sit here; the next hand waits for their answers."""
    state = draft.state
    seats = tuple(
        number for number, seat in sorted(state.seats.items()) if seat.user_id in rabbit.users
    )
    deadline = draft.now_ms + state.config.choice_ms
    draft.emit(RabbitHuntAsked(rabbit.hand_id, seats, deadline))
    if state.next_hand_at_ms is not None and state.next_hand_at_ms < deadline:
        draft.emit(HandScheduled(deadline))
    for number in seats:
        if state.seats[number].options.rabbit_hunt:
            draft.emit(RabbitHuntAnswered(number, agreed=True))


def decline_rabbit(draft: Draft) -> None:
    """Not everybody agreed in time: the cards stay where they are."""
    rabbit = draft.state.rabbit
    assert rabbit is not None
    draft.emit(RabbitHuntDeclined(rabbit.hand_id))
    if rabbit.resumes_ms is not None and draft.state.next_hand_at_ms is not None:
        draft.emit(HandScheduled(max(rabbit.resumes_ms, draft.now_ms)))


def _answer_rabbit(draft: Draft, seat: int, *, agree: bool) -> None:
    rabbit = draft.state.rabbit
    assert rabbit is not None
    if rabbit.consent is None:
        _ask_rabbit(draft, rabbit)
    assert draft.state.rabbit is not None
    consent = draft.state.rabbit.consent
    assert consent is not None
    if seat not in consent.agreed:
        draft.emit(RabbitHuntAnswered(seat, agree))
    if not agree:
        decline_rabbit(draft)
        return
    consent = draft.state.rabbit.consent
    assert consent is not None
    if consent.is_unanimous:
        draft.emit(RabbitHuntShown(rabbit.hand_id, rabbit.cards))
        if draft.state.next_hand_at_ms is not None:
            pause = draft.now_ms + draft.state.config.hand_pause_ms
            draft.emit(HandScheduled(pause))


# Answers


def verify_runs_answer(hand: HandState | None, command: Answer, seat: int) -> None:
    if hand is None or hand.hand_id != command.hand_id or hand.consent is None:
        raise Refused("nothing_to_agree")
    if seat not in hand.consent.seats:
        raise Refused("nothing_to_agree")
    if seat in hand.consent.agreed:
        raise Refused("already_answered")


def answer_runs(draft: Draft, seat: int, *, agree: bool) -> bool:
    """A player's answer; whether the board can be run out now."""
    return _answer_runs(draft, seat, agree=agree)


def answer_rabbit_hunt(state: TableState, command: Answer, now_ms: int) -> Decision:
    """The hand's players may see the rest of the board when all who still sit here agree."""
    seat = state.seat_of(command.user_id)
    if seat is None:
        raise Refused("not_seated")
    rabbit = state.rabbit
    if rabbit is None or rabbit.hand_id != command.hand_id or seat.user_id not in rabbit.users:
        raise Refused("nothing_to_agree")
    if rabbit.consent is None and not command.agree:
        raise Refused("nothing_to_agree")
    if rabbit.consent is not None and seat.seat not in rabbit.consent.seats:
        raise Refused("nothing_to_agree")
    if rabbit.consent is not None and seat.seat in rabbit.consent.agreed:
        raise Refused("already_answered")
    draft = Draft(state, now_ms)
    _answer_rabbit(draft, seat.seat, agree=command.agree)
    return draft.decision()
