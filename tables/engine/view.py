"""What a watcher of a table sees, and how events change it.

`TableView` is the snapshot of the wire protocol. `fold(view, event)` is what every client does with
an event, so `fold` of an old snapshot over the public events since is the new snapshot. Nothing
hidden is ever in a view: a seat's own hole cards travel apart, to their owner alone.
"""

from collections.abc import Callable
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from tables.engine import events as e
from tables.engine.config import TableConfig
from tables.engine.events import Pot, Street


class SeatView(msgspec.Struct):
    """One occupied (or reserved) seat.

    `stack_krw` is what is behind; `bet_krw` what is in front, this street. `in_hand` stays true for
    the whole hand of a player who was dealt in; `folded` says who is out of it. `cards` are the
    cards that are open for everyone.
    """

    seat: int
    user_id: int
    nickname: str
    is_bot: bool
    stack_krw: int
    status: Literal["reserved", "active", "sitting_out"]
    connected: bool = True
    leaving: bool = False
    top_up_krw: int = 0
    in_hand: bool = False
    folded: bool = False
    all_in: bool = False
    bet_krw: int = 0
    cards: tuple[str, str] | None = None


class TurnView(msgspec.Struct):
    """Who is asked, and everything legal; see `events.TurnStarted`."""

    seat: int
    turn: int
    call_krw: int
    min_raise_to_krw: int | None
    max_raise_to_krw: int | None
    deadline_ms: int

    @classmethod
    def of(cls, event: e.TurnStarted) -> "TurnView":
        return cls(
            event.seat,
            event.turn,
            event.call_krw,
            event.min_raise_to_krw,
            event.max_raise_to_krw,
            event.deadline_ms,
        )


class HandView(msgspec.Struct):
    """The running hand, or the last one until the next starts (`finished`).

    `pot_krw` is all that was bet in the hand so far, the bets in front of the seats included;
    `pots` are main and side pots as of the last finished street.
    """

    hand_id: str
    hand_no: int
    button_seat: int
    small_blind_seat: int | None
    big_blind_seat: int
    street: Street
    board: tuple[str, ...]
    pot_krw: int
    pots: tuple[Pot, ...]
    turn: TurnView | None
    finished: bool


class TableView(msgspec.Struct):
    """A table as everyone sees it. `seats` are the occupied ones, by seat number."""

    table_id: int
    config: TableConfig
    closed: bool
    button_seat: int | None
    next_hand_at_ms: int | None
    seats: tuple[SeatView, ...]
    hand: HandView | None


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
    return replace(view, seats=tuple(seats))


def _hand_started(view: TableView, event: e.HandStarted) -> TableView:
    stacks = {player.seat: player.stack_krw for player in event.players}
    seats = tuple(
        replace(
            seat,
            stack_krw=stacks.get(seat.seat, seat.stack_krw),
            in_hand=seat.seat in stacks,
            folded=False,
            all_in=False,
            bet_krw=0,
            cards=None,
        )
        for seat in view.seats
    )
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
    )
    return replace(
        view, seats=seats, hand=hand, button_seat=event.button_seat, next_hand_at_ms=None
    )


def _put_in(
    view: TableView, number: int, amount_krw: int, all_in: bool, *, ante: bool = False
) -> TableView:
    """Chips go from a stack into the pot; an ante does not stand in front of the seat."""
    assert view.hand is not None
    seat = _seat(view, number)
    view = _with_hand(view, pot_krw=view.hand.pot_krw + amount_krw, turn=None)
    return _with_seat(
        view,
        number,
        stack_krw=seat.stack_krw - amount_krw,
        bet_krw=seat.bet_krw + (0 if ante else amount_krw),
        all_in=all_in,
    )


def _clock_resumed(view: TableView, event: e.ClockResumed) -> TableView:
    assert view.hand is not None
    assert view.hand.turn is not None
    return _with_hand(view, turn=replace(view.hand.turn, deadline_ms=event.deadline_ms))


def _player_folded(view: TableView, event: e.PlayerFolded) -> TableView:
    return _with_seat(_with_hand(view, turn=None), event.seat, folded=True)


def _uncalled_bet_returned(view: TableView, event: e.UncalledBetReturned) -> TableView:
    return _put_in(view, event.seat, -event.amount_krw, all_in=False)


