"""Who shows, who wins, and the end of a hand."""

from typing import TYPE_CHECKING

from tables.engine.cards import category, strength
from tables.engine.draft import Draft
from tables.engine.events import (
    HandFinished,
    HandMucked,
    HandShown,
    PotAwarded,
    RakeTaken,
    Result,
    Share,
)
from tables.engine.hand import HandState
from tables.engine.housekeeping import keep_house
from tables.engine.pots import rake, share

if TYPE_CHECKING:
    from pokerkit.lookups import Entry


def show_down(draft: Draft) -> None:
    """In turn, from the river's last aggressor, else the first live seat left of the button: a hand
    that can still win a pot is shown, a beaten one is mucked and stays hidden from everyone."""
    hand = draft.hand
    waiting = list(hand.betting.showdown_indices)
    if not waiting:
        return
    strengths = _strengths(hand, hand.board)
    for index in waiting:
        seat = hand.players[index].seat
        if _can_win(hand, seat, strengths):
            draft.emit(HandShown(seat, hand.hole[seat]))
        else:
            draft.emit(HandMucked(seat))


def _strengths(hand: HandState, board: tuple[str, ...]) -> "dict[int, Entry]":
    """By seat, of everyone who has not folded or mucked."""
    return {
        player.seat: strength(hand.hole[player.seat], board)
        for index, player in enumerate(hand.players)
        if hand.betting.statuses[index]
    }


def _can_win(hand: HandState, seat: int, strengths: "dict[int, Entry]") -> bool:
    """Whether no hand shown so far beats this one for every pot it plays for."""
    return any(
        all(strengths[other] <= strengths[seat] for other in pot.seats if other in hand.shown)
        for pot in hand.pots
        if seat in pot.seats
    )


def finish_hand(draft: Draft) -> None:
    """Rake, the pots to their winners, the result, and what was waiting for the hand's end."""
    hand = draft.hand
    config = draft.state.config
    amounts = [pot.amount_krw for pot in hand.pots]
    parts = rake(
        amounts,
        bps=config.rake_bps,
        cap_krw=config.rake_cap_krw(len(hand.players)),
        flop_seen=bool(hand.board),
    )
    if sum(parts):
        draft.emit(RakeTaken(sum(parts)))
    for number, pot in enumerate(hand.pots):
        _award_pot(draft, number, pot.amount_krw - parts[number], pot.seats)
    results = tuple(
        Result(player.seat, player.user_id, after - player.stack_krw, after)
        for player, after in zip(hand.players, _stacks_after(hand), strict=True)
    )
    draft.emit(HandFinished(hand.hand_id, results, hand.rake_krw, draft.now_ms))
    keep_house(draft, hand.hand_id)


def _stacks_after(hand: HandState) -> list[int]:
    return [
        stack + awarded
        for stack, awarded in zip(hand.betting.stacks, hand.awarded_krw, strict=True)
    ]


def _award_pot(draft: Draft, number: int, amount_krw: int, seats: tuple[int, ...]) -> None:
    """A pot to its winner, or half of it to the winner on each board, the odd chip on the first."""
    boards = draft.hand.boards()
    if len(seats) == 1:
        _award(draft, PotAwarded(number, (Share(seats[0], amount_krw),), None))
        return
    half = amount_krw // len(boards)
    amounts = (amount_krw - half * (len(boards) - 1), half)
    for place, board in enumerate(boards):
        strengths = _strengths(draft.hand, board)
        best = max(strengths[seat] for seat in seats if seat in strengths)
        winners = (draft.hand.index(seat) for seat in seats if strengths.get(seat) == best)
        parts = share(amounts[place], winners)
        shares = tuple(Share(draft.hand.players[i].seat, part) for i, part in parts if part)
        _award(draft, PotAwarded(number, shares, category(best), board=place + 1))


def _award(draft: Draft, event: PotAwarded) -> None:
    if event.shares:
        draft.emit(event)
