"""What a client knows of one table, kept right by versions; no I/O.

Every `events` frame raises the table's version by exactly one. A frame at or below the known
version is a duplicate; one further ahead waits until the versions between have come. A snapshot
that follows a reconnect does not replace what is known: the missing events are asked for and the
folded view is compared with it, so each reconnect proves `old snapshot + events = new snapshot`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tables.engine.events import HandStarted, HoleCardsDealt
from tables.engine.fold import fold
from tables.engine.view import SeatView, TableView, TurnView
from tables.protocol.messages import Events, Private, TableSnapshot

# More frames than this wait for a missing one: a snapshot is cheaper.
AHEAD_LIMIT = 500


@dataclass
class Faults:
    """What went wrong on the way here, counted."""

    duplicates: int = 0
    rewinds: int = 0
    mismatches: int = 0
    jumps: int = 0


class TableSync:
    """The table as one client knows it.

    `on_events(frame, view)` is called once for each version, in order, before the frame is folded
    into the view. `on_jump(before, after)` is called when a snapshot skips events.
    """

    def __init__(
        self,
        on_events: Callable[[Events, TableView], None],
        on_jump: Callable[[TableView, TableView], None],
    ) -> None:
        self._on_events = on_events
        self._on_jump = on_jump
        self.version: int | None = None
        self.latest = 0
        self.view: TableView | None = None
        self.faults = Faults()
        self.rewound = False
        self._lower_seen = False
        self._ahead: dict[int, Events] = {}
        self._proof: TableSnapshot | None = None
        self._cards: tuple[str, str] | None = None
        self._cards_version = 0
        self._hand_version = 0

    @property
    def cards(self) -> tuple[str, str] | None:
        """The own cards of the hand that is shown, once they have come."""
        return self._cards if self._cards_version >= self._hand_version else None

    @property
    def behind(self) -> bool:
        """Something newer than the known version exists."""
        return self.version is not None and self.latest > self.version

    def events(self, frame: Events) -> None:
        self.latest = max(self.latest, frame.version)
        if self.version is not None and frame.version <= self.version:
            self.faults.duplicates += 1
            return
        if len(self._ahead) < AHEAD_LIMIT:
            self._ahead[frame.version] = frame
        self._drain()

    @property
    def resuming(self) -> bool:
        """Behind because of a reconnect, not because something was lost on the way."""
        return self._proof is not None

    def heartbeat(self, version: int) -> None:
        """The server's current version. One below the known, twice running, sets `rewound`: the
        table went back, and only a snapshot helps."""
        lower = self.version is not None and version < self.version
        self.rewound = lower and self._lower_seen
        self._lower_seen = lower
        self.latest = max(self.latest, version)

    def private(self, frame: Private) -> None:
        for event in frame.events:
            if isinstance(event, HoleCardsDealt):
                self._cards = event.cards
                self._cards_version = frame.version

    def snapshot(self, frame: TableSnapshot, *, replace: bool) -> None:
        """`replace`: this is the answer to `missed` or to the first `subscribe`: it is taken as it
        is. Otherwise a newer one only says how far behind the client is, and waits as a proof."""
        known = self.version
        if known is not None and frame.version == known:
            self._compare(frame)
        if known is not None and frame.version > known and not replace:
            self.latest = max(self.latest, frame.version)
            self._proof = frame
            return
        if known is not None and frame.version < known:
            self.faults.rewinds += 1
        elif known is not None and frame.version > known:
            self.faults.jumps += 1
        if self.view is not None and frame.version != known:
            self._on_jump(self.view, frame.table)
        self._take(frame)

    def seat_of(self, user_id: int) -> SeatView | None:
        if self.view is None:
            return None
        return next((seat for seat in self.view.seats if seat.user_id == user_id), None)

    @property
    def turn(self) -> TurnView | None:
        """Who is asked now."""
        hand = self.view.hand if self.view else None
        return hand.turn if hand and not hand.finished else None

    def _take(self, frame: TableSnapshot) -> None:
        if self.version is not None and frame.table.hand != (self.view and self.view.hand):
            self._hand_version = self.version + 1
        self.version = frame.version
        self.view = frame.table
        self.latest = frame.version
        self._ahead = {v: held for v, held in self._ahead.items() if v > frame.version}
        self._proof = None
        if self._ahead:
            self.latest = max(self._ahead)
        self._drain()

    def _drain(self) -> None:
        if self.version is None:
            return
        while (frame := self._ahead.pop(self.version + 1, None)) is not None:
            view = self.view
            if view is None:
                return
            self._on_events(frame, view)
            for event in frame.events:
                if isinstance(event, HandStarted):
                    self._hand_version = frame.version
                view = fold(view, event)
            self.view = view
            self.version = frame.version
            if self._proof is not None and self._proof.version <= frame.version:
                if self._proof.version == frame.version:
                    self._compare(self._proof)
                self._proof = None

    def _compare(self, frame: TableSnapshot) -> None:
        if frame.table != self.view:
            self.faults.mismatches += 1
