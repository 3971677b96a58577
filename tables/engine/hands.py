"""A hand from the first turn to the last bet."""

from tables.engine.commands import Act, Action, VoidHand
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import (
    BetsCollected,
    HandShown,
    HandVoided,
    Owed,
    PlayerBet,
    PlayerCalled,
    PlayerChecked,
    PlayerFolded,
    PlayerRaised,
    PlayerSatOut,
    Pot,
    Result,
    Street,
    StreetDealt,
    TurnStarted,
    UncalledBetReturned,
)
from tables.engine.extra_time import stop_extra_time
from tables.engine.hand import HandState
from tables.engine.housekeeping import keep_house
from tables.engine.pots import split_pots
from tables.engine.preactions import cancel_all, cancel_stale, planned_action
from tables.engine.runouts import deal_second_board, settle_runs
from tables.engine.showdown import finish_hand, show_down
from tables.engine.state import TableState

_STREETS: tuple[tuple[Street, int, int], ...] = (
    ("preflop", 0, 0),
    ("flop", 0, 3),
    ("turn", 3, 4),
    ("river", 4, 5),
)


def act(state: TableState, command: Act, now_ms: int) -> Decision:
    """A player's answer to the running turn."""
    hand = state.hand
    if hand is None or hand.hand_id != command.hand_id or hand.turn is None:
        raise Refused("hand_over")
    turn = hand.turn
    if turn.turn != command.turn:
        raise Refused("stale_turn", turn=turn.turn)
    if state.seats[turn.seat].user_id != command.user_id:
        raise Refused("not_your_turn" if state.seat_of(command.user_id) else "not_seated")
    _verify_action(turn, command)
    draft = Draft(state, now_ms)
    stop_extra_time(draft)
    _take(draft, turn.call_krw, command.action, command.to_krw)
    play_on(draft)
    return draft.decision()


def _verify_action(turn: TurnStarted, command: Act) -> None:
    """The turn says all that is legal, so PokerKit need not be asked."""
    if command.action != "raise":
        wrong_check = command.action == "check" and turn.call_krw > 0
        wrong_call = command.action == "call" and turn.call_krw == 0
        if wrong_check or wrong_call or command.to_krw is not None:
            raise Refused("illegal_action")
    elif command.to_krw is None:
        raise Refused("illegal_action")
    elif turn.min_raise_to_krw is None or turn.max_raise_to_krw is None:
        raise Refused("raise_not_allowed")
    elif command.to_krw < turn.min_raise_to_krw:
        raise Refused("amount_too_small", min_krw=turn.min_raise_to_krw)
    elif command.to_krw > turn.max_raise_to_krw:
        raise Refused("amount_too_large", max_krw=turn.max_raise_to_krw)


def _take(draft: Draft, call_krw: int, action: Action, to_krw: int | None) -> None:
    """The event of a verified action of the player whose turn it is. Folding with nothing to call
    is a check."""
    betting = draft.hand.betting
    index = betting.actor_indices[0]
    seat = draft.hand.players[index].seat
    bet, stack = betting.bets[index], betting.stacks[index]
    if action == "raise":
        assert to_krw is not None
        kind = PlayerRaised if any(betting.bets) else PlayerBet
        added = to_krw - bet
        draft.emit(kind(seat, added, to_krw, all_in=added == stack))
        cancel_stale(draft)
    elif call_krw == 0:
        draft.emit(PlayerChecked(seat))
    elif action == "call":
        draft.emit(PlayerCalled(seat, call_krw, bet + call_krw, all_in=call_krw == stack))
    else:
        draft.emit(PlayerFolded(seat))


def play_on(draft: Draft) -> None:
    """Go on until players must be asked or the hand is over."""
    hand = draft.hand
    while True:
        actor = hand.betting.actor_index
        if actor is not None:
            if not _acts_unasked(draft, hand.players[actor].seat):
                _ask(draft, hand.players[actor].seat)
                return
            continue
        if hand.street_open:
            _close_street(draft)
        if hand.betting.status and hand.betting.all_in_status:
            _open_all_hands(draft)
            if not settle_runs(draft):
                return
        if hand.street == "river" or not hand.betting.status:
            deal_second_board(draft)
            show_down(draft)
            finish_hand(draft)
            return
        _deal_street(draft)


