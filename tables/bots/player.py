"""One bot at one table: sits down, acts in turn, tops up, sits in again, leaves."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from secrets import SystemRandom
from time import monotonic

from tables.bots.client import TableClient, Unanswered
from tables.bots.messages import Codec, Reply
from tables.bots.meters import Ledger, Meter, TurnKey
from tables.bots.policies import Policy, Spot
from tables.engine.events import (
    HandFinished,
    HandStarted,
    HandVoided,
    PlayerBet,
    PlayerCalled,
    PlayerChecked,
    PlayerFolded,
    PlayerRaised,
    TurnStarted,
)
from tables.engine.view import SeatView, TableView
from tables.protocol.messages import Error, Events

_ACTIONS = (PlayerChecked, PlayerCalled, PlayerFolded, PlayerRaised, PlayerBet)
# Some other turn, or the hand, came first: nothing to try again.
_TOO_LATE = frozenset({"hand_over", "stale_turn", "not_your_turn", "too_late"})
# The site lets a socket say ten things a second; a bot stays below.
OWN_PAUSE_S = 0.11
CHORE_PAUSE_S = 1.0
CARDS_S = 1.0

chance = SystemRandom().random


@dataclass(frozen=True)
class Habits:
    """How a bot behaves. `think_s(view)` is the pause before an action, in seconds."""

    policy: Policy
    think_s: Callable[[TableView], float]
    buy_in_krw: int
    top_up_below_krw: int = 0
    wants_cards: bool = False
    seat: int | None = None
    # May the bot take a free seat now, and may it keep its own?
    may_sit: Callable[[TableView], bool] = lambda view: True
    may_stay: Callable[[TableView, SeatView], bool] = lambda view, seat: True


class Player:
    """Listens to its client and keeps the seat playing until `leave()`."""

    def __init__(
        self,
        *,
        url: str,
        codec: Codec,
        ticket: Callable[[], Awaitable[str]],
        table_id: int,
        habits: Habits,
        meter: Meter,
        name: str,
    ) -> None:
        self.table_id = table_id
        self.client = TableClient(url=url, codec=codec, ticket=ticket, listener=self, name=name)
        self.ledger = Ledger()
        self.left = asyncio.Event()
        self._habits = habits
        self._meter = meter
        self._turn: TurnKey | None = None  # of the table, in the order of events
        self._asked: int | None = None  # which seat
        self._acted_at = 0.0
        self._answered: TurnKey | None = None
        self._leaving = False
        self._busy = False
        self._cards_asked = ""
        self._agreed = ""

    @property
    def seat(self) -> SeatView | None:
        me = self.client.me
        return self.client.sync.seat_of(me.user_id) if me else None

    async def run(self) -> None:
        await self.client.run()

    def leave(self) -> None:
        """Plays the hand to its end, then gives up the seat; `left` tells when."""
        self._leaving = True
        self.on_change()

    async def close(self) -> None:
        await self.client.close()
        self.ledger.close()

    # What the client tells

    def on_events(self, frame: Events, view: TableView, at: float) -> None:
        self._meter.frame_seen(self.table_id, frame.version, hash(tuple(frame.events)), at)
        mine = self.seat
        number = mine.seat if mine else None
        if view.hand and view.hand.turn:
            self._turn = (view.hand.hand_id, view.hand.turn.turn)
            self._asked = view.hand.turn.seat
        for event in frame.events:
            if isinstance(event, TurnStarted):
                self._note_turn(event, view, number, at)
            elif isinstance(event, _ACTIONS):
                self._note_action(event.seat, number, at)
                if isinstance(event, (PlayerFolded, PlayerChecked)) and event.timed_out:
                    self._meter.timed_out += event.seat == number
            elif isinstance(event, HandStarted):
                self._turn = (event.hand_id, 0)
                self.ledger.hand_started(event.hand_id)
            elif isinstance(event, HandFinished):
                self._meter.hand_finished(event.hand_id)
            elif isinstance(event, HandVoided):
                self._meter.voided.add(event.hand_id)
                self.ledger.void(event.hand_id)

    def on_jump(self, before: TableView, after: TableView) -> None:
        for view in (before, after):
            self.ledger.jumped(view.hand.hand_id if view.hand else None)
        self._turn = None

    def on_change(self) -> None:
        sync = self.client.sync
        if sync.view is None or self.client.me is None:
            return
        seat = self.seat
        if seat is None:
            if self._leaving:
                self.left.set()
            elif not sync.view.closed and self._habits.may_sit(sync.view):
                self._start(self._sit)
            return
        self._look_at_turn(sync.view, seat)
        self._look_at_choice(sync.view, seat)
        self._look_at_seat(sync.view, seat)

    def _look_at_turn(self, view: TableView, seat: SeatView) -> None:
        turn = self.client.sync.turn
        if view.hand and turn and turn.seat == seat.seat and not self.client.sync.behind:
            key = (view.hand.hand_id, turn.turn)
            if key != self._answered:
                self._think(key, view)

    def _look_at_choice(self, view: TableView, seat: SeatView) -> None:
        """A bot agrees to whatever the others want."""
        hand = view.hand
        if hand is None or hand.choice is None or self.client.sync.behind:
            return
        open_to = set(hand.choice.seats) - set(hand.choice.agreed)
        question = f"{hand.hand_id} {hand.choice.choice}"
        if seat.seat in open_to and self._agreed != question:
            self._agreed = question
            self.client.spawn(self._agree(hand.hand_id, hand.choice.choice))

    async def _agree(self, hand_id: str, choice: str) -> None:
        await self._ask("answer", hand_id=hand_id, choice=choice, agree=True)

    def _look_at_seat(self, view: TableView, seat: SeatView) -> None:
        if self._leaving or not self._habits.may_stay(view, seat):
            if not seat.leaving:
                self._start(self._leave)
        elif seat.status == "sitting_out":
            self._start(self._come_back)
        elif self._is_low(view, seat):
            self._start(self._top_up)

    # Bookkeeping

    def _note_turn(
        self, event: TurnStarted, view: TableView, number: int | None, at: float
    ) -> None:
        hand_id = self._turn[0] if self._turn else view.hand.hand_id if view.hand else ""
        self._turn = (hand_id, event.turn)
        self._asked = event.seat
        if event.seat == number:
            self._meter.turn_seen(self.table_id, self._turn, at)

    def _note_action(self, actor: int, number: int | None, at: float) -> None:
        if actor != number or self._turn is None or self._asked != number:
            return
        self._meter.result_seen(self.table_id, self._turn, at)
        self.ledger.seen(self._turn)

    # Acting

    def _think(self, key: TurnKey, view: TableView) -> None:
        self._answered = key
        loop = asyncio.get_running_loop()
        wait_s = max(self._habits.think_s(view), self._acted_at + OWN_PAUSE_S - monotonic())
        loop.call_later(wait_s, lambda: self.client.spawn(self._act(key, retry=True)))
        if self._habits.wants_cards and self.client.sync.cards is None:
            loop.call_later(CARDS_S, self._ask_for_cards, key[0])

    def _ask_for_cards(self, hand_id: str) -> None:
        if self.client.sync.cards is None and self._cards_asked != hand_id:
            self._cards_asked = hand_id
            self.client.spawn(self.client.request("snapshot"))

    def _spot(self, key: TurnKey) -> Spot | None:
        """The decision, if it is still ours."""
        sync, seat = self.client.sync, self.seat
        view, turn = sync.view, sync.turn
        if view is None or view.hand is None or turn is None or seat is None:
            return None
        if turn.seat != seat.seat or (view.hand.hand_id, turn.turn) != key:
            return None
        return Spot(view, view.hand, turn, seat, sync.cards)

    async def _act(self, key: TurnKey, *, retry: bool) -> None:
        spot = self._spot(key)
        if spot is None:
            return
        choice = self._habits.policy(spot, chance)
        fields: dict[str, object] = {} if choice.to_krw is None else {"to_krw": choice.to_krw}
        self._acted_at = monotonic()
        self._meter.act_sent(self.table_id, key, self._acted_at)
        reply = await self._ask("act", hand_id=key[0], turn=key[1], action=choice.action, **fields)
        if reply is None:
            return
        if not isinstance(reply, Error):
            self.ledger.acked(key)
        elif reply.code not in _TOO_LATE and retry:
            await asyncio.sleep(CHORE_PAUSE_S)
            await self._act(key, retry=False)

    # Chores: one at a time, with a pause after each

    def _is_low(self, view: TableView, seat: SeatView) -> bool:
        """Looked at between hands, when the stack is what a top-up is measured against."""
        if view.hand is not None and not view.hand.finished:
            return False
        return seat.stack_krw + seat.top_up_krw < self._habits.top_up_below_krw

    def _start(self, chore: Callable[[], Awaitable[None]]) -> None:
        if not self._busy:
            self._busy = True
            self.client.spawn(self._chore(chore))

    async def _chore(self, chore: Callable[[], Awaitable[None]]) -> None:
        try:
            await chore()
            await asyncio.sleep(CHORE_PAUSE_S * (0.5 + chance()))
        finally:
            self._busy = False
        self.on_change()

    async def _sit(self) -> None:
        view = self.client.sync.view
        if view is None:
            return
        taken = {seat.seat for seat in view.seats} | {waiter.seat for waiter in view.waiting}
        free = [seat for seat in range(view.config.seats) if seat not in taken]
        wanted = self._habits.seat if self._habits.seat is not None else (free or [0])[0]
        sit = partial(self._ask, "sit", seat=wanted, post_blinds=True)
        reply = await sit(buy_in_krw=self._habits.buy_in_krw)
        if isinstance(reply, Error) and reply.code == "rathole" and reply.min_krw:
            await sit(buy_in_krw=reply.min_krw)

    async def _top_up(self) -> None:
        view, seat = self.client.sync.view, self.seat
        if view is None or seat is None or seat.top_up_krw:
            return
        room_krw = self._habits.buy_in_krw - seat.stack_krw - seat.bet_krw
        if room_krw > 0:
            await self._ask("top_up", amount_krw=room_krw)

    async def _come_back(self) -> None:
        seat = self.seat
        if seat is None or seat.status != "sitting_out":
            return
        if seat.stack_krw == 0:
            await self._top_up()
        else:
            await self._ask("sit_in")

    async def _leave(self) -> None:
        await self._ask("leave")

    async def _ask(self, kind: str, **fields: object) -> Reply | None:
        """A request whose refusal and silence are counted; None for silence."""
        try:
            reply = await self.client.request(kind, **fields)
        except Unanswered:
            self._meter.failed(f"{kind} unanswered")
            return None
        if isinstance(reply, Error):
            self._meter.refused(reply.code)
        return reply
