"""What each event does to a table's state.

`APPLY` changes a fork in place; `apply` is the public, pure form of it.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tables.engine import events as e
from tables.engine.betting import Betting
from tables.engine.cards import parse_cards
from tables.engine.config import TableConfig
from tables.engine.state import HandState, LastHand, SatOut, Seat, TableState, TopUp


def apply(state: TableState, event: e.Event) -> TableState:
    """The state after `event`; `state` itself stays as it was."""
    after = state.fork()
    APPLY[type(event)](after, event)
    return after


def running(state: TableState) -> HandState:
    """The running hand of a state that has one."""
    assert state.hand is not None, "no hand is running"
    return state.hand


def _change(state: TableState, seat: int, **changes: Any) -> None:
    state.seats[seat] = replace(state.seats[seat], **changes)


# Seats


def _seat_reserved(state: TableState, event: e.SeatReserved) -> None:
    state.seats[event.seat] = Seat(
        seat=event.seat,
        user_id=event.user_id,
        nickname=event.nickname,
        is_bot=event.is_bot,
        buy_in_id=event.buy_in_id,
        reserved_krw=event.amount_krw,
        expires_ms=event.expires_ms,
    )


def _reservation_cancelled(state: TableState, event: e.ReservationCancelled) -> None:
    del state.seats[event.seat]


def _seat_taken(state: TableState, event: e.SeatTaken) -> None:
    _change(state, event.seat, stack_krw=event.stack_krw, reserved_krw=0, expires_ms=None)


def _top_up_requested(state: TableState, event: e.TopUpRequested) -> None:
    _change(state, event.seat, top_up=TopUp(event.top_up_id, event.amount_krw))


def _top_up_cancelled(state: TableState, event: e.TopUpCancelled) -> None:
    _change(state, event.seat, top_up=None)


def _top_up_confirmed(state: TableState, event: e.TopUpConfirmed) -> None:
    _change(state, event.seat, top_up=TopUp(event.top_up_id, event.amount_krw, confirmed=True))


def _chips_added(state: TableState, event: e.ChipsAdded) -> None:
    _change(state, event.seat, stack_krw=event.stack_krw, top_up=None)


def _player_sat_out(state: TableState, event: e.PlayerSatOut) -> None:
    _change(state, event.seat, sat_out=SatOut(event.reason, event.removed_at_ms))


def _player_sat_in(state: TableState, event: e.PlayerSatIn) -> None:
    _change(state, event.seat, sat_out=None)


def _leave_requested(state: TableState, event: e.LeaveRequested) -> None:
    _change(state, event.seat, leaving=True)


def _seat_left(state: TableState, event: e.SeatLeft) -> None:
    del state.seats[event.seat]


def _player_connected(state: TableState, event: e.PlayerConnected) -> None:
    _change(state, event.seat, connected=True)


def _player_disconnected(state: TableState, event: e.PlayerDisconnected) -> None:
    _change(state, event.seat, connected=False)


def _chat_posted(state: TableState, event: e.ChatPosted) -> None:
    """Chat is not part of the table's state."""


def _table_reconfigured(state: TableState, event: e.TableReconfigured) -> None:
    state.config = event.config
    state.closed = False


def _table_closed(state: TableState, event: e.TableClosed) -> None:
    state.closed = True


def _hand_scheduled(state: TableState, event: e.HandScheduled) -> None:
    state.next_hand_at_ms = event.at_ms


# A hand


def _hand_started(state: TableState, event: e.HandStarted) -> None:
    for number, seat in state.seats.items():
        if seat.last_hand is not None:
            _change(state, number, last_hand=None)
    state.hand = HandState(
        hand_id=event.hand_id,
        hand_no=event.hand_no,
        button_seat=event.button_seat,
        small_blind_seat=event.small_blind_seat,
        big_blind_seat=event.big_blind_seat,
        players=event.players,
        started_ms=event.at_ms,
        betting=open_betting(state.config, event.players),
        awarded_krw=[0] * len(event.players),
    )
    state.hand_no = event.hand_no
    state.button_seat = event.button_seat
    state.big_blind_user_id = state.seats[event.big_blind_seat].user_id
    state.next_hand_at_ms = None
    state.last_hand = None


def open_betting(config: TableConfig, players: tuple[e.DealtIn, ...]) -> Betting:
    """The betting of a hand that nobody has posted for yet."""
    return Betting.open(
        stacks_krw=[player.stack_krw for player in players],
        blinds_krw=(config.small_blind_krw, config.big_blind_krw),
        ante_krw=config.ante_krw,
    )


