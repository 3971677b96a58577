"""How an event changes what a watcher sees.

`fold(view, event)` is what every client does with an event, so `fold` of an old snapshot over the
public events since is the new snapshot.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tables.engine import events as e
from tables.engine.events import DealtIn
from tables.engine.view import ChoiceView, HandView, SeatView, TableView, TurnView, WaiterView


def fold(view: TableView, event: e.Event) -> TableView:
    """The view after `event`; `view` itself stays as it was. Events that are not public change
    nothing."""
    change = _FOLD.get(type(event))
    return view if change is None else change(view, event)


def _seat(view: TableView, number: int) -> SeatView:
    return next(seat for seat in view.seats if seat.seat == number)


def _with_seat(view: TableView, number: int, **changes: Any) -> TableView:
    seats = tuple(replace(seat, **changes) if seat.seat == number else seat for seat in view.seats)
    return replace(view, seats=seats)


def _with_hand(view: TableView, **changes: Any) -> TableView:
    assert view.hand is not None
    return replace(view, hand=replace(view.hand, **changes))


def _without_seat(view: TableView, number: int) -> TableView:
    return replace(view, seats=tuple(seat for seat in view.seats if seat.seat != number))


def _seat_reserved(view: TableView, event: e.SeatReserved) -> TableView:
    seat = SeatView(
        event.seat, event.user_id, event.nickname, event.is_bot, stack_krw=0, status="reserved"
    )
    seats = sorted((*view.seats, seat), key=lambda seat: seat.seat)
    waiting = tuple(waiter for waiter in view.waiting if waiter.user_id != event.user_id)
    return replace(view, seats=tuple(seats), waiting=waiting)


def _seat_changed(view: TableView, event: e.SeatChanged) -> TableView:
    view = _with_seat(view, event.seat, seat=event.to_seat, moves_to=None, new=True)
    return replace(view, seats=tuple(sorted(view.seats, key=lambda seat: seat.seat)))


def _player_sat_out(view: TableView, event: e.PlayerSatOut) -> TableView:
    changes = {"status": "sitting_out", "removed_at_ms": event.removed_at_ms}
    return _with_seat(view, event.seat, **changes)


# The line for a seat


def _seat_offered(view: TableView, event: e.SeatOffered) -> TableView:
    waiting = tuple(
        replace(waiter, seat=event.seat, deadline_ms=event.deadline_ms)
        if waiter.user_id == event.user_id
        else waiter
        for waiter in view.waiting
    )
    return replace(view, waiting=waiting)


def _waiting_list_left(view: TableView, event: e.WaitingListLeft) -> TableView:
    waiting = tuple(waiter for waiter in view.waiting if waiter.user_id != event.user_id)
    return replace(view, waiting=waiting)


# The house


def _clocks_moved(view: TableView, event: e.ClocksMoved) -> TableView:
    """Every running deadline is later."""

    def later(at_ms: int | None) -> int | None:
        return None if at_ms is None else at_ms + event.by_ms

    seats = tuple(replace(seat, removed_at_ms=later(seat.removed_at_ms)) for seat in view.seats)
    waiting = tuple(replace(w, deadline_ms=later(w.deadline_ms)) for w in view.waiting)
    hand = view.hand
    if hand is not None:
        turn, choice = hand.turn, hand.choice
        if turn is not None:
            turn = replace(turn, deadline_ms=turn.deadline_ms + event.by_ms)
        if choice is not None:
            choice = replace(choice, deadline_ms=choice.deadline_ms + event.by_ms)
        hand = replace(hand, turn=turn, choice=choice)
    at_ms = later(view.next_hand_at_ms)
    return replace(view, seats=seats, waiting=waiting, hand=hand, next_hand_at_ms=at_ms)


# A hand


def _hand_started(view: TableView, event: e.HandStarted) -> TableView:
    players = {player.seat: player for player in event.players}
    seats = tuple(_dealt(view, seat, players.get(seat.seat)) for seat in view.seats)
    hand = HandView(
        hand_id=event.hand_id,
        hand_no=event.hand_no,
        button_seat=event.button_seat,
        small_blind_seat=event.small_blind_seat,
        big_blind_seat=event.big_blind_seat,
        street="preflop",
        board=(),
        pot_krw=0,
        pots=(),
        turn=None,
        finished=False,
        bomb_pot=event.bomb_pot,
    )
    return replace(
        view, seats=seats, hand=hand, button_seat=event.button_seat, next_hand_at_ms=None
    )


def _dealt(view: TableView, seat: SeatView, player: DealtIn | None) -> SeatView:
    """A seat when a hand starts: dealt in with nothing owed any more, or not."""
    clean = replace(seat, in_hand=False, folded=False, all_in=False, bet_krw=0, cards=None)
    if player is None:
        return clean
    bank = min(view.config.time_bank_ms, seat.time_bank_ms + view.config.time_bank_refill_ms)
    return replace(
        clean,
        in_hand=True,
        stack_krw=player.stack_krw,
        new=False,
        owes_small_blind=False,
        owes_big_blind=False,
        time_bank_ms=bank,
    )


def _blind_posted(view: TableView, event: e.BlindPosted) -> TableView:
    view = _put_in(view, event.seat, event.amount_krw, event.all_in)
    return _with_hand(view, straddle_seat=event.seat) if event.kind == "straddle" else view


def _put_in(
    view: TableView, number: int, amount_krw: int, all_in: bool, *, dead: bool = False
) -> TableView:
    """Chips go from a stack into the pot; antes and dead blinds do not stand before the seat."""
    assert view.hand is not None
    seat = _seat(view, number)
    view = _with_hand(view, pot_krw=view.hand.pot_krw + amount_krw, turn=None)
    return _with_seat(
        view,
        number,
        stack_krw=seat.stack_krw - amount_krw,
        bet_krw=seat.bet_krw + (0 if dead else amount_krw),
        all_in=all_in,
    )


def _extra_time_started(view: TableView, event: e.ExtraTimeStarted) -> TableView:
    assert view.hand is not None
    assert view.hand.turn is not None
    turn = replace(view.hand.turn, deadline_ms=event.deadline_ms, extra_time=event.kind)
    return _with_hand(view, turn=turn)


def _extra_time_used(view: TableView, event: e.ExtraTimeUsed) -> TableView:
    assert view.hand is not None
    if view.hand.turn is not None:
        view = _with_hand(view, turn=replace(view.hand.turn, extra_time=None))
    if event.kind != "time_bank":
        return view
    return _with_seat(view, event.seat, time_bank_ms=event.left_ms)


def _player_folded(view: TableView, event: e.PlayerFolded) -> TableView:
    return _with_seat(_with_hand(view, turn=None), event.seat, folded=True)


def _uncalled_bet_returned(view: TableView, event: e.UncalledBetReturned) -> TableView:
    return _put_in(view, event.seat, -event.amount_krw, all_in=False)


def _bets_collected(view: TableView, event: e.BetsCollected) -> TableView:
    seats = tuple(replace(seat, bet_krw=0) for seat in view.seats)
    return replace(_with_hand(view, pots=event.pots), seats=seats)


def _street_dealt(view: TableView, event: e.StreetDealt) -> TableView:
    assert view.hand is not None
    if event.board == 2:
        return _with_hand(view, second_board=view.hand.second_board + event.cards)
    return _with_hand(view, street=event.street, board=view.hand.board + event.cards)


def _run_it_twice_offered(view: TableView, event: e.RunItTwiceOffered) -> TableView:
    choice = ChoiceView("run_it_twice", event.seats, (), event.deadline_ms)
    return _with_hand(view, choice=choice)


def _answered(view: TableView, event: e.RunItTwiceAnswered | e.RabbitHuntAnswered) -> TableView:
    assert view.hand is not None
    choice = view.hand.choice
    if choice is None or not event.agreed:
        return view
    return _with_hand(view, choice=replace(choice, agreed=(*choice.agreed, event.seat)))


def _run_it_twice_agreed(view: TableView, event: e.RunItTwiceAgreed) -> TableView:
    assert view.hand is not None
    return _with_hand(view, choice=None, second_board=view.hand.board)


def _rabbit_hunt_asked(view: TableView, event: e.RabbitHuntAsked) -> TableView:
    choice = ChoiceView("rabbit_hunt", event.seats, (), event.deadline_ms)
    return _with_hand(view, choice=choice)


def _pot_awarded(view: TableView, event: e.PotAwarded) -> TableView:
    for part in event.shares:
        stack = _seat(view, part.seat).stack_krw + part.amount_krw
        view = _with_seat(view, part.seat, stack_krw=stack)
    return view


def _hand_finished(view: TableView, event: e.HandFinished) -> TableView:
    for result in event.results:
        view = _with_seat(view, result.seat, stack_krw=result.stack_krw, all_in=False)
    return _with_hand(view, turn=None, choice=None, finished=True)


def _table_reconfigured(view: TableView, event: e.TableReconfigured) -> TableView:
    button = view.button_seat if event.config.seats >= view.config.seats else None
    return replace(view, config=event.config, closed=False, button_seat=button)


def _hand_voided(view: TableView, event: e.HandVoided) -> TableView:
    """Nothing of a void hand stays visible, and what was owed before it is owed again."""
    clean = {"in_hand": False, "folded": False, "all_in": False, "bet_krw": 0, "cards": None}
    for result in event.results:
        view = _with_seat(view, result.seat, stack_krw=result.stack_krw, **clean)
    for debts in event.debts:
        owed = {"owes_small_blind": debts.small, "owes_big_blind": debts.big}
        view = _with_seat(view, debts.seat, new=debts.new, **owed)
    return replace(view, hand=None, button_seat=event.button_seat)


_FOLD: dict[type[e.Event], Callable[[TableView, Any], TableView]] = {
    e.SeatReserved: _seat_reserved,
    e.ReservationCancelled: lambda view, event: _without_seat(view, event.seat),
    e.SeatTaken: lambda view, event: _with_seat(
        view,
        event.seat,
        stack_krw=event.stack_krw,
        status="active",
        time_bank_ms=view.config.time_bank_ms,
    ),
    e.TopUpRequested: lambda view, event: _with_seat(view, event.seat, top_up_krw=event.amount_krw),
    e.TopUpCancelled: lambda view, event: _with_seat(view, event.seat, top_up_krw=0),
    e.TopUpReturned: lambda view, event: _with_seat(view, event.seat, top_up_krw=0),
    e.ChipsAdded: lambda view, event: _with_seat(
        view, event.seat, stack_krw=event.stack_krw, top_up_krw=0
    ),
    e.PlayerSatOut: _player_sat_out,
    e.PlayerSatIn: lambda view, event: _with_seat(
        view, event.seat, status="active", removed_at_ms=None
    ),
    e.BlindsMissed: lambda view, event: _with_seat(
        view, event.seat, owes_small_blind=event.small, owes_big_blind=event.big
    ),
    e.SeatChangeRequested: lambda view, event: _with_seat(view, event.seat, moves_to=event.to_seat),
    e.SeatChangeCancelled: lambda view, event: _with_seat(view, event.seat, moves_to=None),
    e.SeatChanged: _seat_changed,
    e.WaitingListJoined: lambda view, event: replace(
        view, waiting=(*view.waiting, WaiterView(event.user_id, event.nickname))
    ),
    e.SeatOffered: _seat_offered,
    e.WaitingListLeft: _waiting_list_left,
    e.ClocksMoved: _clocks_moved,
    e.LeaveRequested: lambda view, event: _with_seat(view, event.seat, leaving=True),
    e.SeatLeft: lambda view, event: _without_seat(view, event.seat),
    e.PlayerConnected: lambda view, event: _with_seat(view, event.seat, connected=True),
    e.PlayerDisconnected: lambda view, event: _with_seat(view, event.seat, connected=False),
    e.TableReconfigured: _table_reconfigured,
    e.TableClosed: lambda view, event: replace(view, closed=True),
    e.HandScheduled: lambda view, event: replace(view, next_hand_at_ms=event.at_ms),
    e.HandStarted: _hand_started,
    e.AntePosted: lambda view, event: _put_in(
        view, event.seat, event.amount_krw, event.all_in, dead=True
    ),
    e.BlindPosted: _blind_posted,
    e.DeadBlindPosted: lambda view, event: _put_in(
        view, event.seat, event.amount_krw, event.all_in, dead=True
    ),
    e.TurnStarted: lambda view, event: _with_hand(view, turn=TurnView.of(event)),
    e.ExtraTimeStarted: _extra_time_started,
    e.ExtraTimeUsed: _extra_time_used,
    e.PlayerFolded: _player_folded,
    e.PlayerChecked: lambda view, event: _with_hand(view, turn=None),
    e.PlayerCalled: lambda view, event: _put_in(view, event.seat, event.amount_krw, event.all_in),
    e.PlayerBet: lambda view, event: _put_in(view, event.seat, event.amount_krw, event.all_in),
    e.PlayerRaised: lambda view, event: _put_in(view, event.seat, event.amount_krw, event.all_in),
    e.UncalledBetReturned: _uncalled_bet_returned,
    e.BetsCollected: _bets_collected,
    e.StreetDealt: _street_dealt,
    e.RunItTwiceOffered: _run_it_twice_offered,
    e.RunItTwiceAnswered: _answered,
    e.RunItTwiceAgreed: _run_it_twice_agreed,
    e.RunItTwiceDeclined: lambda view, event: _with_hand(view, choice=None),
    e.HandShown: lambda view, event: _with_seat(view, event.seat, cards=event.cards),
    e.HandMucked: lambda view, event: _with_seat(view, event.seat, folded=True),
    e.PotAwarded: _pot_awarded,
    e.HandFinished: _hand_finished,
    e.HandVoided: _hand_voided,
    e.RabbitHuntAsked: _rabbit_hunt_asked,
    e.RabbitHuntAnswered: _answered,
    e.RabbitHuntDeclined: lambda view, event: _with_hand(view, choice=None),
    e.RabbitHuntShown: lambda view, event: _with_hand(view, choice=None, rabbit=event.cards),
}
