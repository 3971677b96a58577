"""A stored hand as one viewer may see it: the only way from the database to page and export.

A player's hole cards are here if they were shown at the table or are the viewer's own; mucked and
folded cards of others are not, for anyone, ever. Without a viewer (staff) only shown cards are.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tables.history.facts import positions
from tables.models import Hand

Event = Mapping[str, Any]


class NotDealtIn(Exception):
    """The viewer did not play this hand, so there is nothing to see."""


class PlayedBy(msgspec.Struct, frozen=True):
    """One player's part. `cards` is empty where the viewer may not see them."""

    seat: int
    user_id: int
    nickname: str
    is_bot: bool
    stack_krw: int
    net_krw: int
    cards: str
    shown: bool
    is_viewer: bool
    position: str


class PlayedHand(msgspec.Struct, frozen=True):
    """`players` stand in dealing order, clockwise from the first seat left of the button."""

    hand_id: str
    number: int
    table_id: int
    table: str
    seats: int
    button_seat: int
    small_blind_krw: int
    big_blind_krw: int
    ante_krw: int
    started_at: datetime
    finished_at: datetime
    board: tuple[str, ...]
    second_board: tuple[str, ...]
    pot_krw: int
    rake_krw: int
    is_void: bool
    players: tuple[PlayedBy, ...]
    events: tuple[Event, ...]

    @property
    def order(self) -> dict[int, int]:
        """Seat → place in the dealing order."""
        return {player.seat: place for place, player in enumerate(self.players)}

    @property
    def names(self) -> dict[int, str]:
        return {player.seat: player.nickname for player in self.players}

    def won_krw(self) -> dict[int, int]:
        """Seat → what it got of the pots, after rake; uncalled bets are not won."""
        won: dict[int, int] = {}
        for event in self.events:
            if event["type"] == "pot_awarded":
                for share in event["shares"]:
                    won[share["seat"]] = won.get(share["seat"], 0) + share["amount_krw"]
        return won


def played(hand: Hand, *, viewer_id: int | None) -> PlayedHand:
    """What `viewer_id` (None: staff) may see of `hand`; raises `NotDealtIn`."""
    rows = {row.seat: row for row in hand.players.all()}
    if viewer_id is not None and all(row.user_id != viewer_id for row in rows.values()):
        raise NotDealtIn
    events = tuple(hand.events)
    start = next((event for event in events if event["type"] == "hand_started"), None)
    order = [player["seat"] for player in start["players"]] if start else sorted(rows)
    places = positions(events)
    boards = _boards(events)
    return PlayedHand(
        hand_id=hand.pk,
        number=hand.number,
        table_id=hand.table_id,
        table=hand.table.name,
        seats=hand.table.seats,
        button_seat=start["button_seat"] if start else order[-1],
        small_blind_krw=hand.small_blind_krw,
        big_blind_krw=hand.big_blind_krw,
        ante_krw=hand.ante_krw,
        started_at=hand.started_at,
        finished_at=hand.finished_at,
        board=boards[0] or tuple(hand.board[at : at + 2] for at in range(0, len(hand.board), 2)),
        second_board=boards[1],
        pot_krw=hand.pot_krw,
        rake_krw=hand.rake_krw,
        is_void=hand.is_void,
        players=tuple(
            _part(rows[seat], viewer_id, places.get(seat, "")) for seat in order if seat in rows
        ),
        events=events,
    )


def _part(row: Any, viewer_id: int | None, position: str) -> PlayedBy:
    own = viewer_id is not None and row.user_id == viewer_id
    return PlayedBy(
        seat=row.seat,
        user_id=row.user_id,
        nickname=row.user.nickname,
        is_bot=row.user.is_bot,
        stack_krw=row.stack_krw,
        net_krw=row.net_krw,
        cards=row.hole_cards if own or row.shown else "",
        shown=row.shown,
        is_viewer=own,
        position=position,
    )


def _boards(events: tuple[Event, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The board and, if it was run twice, the second; they share what was dealt before."""
    first: list[str] = []
    second: list[str] = []
    for event in events:
        if event["type"] != "street_dealt":
            continue
        if event.get("board", 1) == 1:
            first += event["cards"]
        else:
            second += event["cards"]
    shared = len(first) - len(second)
    return tuple(first), tuple(first[:shared] + second) if second else ()