def _bets_collected(view: TableView, event: e.BetsCollected) -> TableView:
    seats = tuple(replace(seat, bet_krw=0) for seat in view.seats)
    return replace(_with_hand(view, pots=event.pots), seats=seats)


def _street_dealt(view: TableView, event: e.StreetDealt) -> TableView:
    assert view.hand is not None
    return _with_hand(view, street=event.street, board=view.hand.board + event.cards)


def _pot_awarded(view: TableView, event: e.PotAwarded) -> TableView:
    for part in event.shares:
        stack = _seat(view, part.seat).stack_krw + part.amount_krw
        view = _with_seat(view, part.seat, stack_krw=stack)
    return view


def _hand_finished(view: TableView, event: e.HandFinished) -> TableView:
    for result in event.results:
        view = _with_seat(view, result.seat, stack_krw=result.stack_krw, all_in=False)
    return _with_hand(view, turn=None, finished=True)


def _hand_voided(view: TableView, event: e.HandVoided) -> TableView:
    """Nothing of a void hand stays visible."""
    clean = {"in_hand": False, "folded": False, "all_in": False, "bet_krw": 0, "cards": None}
    for result in event.results:
        view = _with_seat(view, result.seat, stack_krw=result.stack_krw, **clean)
    return replace(view, hand=None)


_FOLD: dict[type[e.Event], Callable[[TableView, Any], TableView]] = {
    e.SeatReserved: _seat_reserved,
    e.ReservationCancelled: lambda view, event: _without_seat(view, event.seat),
    e.SeatTaken: lambda view, event: _with_seat(
        view, event.seat, stack_krw=event.stack_krw, status="active"
    ),
    e.TopUpRequested: lambda view, event: _with_seat(view, event.seat, top_up_krw=event.amount_krw),
    e.TopUpCancelled: lambda view, event: _with_seat(view, event.seat, top_up_krw=0),
    e.ChipsAdded: lambda view, event: _with_seat(
        view, event.seat, stack_krw=event.stack_krw, top_up_krw=0
    ),
    e.PlayerSatOut: lambda view, event: _with_seat(view, event.seat, status="sitting_out"),
    e.PlayerSatIn: lambda view, event: _with_seat(view, event.seat, status="active"),
    e.LeaveRequested: lambda view, event: _with_seat(view, event.seat, leaving=True),
    e.SeatLeft: lambda view, event: _without_seat(view, event.seat),
    e.PlayerConnected: lambda view, event: _with_seat(view, event.seat, connected=True),
    e.PlayerDisconnected: lambda view, event: _with_seat(view, event.seat, connected=False),
    e.TableReconfigured: lambda view, event: replace(view, config=event.config, closed=False),
    e.TableClosed: lambda view, event: replace(view, closed=True),
    e.HandScheduled: lambda view, event: replace(view, next_hand_at_ms=event.at_ms),
    e.HandStarted: _hand_started,
    e.AntePosted: lambda view, event: _put_in(
        view, event.seat, event.amount_krw, event.all_in, ante=True
    ),
    e.BlindPosted: lambda view, event: _put_in(view, event.seat, event.amount_krw, event.all_in),
    e.TurnStarted: lambda view, event: _with_hand(view, turn=TurnView.of(event)),
    e.ClockResumed: _clock_resumed,
    e.PlayerFolded: _player_folded,
    e.PlayerChecked: lambda view, event: _with_hand(view, turn=None),
    e.PlayerCalled: lambda view, event: _put_in(view, event.seat, event.amount_krw, event.all_in),
    e.PlayerBet: lambda view, event: _put_in(view, event.seat, event.amount_krw, event.all_in),
    e.PlayerRaised: lambda view, event: _put_in(view, event.seat, event.amount_krw, event.all_in),
    e.UncalledBetReturned: _uncalled_bet_returned,
    e.BetsCollected: _bets_collected,
    e.StreetDealt: _street_dealt,
    e.HandShown: lambda view, event: _with_seat(view, event.seat, cards=event.cards),
    e.HandMucked: lambda view, event: _with_seat(view, event.seat, folded=True),
    e.PotAwarded: _pot_awarded,
    e.HandFinished: _hand_finished,
    e.HandVoided: _hand_voided,
}
