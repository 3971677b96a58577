"""The start of a hand: who is dealt in, antes and blinds, and the cards.

The deck's order is the only source of cards: two rounds of hole cards, one card at a time,
clockwise from the first seat left of the button; then flop, turn and river; then what a second
board needs. No card is burnt: a burn hides marked backs, and these cards have none.
"""

from msgspec.structs import replace

from tables.engine.button import Positions, Post, missed_blinds, next_positions
from tables.engine.cards import ALL_CARDS
from tables.engine.commands import StartHand
from tables.engine.draft import Decision, Draft
from tables.engine.errors import Refused
from tables.engine.events import (
    AntePosted,
    BlindKind,
    BlindPosted,
    BlindsMissed,
    DeadBlindPosted,
    DealtIn,
    DeckDealt,
    HandStarted,
    HoleCardsDealt,
    OptionsSet,
    PlayerSatOut,
)
from tables.engine.hands import play_on
from tables.engine.state import TableState

_DECK = frozenset(ALL_CARDS)


def start_hand(state: TableState, command: StartHand, now_ms: int) -> Decision:
    """Deal: antes, blinds, hole cards, and the first player is asked.

    When the big blind comes to players who wanted to sit out then, they do; if too few are left,
    that is all that happens.
    """
    if state.hand is not None:
        raise Refused("hand_running")
    if len(state.ready_seats()) < 2:
        raise Refused("not_ready")
    draft = Draft(state, now_ms)
    bomb_pot = _is_bomb_pot(state)
    positions = _positions(draft, bomb_pot=bomb_pot)
    if positions is None:
        draft.schedule()
        return draft.decision()
    deal_at(draft, command, positions, bomb_pot=bomb_pot)
    return draft.decision()


def deal_at(draft: Draft, command: StartHand, positions: Positions, *, bomb_pot: bool) -> None:
    """Deal with button and blinds at these places, wherever the rules would have them: a recorded
    hand tells its own."""
    if len(command.deck) != 52 or set(command.deck) != _DECK:
        raise ValueError("a deck is 52 different cards")
    missed = [] if bomb_pot else list(missed_blinds(draft.state, positions))
    _open(draft, command, positions, bomb_pot=bomb_pot)
    for seat, small, big in missed:
        draft.emit(BlindsMissed(seat, small, big))
    _post_antes(draft)
    if not bomb_pot:
        _post_blinds(draft, positions)
    _deal_hole_cards(draft)
    play_on(draft)


def _is_bomb_pot(state: TableState) -> bool:
    every = state.config.bomb_pot_every
    return bool(every and state.config.bomb_pot_ante_krw) and (state.hand_no + 1) % every == 0


def _positions(draft: Draft, *, bomb_pot: bool) -> Positions | None:
    """The next places, after everyone has sat out who wanted to at the big blind."""
    while len(draft.state.ready_seats()) >= 2:
        positions = next_positions(draft.state, bomb_pot=bomb_pot)
        seat = draft.state.seats[positions.big_blind_seat]
        if bomb_pot or not seat.options.sit_out_next_big_blind:
            return positions
        removed_at = draft.now_ms + draft.state.config.sit_out_limit_ms
        draft.emit(PlayerSatOut(seat.seat, "asked", removed_at))
        draft.emit(OptionsSet(seat.seat, replace(seat.options, sit_out_next_big_blind=False)))
    return None


def _open(draft: Draft, command: StartHand, positions: Positions, *, bomb_pot: bool) -> None:
    seats = draft.state.seats
    players = tuple(
        DealtIn(seat, seats[seat].user_id, seats[seat].stack_krw) for seat in positions.order
    )
    draft.emit(
        HandStarted(
            hand_id=command.hand_id,
            hand_no=draft.state.hand_no + 1,
            button_seat=positions.button_seat,
            small_blind_at=positions.small_blind_at,
            small_blind_seat=None if bomb_pot else positions.small_blind_seat,
            big_blind_seat=positions.big_blind_seat,
            players=players,
            at_ms=draft.now_ms,
            bomb_pot=bomb_pot,
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
    """Small blind, big blind, who posts to come in, the straddle."""
    config = draft.state.config
    if positions.small_blind_seat is not None:
        _post_live(draft, positions.small_blind_seat, "small", config.small_blind_krw)
    _post_live(draft, positions.big_blind_seat, "big", config.big_blind_krw)
    for post in positions.posts:
        if post.live_krw:
            _post_live(draft, post.seat, "post", post.live_krw)
        if post.dead_krw:
            _post_dead(draft, post)
    _straddle(draft, positions)


def _post_live(draft: Draft, seat: int, kind: BlindKind, amount_krw: int) -> None:
    stack = draft.hand.betting.stacks[draft.hand.index(seat)]
    amount = min(amount_krw, stack)
    if amount:
        draft.emit(BlindPosted(seat, kind, amount, all_in=amount == stack))


def _post_dead(draft: Draft, post: Post) -> None:
    stack = draft.hand.betting.stacks[draft.hand.index(post.seat)]
    amount = min(post.dead_krw, stack)
    if amount:
        draft.emit(DeadBlindPosted(post.seat, amount, all_in=amount == stack))


def _straddle(draft: Draft, positions: Positions) -> None:
    """Under the gun, twice the big blind, before the cards; never heads-up and never short."""
    state, order = draft.state, positions.order
    if not state.config.straddle or len(order) < 3:
        return
    seat = order[(order.index(positions.big_blind_seat) + 1) % len(order)]
    amount = 2 * state.config.big_blind_krw
    stack = draft.hand.betting.stacks[draft.hand.index(seat)]
    posts = any(post.seat == seat for post in positions.posts)
    if state.seats[seat].options.straddle and stack >= amount and not posts:
        _post_live(draft, seat, "straddle", amount)


def _deal_hole_cards(draft: Draft) -> None:
    hand = draft.hand
    count = len(hand.players)
    for index, player in enumerate(hand.players):
        draft.emit(HoleCardsDealt(player.seat, (hand.deck[index], hand.deck[count + index])))
