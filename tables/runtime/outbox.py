"""What the ledger has to learn from a table, in the table's order.

An entry is written by the commit it belongs to: it exists if and only if the event does.

- `hand`: a finished (or void) hand with its results, to be settled and recorded;
- `cash_out`: a player left with chips; escrow → balance, and the sitting ends;
- `refund`: a part of a top-up that the stack has no room for; escrow → balance.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

from tables.engine import TableConfig, to_data
from tables.engine.events import (
    Event,
    HandFinished,
    HandShown,
    HandStarted,
    HandVoided,
    HoleCardsDealt,
    PotAwarded,
    RakeTaken,
    SeatLeft,
    StreetDealt,
    TopUpReturned,
)


class HandRecorder:
    """Collects the events of the running hand; the actor feeds it every committed event."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, HandStarted):
                self.events = [event]
            elif self.events:
                self.events.append(event)

    def outbox(
        self, new: Sequence[Event], *, at_ms: int, config: TableConfig
    ) -> list[dict[str, Any]]:
        """The outbox entries that a commit of `new` events at `at_ms` carries; `config` is that of
        before them."""
        entries: list[dict[str, Any]] = []
        hand = list(self.events)
        for event in new:
            if isinstance(event, HandStarted):
                hand = []
            hand.append(event)
            if isinstance(event, HandFinished | HandVoided):
                entries.append(_hand_entry(hand, config))
            elif isinstance(event, SeatLeft):
                entries.append(_cash_out_entry(event, at_ms))
            elif isinstance(event, TopUpReturned):
                entries.append(_refund_entry(event))
        return entries


def _cash_out_entry(event: SeatLeft, at_ms: int) -> dict[str, Any]:
    return {
        "kind": "cash_out",
        "user_id": event.user_id,
        "amount_krw": event.stack_krw,
        "cash_out_id": event.cash_out_id,
        "left_ms": at_ms,
    }


def _refund_entry(event: TopUpReturned) -> dict[str, Any]:
    return {
        "kind": "refund",
        "user_id": event.user_id,
        "amount_krw": event.amount_krw,
        "refund_id": event.refund_id,
    }


def _hand_entry(hand: Sequence[Event], config: TableConfig) -> dict[str, Any]:
    start = hand[0]
    end = hand[-1]
    if not isinstance(start, HandStarted) or not isinstance(end, HandFinished | HandVoided):
        raise TypeError("a hand's events start with HandStarted and end with its end")
    shown = {event.seat for event in hand if isinstance(event, HandShown)}
    cards = {event.seat: event.cards for event in hand if isinstance(event, HoleCardsDealt)}
    net = {result.seat: result.net_krw for result in end.results}
    board = [card for event in hand if _is_first_board(event) for card in event.cards]
    pot = sum(share.amount_krw for e in hand if isinstance(e, PotAwarded) for share in e.shares)
    rake = sum(event.amount_krw for event in hand if isinstance(event, RakeTaken))
    return {
        "kind": "hand",
        "hand_id": start.hand_id,
        "hand_no": start.hand_no,
        "started_ms": start.at_ms,
        "finished_ms": end.at_ms,
        "void": isinstance(end, HandVoided),
        "stakes": {
            "small_blind_krw": config.small_blind_krw,
            "big_blind_krw": config.big_blind_krw,
            "ante_krw": config.ante_krw,
        },
        "board": "".join(board),
        "pot_krw": pot + rake,
        "rake_krw": rake,
        "players": [
            {
                "seat": player.seat,
                "user_id": player.user_id,
                "stack_krw": player.stack_krw,
                "net_krw": net.get(player.seat, 0),
                "cards": "".join(cards.get(player.seat, ())),
                "shown": player.seat in shown,
            }
            for player in start.players
        ],
        "events": [to_data(event) for event in hand if event.audience == "public"],
    }


def _is_first_board(event: Event) -> TypeGuard[StreetDealt]:
    return isinstance(event, StreetDealt) and getattr(event, "board", 1) == 1
