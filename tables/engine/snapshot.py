"""What of a table's state may be seen: by everyone, and by one player."""

from typing import Literal

from tables.engine.events import Event, HoleCardsDealt, OptionsSet, PreActionSet
from tables.engine.hand import HandState
from tables.engine.seat import Seat
from tables.engine.state import TableState
from tables.engine.view import SeatView, TableView, WaiterView


def public_view(state: TableState) -> TableView:
    """The table as everyone sees it; nothing hidden is in it."""
    hand = state.hand
    return TableView(
        table_id=state.table_id,
        config=state.config,
        closed=state.closed,
        button_seat=state.button_seat,
        next_hand_at_ms=state.next_hand_at_ms,
        seats=tuple(_seat_view(seat, hand) for _, seat in sorted(state.seats.items())),
        hand=state.last_hand if hand is None else hand.view(finished=False),
        waiting=tuple(
            WaiterView(waiter.user_id, waiter.nickname, waiter.seat, waiter.deadline_ms)
            for waiter in state.waiting
        ),
    )


def _seat_view(seat: Seat, hand: HandState | None) -> SeatView:
    status: Literal["reserved", "active", "sitting_out"] = "active"
    if seat.is_reserved:
        status = "reserved"
    elif seat.sat_out is not None:
        status = "sitting_out"
    last = seat.last_hand
    view = SeatView(
        seat=seat.seat,
        user_id=seat.user_id,
        nickname=seat.nickname,
        is_bot=seat.is_bot,
        stack_krw=seat.stack_krw,
        status=status,
        connected=seat.connected,
        leaving=seat.leaving,
        top_up_krw=0 if seat.top_up is None else seat.top_up.amount_krw,
        in_hand=last is not None,
        folded=last is not None and last.folded,
        cards=None if last is None else last.cards,
        new=seat.debts.new,
        owes_small_blind=seat.debts.small,
        owes_big_blind=seat.debts.big,
        moves_to=seat.moves_to,
        removed_at_ms=None if seat.sat_out is None else seat.sat_out.removed_at_ms,
        time_bank_ms=seat.time_bank_ms,
    )
    if hand is not None and hand.plays(seat.seat):
        _add_hand(view, hand)
    return view


def _add_hand(view: SeatView, hand: HandState) -> None:
    """What the running hand shows at a seat that plays in it."""
    betting, index = hand.betting, hand.index(view.seat)
    view.in_hand = True
    view.folded = not betting.statuses[index]
    view.all_in = betting.stacks[index] == 0
    view.bet_krw = betting.bets[index]
    view.stack_krw = betting.stacks[index] + hand.awarded_krw[index]
    view.cards = hand.hole[view.seat] if view.seat in hand.shown else None


def private_events(state: TableState, user_id: int) -> list[Event]:
    """What only this player may see now, as the events that said so: options, the own cards in the
    running hand (also after folding), and the planned action."""
    events: list[Event] = []
    seat = state.seat_of(user_id)
    if seat is not None and not seat.is_reserved:
        events.append(OptionsSet(seat.seat, seat.options))
    hand = state.hand
    if hand is None:
        return events
    for player in hand.players:
        if player.user_id == user_id and player.seat in hand.hole:
            events.append(HoleCardsDealt(player.seat, hand.hole[player.seat]))
            planned = hand.pre_actions.get(player.seat)
            if planned is not None:
                events.append(PreActionSet(player.seat, planned.action, planned.call_krw))
    return events