def _acts_unasked(draft: Draft, seat: int) -> bool:
    """Who leaves folds in turn; who has decided before does that."""
    if draft.state.seats[seat].leaving:
        draft.emit(PlayerFolded(seat))
        return True
    call_krw = draft.hand.betting.offer()[0]
    action = planned_action(draft.hand, seat, call_krw)
    if action is None:
        return False
    _take(draft, call_krw, action, None)
    return True


def _ask(draft: Draft, seat: int) -> None:
    call, least, most = draft.hand.betting.offer()
    deadline = draft.now_ms + draft.state.config.action_ms
    draft.emit(TurnStarted(seat, draft.hand.turns + 1, call, least, most, deadline))


def time_out(draft: Draft) -> None:
    """The player whose turn it is ran out of all time: check if it is free, else fold, and sit out.
    Never an all-in."""
    turn = draft.hand.turn
    assert turn is not None
    kind = PlayerFolded if turn.call_krw else PlayerChecked
    draft.emit(kind(turn.seat, timed_out=True))
    if draft.state.seats[turn.seat].sat_out is None:
        removed_at = draft.now_ms + draft.state.config.sit_out_limit_ms
        draft.emit(PlayerSatOut(turn.seat, "timed_out", removed_at))
    play_on(draft)


def fold_now(draft: Draft, seat: int) -> None:
    """The player whose turn it is leaves: fold, whatever it costs."""
    turn = draft.hand.turn
    if turn is not None and turn.seat == seat:
        stop_extra_time(draft)
        draft.emit(PlayerFolded(seat))
        play_on(draft)


def _close_street(draft: Draft) -> None:
    hand = draft.hand
    uncalled = hand.betting.uncalled()
    if uncalled is not None:
        index, amount = uncalled
        draft.emit(UncalledBetReturned(hand.players[index].seat, amount))
    draft.emit(BetsCollected(_pots(hand)))
    cancel_all(draft)


def _pots(hand: HandState) -> tuple[Pot, ...]:
    """Bets by level; what was posted dead, everybody who is live plays for."""
    dead = sum(hand.dead_krw)
    bets = [-paid - dead for paid, dead in zip(hand.betting.payoffs, hand.dead_krw, strict=True)]
    pots = split_pots(bets, hand.betting.statuses)
    if dead:
        live = _live(hand)
        main, eligible = pots[0] if pots else (0, live)
        if eligible == live:
            pots[:1] = [(main + dead, live)]
        else:
            # Somebody is all-in with a dead blind alone and has matched no bet.
            pots.insert(0, (dead, live))
    return tuple(
        Pot(amount, tuple(hand.players[i].seat for i in eligible)) for amount, eligible in pots
    )


def _live(hand: HandState) -> tuple[int, ...]:
    return tuple(i for i, live in enumerate(hand.betting.statuses) if live)


def _open_all_hands(draft: Draft) -> None:
    """All-in and the betting over before the river: every live hand is open before the board runs
    out (TDA 16)."""
    hand = draft.hand
    if hand.street != "river":
        for index in list(hand.betting.showdown_indices):
            player = hand.players[index]
            draft.emit(HandShown(player.seat, hand.hole[player.seat]))


def _deal_street(draft: Draft) -> None:
    hand = draft.hand
    place = next(i for i, (street, _, _) in enumerate(_STREETS) if street == hand.street) + 1
    street, first, end = _STREETS[place]
    offset = 2 * len(hand.players)
    draft.emit(StreetDealt(street, hand.deck[offset + first : offset + end]))


def void_hand(state: TableState, command: VoidHand, now_ms: int) -> Decision:
    """The hand does not count: stacks are those of its start."""
    if state.hand is None:
        raise Refused("hand_over")
    draft = Draft(state, now_ms)
    hand = draft.hand
    before = hand.blinds_before
    draft.emit(
        HandVoided(
            hand_id=hand.hand_id,
            reason=command.reason,
            results=tuple(Result(p.seat, p.user_id, 0, p.stack_krw) for p in hand.players),
            at_ms=now_ms,
            button_seat=None if before is None else before.button,
            debts=_owed_before(draft.state, hand),
        )
    )
    keep_house(draft, hand.hand_id)
    return draft.decision()


def _owed_before(state: TableState, hand: HandState) -> tuple[Owed, ...]:
    """What the hand changed about debts, by paying or missing blinds. Who moved to another seat
    meanwhile stays new there."""
    owed = []
    for number, seat in sorted(state.seats.items()):
        before = hand.debts_before.get(seat.user_id)
        if before is not None and before != seat.debts:
            new = before.new or seat.debts.new
            owed.append(Owed(number, new, before.small, before.big))
    return tuple(owed)
