"""What the end of a hand, and what may come after it, do to a table's state."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tables.engine import events as e
from tables.engine.apply_hand import running
from tables.engine.apply_seats import change
from tables.engine.config import TableConfig
from tables.engine.hand import Consent, HandState
from tables.engine.seat import Debts, LastHand
from tables.engine.state import Rabbit, TableState
from tables.engine.view import ChoiceView


def _hand_finished(state: TableState, event: e.HandFinished) -> None:
    hand = running(state)
    for index, result in enumerate(event.results):
        cards = hand.hole[result.seat] if result.seat in hand.shown else None
        marks = LastHand(folded=not hand.betting.statuses[index], cards=cards)
        change(state, result.seat, stack_krw=result.stack_krw, last_hand=marks)
    state.last_hand = hand.view(finished=True)
    state.rabbit = _rabbit(state.config, hand)
    state.hand = None


def _rabbit(config: TableConfig, hand: HandState) -> Rabbit | None:
    """What the players may ask to see: the rest of the board, where the table allows it."""
    missing = 5 - len(hand.board)
    if not config.rabbit_hunt or not missing:
        return None
    first = 2 * len(hand.players) + len(hand.board)
    users = tuple(player.user_id for player in hand.players)
    return Rabbit(hand.hand_id, hand.deck[first : first + missing], users)


def _hand_voided(state: TableState, event: e.HandVoided) -> None:
    """Nothing of it counts, the places of button and blinds included."""
    state.blinds = running(state).blinds_before
    for owed in event.debts:
        change(state, owed.seat, debts=Debts(owed.new, owed.small, owed.big))
    state.hand = None


def _rabbit_hunt_asked(state: TableState, event: e.RabbitHuntAsked) -> None:
    _ask(state, Consent(event.seats, event.deadline_ms))


def _rabbit_hunt_answered(state: TableState, event: e.RabbitHuntAnswered) -> None:
    assert state.rabbit is not None
    consent = state.rabbit.consent
    if consent is not None and event.agreed:
        _ask(state, replace(consent, agreed=(*consent.agreed, event.seat)))


def _ask(state: TableState, consent: Consent) -> None:
    assert state.rabbit is not None
    assert state.last_hand is not None
    resumes = state.rabbit.resumes_ms or state.next_hand_at_ms
    state.rabbit = replace(state.rabbit, consent=consent, resumes_ms=resumes)
    choice = ChoiceView("rabbit_hunt", consent.seats, consent.agreed, consent.deadline_ms)
    state.last_hand = replace(state.last_hand, choice=choice)


def _rabbit_hunt_declined(state: TableState, event: e.RabbitHuntDeclined) -> None:
    _rabbit_hunt_over(state, ())


def _rabbit_hunt_shown(state: TableState, event: e.RabbitHuntShown) -> None:
    _rabbit_hunt_over(state, event.cards)


def _rabbit_hunt_over(state: TableState, cards: tuple[str, ...]) -> None:
    assert state.last_hand is not None
    state.last_hand = replace(state.last_hand, choice=None, rabbit=cards)
    state.rabbit = None


AFTER: dict[type[e.Event], Callable[[TableState, Any], None]] = {
    e.HandFinished: _hand_finished,
    e.HandVoided: _hand_voided,
    e.RabbitHuntAsked: _rabbit_hunt_asked,
    e.RabbitHuntAnswered: _rabbit_hunt_answered,
    e.RabbitHuntDeclined: _rabbit_hunt_declined,
    e.RabbitHuntShown: _rabbit_hunt_shown,
}
