"""A hand from the deal to the last bet.

The deck's order is the only source of cards: two rounds of hole cards, one card at a time,
clockwise from the first seat left of the button; then flop, turn and river. No card is burnt: a
burn hides marked backs, and these cards have none.
"""

from tables.engine.button import Positions, next_positions
from tables.engine.cards import ALL_CARDS
from tables.engine.commands import Act, StartHand, VoidHand
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import (
    AntePosted,
    BetsCollected,
    BlindPosted,
    DealtIn,
    DeckDealt,
    HandShown,
    HandStarted,
    HandVoided,
    HoleCardsDealt,
    PlayerBet,
    PlayerCalled,
    PlayerChecked,
    PlayerFolded,
    PlayerRaised,
    Pot,
    Result,
    Street,
    StreetDealt,
    TurnStarted,
    UncalledBetReturned,
)
from tables.engine.housekeeping import keep_house
from tables.engine.pots import split_pots
from tables.engine.showdown import finish_hand, show_down
from tables.engine.state import HandState, TableState

_DECK = frozenset(ALL_CARDS)
_STREETS: tuple[tuple[Street, int, int], ...] = (
    ("preflop", 0, 0),
    ("flop", 0, 3),
    ("turn", 3, 4),
    ("river", 4, 5),
)


def start_hand(state: TableState, command: StartHand, now_ms: int) -> Decision:
    """Deal: antes, blinds, hole cards, and the first player is asked."""
    if state.hand is not None:
        raise Refused("hand_running")
    if len(state.ready_seats()) < 2:
        raise Refused("not_ready")
    if len(command.deck) != 52 or set(command.deck) != _DECK:
        raise ValueError("a deck is 52 different cards")
    draft = Draft(state, now_ms)
    positions = next_positions(state)
    _open(draft, command, positions)
    _post_antes(draft)
    _post_blinds(draft, positions)
    _deal_hole_cards(draft)
    play_on(draft)
    return draft.decision()


def _open(draft: Draft, command: StartHand, positions: Positions) -> None:
    seats = draft.state.seats
    players = tuple(
        DealtIn(seat, seats[seat].user_id, seats[seat].stack_krw) for seat in positions.order
    )
    draft.emit(
        HandStarted(
            hand_id=command.hand_id,
            hand_no=draft.state.hand_no + 1,
            button_seat=positions.button_seat,
            small_blind_seat=positions.small_blind_seat,
            big_blind_seat=positions.big_blind_seat,
            players=players,
            at_ms=draft.now_ms,
        )
    )
    draft.emit(DeckDealt(command.hand_id, command.deck))


def _post_antes(draft: Draft) -> None:
    betting = draft.hand.betting
    for index, player in enumerate(draft.hand.players):
        amount = betting.get_effective_ante(index)
        if amount:
            draft.emit(AntePosted(player.seat, amount, all_in=amount == betting.stacks[index]))


def _post_blinds(draft: Draft, positions: Positions) -> None:
    hand = draft.hand
    for seat, kind in (
        (positions.small_blind_seat, "small"),
        (positions.big_blind_seat, "big"),
    ):
        index = hand.index(seat)
        amount = hand.betting.get_effective_blind_or_straddle(index)
        if amount:
            all_in = amount == hand.betting.stacks[index]
            draft.emit(BlindPosted(seat, kind, amount, all_in))  # type: ignore[arg-type]


def _deal_hole_cards(draft: Draft) -> None:
    hand = draft.hand
    count = len(hand.players)
    for index, player in enumerate(hand.players):
        draft.emit(HoleCardsDealt(player.seat, (hand.deck[index], hand.deck[count + index])))


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
    _take(draft, turn, command)
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


def _take(draft: Draft, turn: TurnStarted, command: Act) -> None:
    """The verified action's event. Folding with nothing to call is a check."""
    betting, seat = draft.hand.betting, turn.seat
    index = draft.hand.index(seat)
    bet, stack = betting.bets[index], betting.stacks[index]
    if command.action == "raise":
        assert command.to_krw is not None
        kind = PlayerRaised if any(betting.bets) else PlayerBet
        added = command.to_krw - bet
        draft.emit(kind(seat, added, command.to_krw, all_in=added == stack))
    elif turn.call_krw == 0:
        draft.emit(PlayerChecked(seat))
    elif command.action == "call":
        added = turn.call_krw
        draft.emit(PlayerCalled(seat, added, bet + added, all_in=added == stack))
    else:
        draft.emit(PlayerFolded(seat))


def play_on(draft: Draft) -> None:
    """Go on until a player must be asked or the hand is over."""
    hand = draft.hand
    while True:
        actor = hand.betting.actor_index
        if actor is not None:
            seat = hand.players[actor].seat
            if not draft.state.seats[seat].leaving:
                _ask(draft, seat)
                return
            draft.emit(PlayerFolded(seat))
            continue
        if hand.street_open:
            _close_street(draft)
        if hand.betting.status and hand.betting.all_in_status:
            _open_all_hands(draft)
        if hand.street == "river" or not hand.betting.status:
            show_down(draft)
            finish_hand(draft)
            return
        _deal_street(draft)


def _ask(draft: Draft, seat: int) -> None:
    call, least, most = draft.hand.betting.offer()
    deadline = draft.now_ms + draft.state.config.action_ms
    draft.emit(TurnStarted(seat, draft.hand.turns + 1, call, least, most, deadline))


def _close_street(draft: Draft) -> None:
    hand = draft.hand
    uncalled = hand.betting.uncalled()
    if uncalled is not None:
        index, amount = uncalled
        draft.emit(UncalledBetReturned(hand.players[index].seat, amount))
    draft.emit(BetsCollected(_pots(hand)))


def _pots(hand: HandState) -> tuple[Pot, ...]:
    contributions = [-payoff for payoff in hand.betting.payoffs]
    return tuple(
        Pot(amount, tuple(hand.players[i].seat for i in eligible))
        for amount, eligible in split_pots(contributions, hand.betting.statuses)
    )


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
    results = tuple(Result(p.seat, p.user_id, 0, p.stack_krw) for p in draft.hand.players)
    draft.emit(HandVoided(draft.hand.hand_id, command.reason, results, now_ms))
    keep_house(draft)
    return draft.decision()