def _deck_dealt(state: TableState, event: e.DeckDealt) -> None:
    running(state).deck = event.deck


def _ante_posted(state: TableState, event: e.AntePosted) -> None:
    hand = running(state)
    hand.street_open = True
    hand.betting.post_ante(hand.index(event.seat))


def _blind_posted(state: TableState, event: e.BlindPosted) -> None:
    hand = running(state)
    hand.betting.post_blind_or_straddle(hand.index(event.seat))
    hand.street_open = True


def _hole_cards_dealt(state: TableState, event: e.HoleCardsDealt) -> None:
    hand = running(state)
    hand.hole[event.seat] = event.cards
    hand.betting.deal_hole(parse_cards(event.cards), hand.index(event.seat))


def _turn_started(state: TableState, event: e.TurnStarted) -> None:
    hand = running(state)
    hand.turn = event
    hand.turns = event.turn
    hand.street_open = True


def _clock_resumed(state: TableState, event: e.ClockResumed) -> None:
    hand = running(state)
    assert hand.turn is not None
    hand.turn = replace(hand.turn, deadline_ms=event.deadline_ms)


def _player_folded(state: TableState, event: e.PlayerFolded) -> None:
    hand = running(state)
    hand.turn = None
    hand.street_open = True
    hand.betting.fold()


def _player_checked(state: TableState, event: e.PlayerChecked | e.PlayerCalled) -> None:
    hand = running(state)
    hand.turn = None
    hand.street_open = True
    hand.betting.check_or_call()


def _player_raised(state: TableState, event: e.PlayerBet | e.PlayerRaised) -> None:
    hand = running(state)
    hand.turn = None
    hand.street_open = True
    hand.betting.complete_bet_or_raise_to(event.bet_krw)


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
    hand.street = event.street
    hand.board += event.cards
    hand.betting.deal_board(parse_cards(event.cards))


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


def _hand_finished(state: TableState, event: e.HandFinished) -> None:
    hand = running(state)
    for index, result in enumerate(event.results):
        cards = hand.hole[result.seat] if result.seat in hand.shown else None
        marks = LastHand(folded=not hand.betting.statuses[index], cards=cards)
        _change(state, result.seat, stack_krw=result.stack_krw, last_hand=marks)
    state.last_hand = hand.view(finished=True)
    state.hand = None


def _hand_voided(state: TableState, event: e.HandVoided) -> None:
    state.hand = None


APPLY: dict[type[e.Event], Callable[[TableState, Any], None]] = {
    e.SeatReserved: _seat_reserved,
    e.ReservationCancelled: _reservation_cancelled,
    e.SeatTaken: _seat_taken,
    e.TopUpRequested: _top_up_requested,
    e.TopUpCancelled: _top_up_cancelled,
    e.TopUpConfirmed: _top_up_confirmed,
    e.ChipsAdded: _chips_added,
    e.PlayerSatOut: _player_sat_out,
    e.PlayerSatIn: _player_sat_in,
    e.LeaveRequested: _leave_requested,
    e.SeatLeft: _seat_left,
    e.PlayerConnected: _player_connected,
    e.PlayerDisconnected: _player_disconnected,
    e.ChatPosted: _chat_posted,
    e.TableReconfigured: _table_reconfigured,
    e.TableClosed: _table_closed,
    e.HandScheduled: _hand_scheduled,
    e.HandStarted: _hand_started,
    e.DeckDealt: _deck_dealt,
    e.AntePosted: _ante_posted,
    e.BlindPosted: _blind_posted,
    e.HoleCardsDealt: _hole_cards_dealt,
    e.TurnStarted: _turn_started,
    e.ClockResumed: _clock_resumed,
    e.PlayerFolded: _player_folded,
    e.PlayerChecked: _player_checked,
    e.PlayerCalled: _player_checked,
    e.PlayerBet: _player_raised,
    e.PlayerRaised: _player_raised,
    e.UncalledBetReturned: _uncalled_bet_returned,
    e.BetsCollected: _bets_collected,
    e.StreetDealt: _street_dealt,
    e.HandShown: _hand_shown,
    e.HandMucked: _hand_mucked,
    e.RakeTaken: _rake_taken,
    e.PotAwarded: _pot_awarded,
    e.HandFinished: _hand_finished,
    e.HandVoided: _hand_voided,
}
