"""What the events of a hand do to a table's state."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tables.engine import events as e
from tables.engine.apply_seats import change
from tables.engine.betting import Betting
from tables.engine.cards import parse_cards
from tables.engine.config import TableConfig
from tables.engine.hand import (
    Blinds,
    Consent,
    HandFacts,
    HandState,
    PlannedAction,
    RunningExtraTime,
)
from tables.engine.seat import NOTHING_OWED
from tables.engine.state import TableState


def running(state: TableState) -> HandState:
    """The running hand of a state that has one."""
    assert state.hand is not None, "no hand is running"
    return state.hand


def _hand_started(state: TableState, event: e.HandStarted) -> None:
    for number, seat in state.seats.items():
        if seat.last_hand is not None:
            change(state, number, last_hand=None)
    state.hand = HandState(
        hand_id=event.hand_id,
        hand_no=event.hand_no,
        button_seat=event.button_seat,
        small_blind_seat=event.small_blind_seat,
        big_blind_seat=event.big_blind_seat,
        players=event.players,
        started_ms=event.at_ms,
        bomb_pot=event.bomb_pot,
        betting=open_betting(state.config, event),
        awarded_krw=[0] * len(event.players),
        dead_krw=[0] * len(event.players),
        blinds_before=state.blinds,
        debts_before={seat.user_id: seat.debts for seat in state.seats.values()},
    )
    state.hand_no = event.hand_no
    state.blinds = Blinds(
        event.button_seat,
        event.small_blind_at,
        event.big_blind_seat,
        state.seats[event.big_blind_seat].user_id,
    )
    state.next_hand_at_ms = None
    state.last_hand = None
    state.rabbit = None
    for player in event.players:
        _deal_in(state, player.seat)


def _deal_in(state: TableState, number: int) -> None:
    """Dealt in, nothing is owed any more, and extra time comes back with play."""
    seat, config = state.seats[number], state.config
    bank = min(config.time_bank_ms, seat.time_bank_ms + config.time_bank_refill_ms)
    budget = min(config.disconnect_ms, seat.disconnect_ms + config.disconnect_refill_ms)
    change(state, number, debts=NOTHING_OWED, time_bank_ms=bank, disconnect_ms=budget)


def open_betting(config: TableConfig, hand: e.HandStarted | HandFacts) -> Betting:
    """The betting of a hand that nobody has posted for yet."""
    places = [player.seat for player in hand.players]
    return Betting.open(
        stacks_krw=[player.stack_krw for player in hand.players],
        blinds_krw=(config.small_blind_krw, config.big_blind_krw),
        ante_krw=config.bomb_pot_ante_krw if hand.bomb_pot else config.ante_krw,
        big_blind=places.index(hand.big_blind_seat),
        bomb_pot=hand.bomb_pot,
    )


def _deck_dealt(state: TableState, event: e.DeckDealt) -> None:
    running(state).deck = event.deck


def _ante_posted(state: TableState, event: e.AntePosted) -> None:
    hand = running(state)
    hand.street_open = True
    hand.betting.post_ante(hand.index(event.seat))


def _blind_posted(state: TableState, event: e.BlindPosted) -> None:
    hand = running(state)
    hand.street_open = True
    if event.kind == "straddle":
        hand.straddle_seat = event.seat
        hand.betting.post_straddle(hand.index(event.seat), event.amount_krw)
    else:
        hand.betting.post_blind(hand.index(event.seat), event.amount_krw)


def _dead_blind_posted(state: TableState, event: e.DeadBlindPosted) -> None:
    hand = running(state)
    hand.street_open = True
    index = hand.index(event.seat)
    hand.betting.post_dead(index, event.amount_krw)
    hand.dead_krw[index] += event.amount_krw


def _hole_cards_dealt(state: TableState, event: e.HoleCardsDealt) -> None:
    hand = running(state)
    hand.hole[event.seat] = event.cards
    hand.betting.deal_hole(parse_cards(event.cards), hand.index(event.seat))


def _turn_started(state: TableState, event: e.TurnStarted) -> None:
    hand = running(state)
    hand.turn = event
    hand.turns = event.turn
    hand.street_open = True


def _extra_time_started(state: TableState, event: e.ExtraTimeStarted) -> None:
    hand = running(state)
    assert hand.turn is not None
    hand.turn = replace(hand.turn, deadline_ms=event.deadline_ms)
    hand.extra = RunningExtraTime(event.kind, event.time_ms)
    if event.kind == "disconnect":
        hand.disconnect_used |= {event.seat}


def _extra_time_used(state: TableState, event: e.ExtraTimeUsed) -> None:
    running(state).extra = None
    if event.kind == "time_bank":
        change(state, event.seat, time_bank_ms=event.left_ms)
    else:
        change(state, event.seat, disconnect_ms=event.left_ms)


def _pre_action_set(state: TableState, event: e.PreActionSet) -> None:
    running(state).pre_actions[event.seat] = PlannedAction(event.action, event.call_krw)


def _pre_action_cancelled(state: TableState, event: e.PreActionCancelled) -> None:
    running(state).pre_actions.pop(event.seat, None)


def _acted(state: TableState, seat: int) -> HandState:
    """The turn is over, and so is what was planned for it."""
    hand = running(state)
    hand.turn = None
    hand.street_open = True
    hand.pre_actions.pop(seat, None)
    return hand


def _player_folded(state: TableState, event: e.PlayerFolded) -> None:
    _acted(state, event.seat).betting.fold()


def _player_checked(state: TableState, event: e.PlayerChecked | e.PlayerCalled) -> None:
    _acted(state, event.seat).betting.check_or_call()


def _player_raised(state: TableState, event: e.PlayerBet | e.PlayerRaised) -> None:
    _acted(state, event.seat).betting.complete_bet_or_raise_to(event.bet_krw)


def _uncalled_bet_returned(state: TableState, event: e.UncalledBetReturned) -> None:
    hand = running(state)
    hand.betting.return_uncalled(hand.index(event.seat), event.amount_krw)


def _bets_collected(state: TableState, event: e.BetsCollected) -> None:
    hand = running(state)
    hand.pots = event.pots
    hand.street_open = False
    hand.betting.collect_bets()


def _street_dealt(state: TableState, event: e.StreetDealt) -> None:
    hand = running(state)
    if event.board == 2:
        hand.second_board += event.cards
        return
    hand.street = event.street
    hand.board += event.cards
    hand.betting.deal_board(parse_cards(event.cards))


def _run_it_twice_offered(state: TableState, event: e.RunItTwiceOffered) -> None:
    running(state).consent = Consent(event.seats, event.deadline_ms)


def _run_it_twice_answered(state: TableState, event: e.RunItTwiceAnswered) -> None:
    hand = running(state)
    if hand.consent is not None and event.agreed:
        hand.consent = replace(hand.consent, agreed=(*hand.consent.agreed, event.seat))


def _run_it_twice_agreed(state: TableState, event: e.RunItTwiceAgreed) -> None:
    hand = running(state)
    hand.consent = None
    hand.runs = 2
    hand.second_board = hand.board


def _run_it_twice_declined(state: TableState, event: e.RunItTwiceDeclined) -> None:
    hand = running(state)
    hand.consent = None
    hand.runs = 1


def _hand_shown(state: TableState, event: e.HandShown) -> None:
    hand = running(state)
    hand.shown |= {event.seat}
    hand.betting.show(hand.index(event.seat))


def _hand_mucked(state: TableState, event: e.HandMucked) -> None:
    hand = running(state)
    hand.betting.muck(hand.index(event.seat))


def _rake_taken(state: TableState, event: e.RakeTaken) -> None:
    running(state).rake_krw = event.amount_krw


def _pot_awarded(state: TableState, event: e.PotAwarded) -> None:
    hand = running(state)
    for part in event.shares:
        hand.awarded_krw[hand.index(part.seat)] += part.amount_krw


HAND: dict[type[e.Event], Callable[[TableState, Any], None]] = {
    e.HandStarted: _hand_started,
    e.DeckDealt: _deck_dealt,
    e.AntePosted: _ante_posted,
    e.BlindPosted: _blind_posted,
    e.DeadBlindPosted: _dead_blind_posted,
    e.HoleCardsDealt: _hole_cards_dealt,
    e.TurnStarted: _turn_started,
    e.ExtraTimeStarted: _extra_time_started,
    e.ExtraTimeUsed: _extra_time_used,
    e.PreActionSet: _pre_action_set,
    e.PreActionCancelled: _pre_action_cancelled,
    e.PlayerFolded: _player_folded,
    e.PlayerChecked: _player_checked,
    e.PlayerCalled: _player_checked,
    e.PlayerBet: _player_raised,
    e.PlayerRaised: _player_raised,
    e.UncalledBetReturned: _uncalled_bet_returned,
    e.BetsCollected: _bets_collected,
    e.StreetDealt: _street_dealt,
    e.RunItTwiceOffered: _run_it_twice_offered,
    e.RunItTwiceAnswered: _run_it_twice_answered,
    e.RunItTwiceAgreed: _run_it_twice_agreed,
    e.RunItTwiceDeclined: _run_it_twice_declined,
    e.HandShown: _hand_shown,
    e.HandMucked: _hand_mucked,
    e.RakeTaken: _rake_taken,
    e.PotAwarded: _pot_awarded,
}
