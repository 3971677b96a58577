"""One table's actor: takes one command at a time, decides, commits, then tells.

State changes only after the commit is in Redis. Time comes to the actor as a command too: an alarm
puts itself into the same queue, and what is due then happens.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from tables.engine import Decision, Refused, TableState, decide, next_wakeup, private_events
from tables.engine.commands import Command, StartHand, Tick, VoidHand
from tables.engine.events import Event, SeatReserved, TopUpRequested
from tables.runtime import replies
from tables.runtime.bank import PayIn, Refusal
from tables.runtime.commit import Commit, Committed, Known, StoredReply
from tables.runtime.deck import fresh_deck
from tables.runtime.errors import DataLost, StaleEpoch
from tables.runtime.ids import new_id
from tables.runtime.journal import entry_of
from tables.runtime.messages import CommandEnvelope
from tables.runtime.outbox import HandRecorder
from tables.runtime.payments import Cashier, outcome_command, payment_of
from tables.runtime.presence import Presence
from tables.runtime.recovery import snapshot_data
from tables.runtime.translate import engine_command, request_of

if TYPE_CHECKING:
    from tables.runtime.shard import Shard

log = structlog.get_logger()

COMMAND_LIFE_MS = 30_000
UNWELL_WAIT_S = 0.25
# What is refused where nobody new may sit down.
_NEWCOMERS = frozenset({"sit", "join_waiting_list"})


class Alarm:
    """The actor's own clock."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A command from the shard's stream, with its place there."""

    position: str
    envelope: CommandEnvelope


@dataclass(frozen=True, slots=True)
class Paid:
    """The ledger has spoken: `refusal` None means that the chips are in escrow."""

    payment: PayIn
    refusal: Refusal | None


Item = Delivery | Command | Paid | Alarm


class TableActor:
    """Owns one table while its shard is ours. `version` counts commits, without gaps.

    What the house wants of the table: `takes_players` is False while nobody new may sit down, and
    `between_hands` is a command that comes before the next hand.
    """

    def __init__(
        self,
        shard: "Shard",
        state: TableState,
        version: int,
        recorder: HandRecorder,
        presence: Presence,
    ) -> None:
        self.shard = shard
        self.state = state
        self.version = version
        self.recorder = recorder
        self.presence = presence
        self.takes_players = True
        self.between_hands: Command | None = None
        self.last_frame_ms = 0
        self.hands: deque[tuple[int, int]] = deque(maxlen=200)  # (finished at ms, pot)
        self._inbox: asyncio.Queue[Item] = asyncio.Queue()
        self._alarm: asyncio.TimerHandle | None = None
        self._cashier = Cashier(shard, self._on_outcome)
        self._task: asyncio.Task[None] | None = None

    @property
    def table_id(self) -> int:
        return self.state.table_id

    # Life

    def start(self) -> None:
        """Begin to work; payments that an earlier owner left open are taken up again."""
        self._cashier.take_up(self.state, fresh=False)
        self._set_alarm()
        self._task = asyncio.create_task(self._run(), name=f"table {self.table_id}")

    async def stop(self) -> None:
        """Finish the step under way, and no more."""
        if self._alarm:
            self._alarm.cancel()
        self._cashier.stop()
        if self._task and self._task is not asyncio.current_task():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def put(self, item: Item) -> None:
        self._inbox.put_nowait(item)

    def inherit(self, failed: "TableActor") -> None:
        """Take over what waits for an actor that failed."""
        self._cashier.inherit(failed._cashier)
        while not failed._inbox.empty():
            item = failed._inbox.get_nowait()
            if isinstance(item, Delivery):
                self.put(item)

    async def _run(self) -> None:
        while True:
            item = await self._inbox.get()
            step = asyncio.ensure_future(self._step(item))
            try:
                # A step is never cut in two: who stops the actor waits for its commit.
                await asyncio.shield(step)
            except asyncio.CancelledError:
                await asyncio.wait({step}, timeout=2)
                raise
            except (StaleEpoch, DataLost) as error:
                self.shard.lost(error)
                return
            except Exception:
                log.exception("table_failed", table=self.table_id)
                if isinstance(item, Delivery):
                    # Not tried again here, lest it fail for ever; its sender may.
                    self.shard.runner.refuse(item.envelope, "unavailable")
                    self.shard.done(item.position)
                self.shard.failed(self)
                return
            self._set_alarm()

    async def _step(self, item: Item) -> None:
        match item:
            case Delivery(position, envelope):
                await self._on_envelope(envelope, sent_ms=int(position.partition("-")[0]))
                self.shard.done(position)
            case Paid():
                await self._on_paid(item)
            case Alarm():
                await self._on_alarm()
            case _:
                await self._on_command(item)

    # Time

    def _due_ms(self) -> int | None:
        times = (next_wakeup(self.state), self.state.next_hand_at_ms)
        return min((time for time in times if time is not None), default=None)

    def _set_alarm(self) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        due = self._due_ms()
        if due is not None:
            delay = max(0.0, (due - self.shard.now_ms()) / 1000)
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_later(delay, self._inbox.put_nowait, Alarm())

    async def _on_alarm(self) -> None:
        now = self.shard.now_ms()
        due = self._due_ms()
        if due is None or due > now:
            return
        if not self.shard.is_well():
            # The house itself stands still: nobody's time runs out because of that.
            await asyncio.sleep(UNWELL_WAIT_S)
            return
        next_hand = self.state.next_hand_at_ms
        if next_hand is not None and next_hand <= now:
            if self.between_hands:
                first, self.between_hands = self.between_hands, None
                await self._on_command(first)
                return  # the alarm for the hand, if there is still one, rings at once
            await self._on_command(StartHand(hand_id=new_id(now), deck=fresh_deck()))
        else:
            await self._on_command(Tick())

    # Commands

    async def _on_command(self, command: Command) -> None:
        """A command of the house itself: nobody waits for an answer."""
        try:
            decision = decide(self.state, command, self.shard.now_ms())
        except Refused as refused:
            log.info(
                "house_command_refused",
                table=self.table_id,
                command=type(command).__name__,
                code=refused.code,
            )
            return
        except Exception:
            if self.state.hand is None or isinstance(command, VoidHand):
                raise
            log.exception("hand_voided", table=self.table_id, command=type(command).__name__)
            await self._on_command(VoidHand(reason="internal_error"))
            return
        await self._commit(decision)

    async def _on_envelope(self, envelope: CommandEnvelope, *, sent_ms: int) -> None:
        match envelope.command["type"]:
            case "resync":
                self._send_private(envelope)
            case "attach" | "detach":
                command = await self.presence.change(envelope, self.state)
                if command:
                    await self._on_command(command)
            case _:
                await self._on_request(envelope, sent_ms)

    async def _on_request(self, envelope: CommandEnvelope, sent_ms: int) -> None:
        """A player's request: exactly one answer, the same each time it is sent.

        `sent_ms` is when Redis took it, by Redis' clock, as ours.
        """
        under_way = self._cashier.under_way(envelope, self.state)
        if under_way:
            await self._on_repeated(envelope, under_way)
            return
        now = self.shard.now_ms()
        if now - sent_ms > COMMAND_LIFE_MS:
            late = replies.error(envelope.request_id, "too_late", self.version)
            await self._answer(envelope, late)
            return
        try:
            if envelope.command["type"] in _NEWCOMERS and not self.takes_players:
                raise Refused("table_closed")
            decision = decide(self.state, engine_command(envelope, self.state, now), now)
        except Refused as refused:
            await self._answer(
                envelope, replies.refusal(envelope.request_id, refused, self.version)
            )
            return
        except Exception:
            log.exception("request_failed", table=self.table_id, command=envelope.command["type"])
            body = replies.error(envelope.request_id, "internal_error", self.version)
            await self._answer(envelope, body)
            return
        payment = payment_of(envelope.request_id, decision.state)
        if payment:
            # Answered when the ledger has spoken; see `_on_paid`.
            reply = _stored(envelope, b"")
            outcome = await self._commit(decision, reply=reply, reply_to=[envelope.reply_to])
            if isinstance(outcome, Committed):
                self._cashier.wait_for(payment, envelope.reply_to)
            return
        body = replies.ack(envelope.request_id, self.version + bool(decision.events))
        await self._commit(decision, reply=_stored(envelope, body), reply_to=[envelope.reply_to])

    async def _on_repeated(self, envelope: CommandEnvelope, payment: str) -> None:
        """A request with the id of one whose payment is under way: the same one waits for the
        outcome as well, another one is a conflict. Redis knows which, whoever owned the table."""
        outcome = await self._answer(envelope, b"")
        if not isinstance(outcome, Known) or outcome.digest == envelope.digest:
            self._cashier.wait_for(payment, envelope.reply_to)

    async def _answer(self, envelope: CommandEnvelope, body: bytes) -> Committed | Known | None:
        """A refusal: nothing happens at the table, but the answer stays the same from now on."""
        unchanged = Decision(events=(), state=self.state)
        reply = _stored(envelope, body)
        return await self._commit(unchanged, reply=reply, reply_to=[envelope.reply_to])

    # Commits

    async def _commit(
        self,
        decision: Decision,
        *,
        reply: StoredReply | None = None,
        reply_to: Sequence[str] = (),
    ) -> Committed | Known | None:
        """Write, then take the new state over, then tell."""
        if not decision.events and reply is None:
            return None
        now = self.shard.now_ms()
        commit = self._commit_of(decision, now)
        commit.reply = reply
        outcome = await self.shard.store.commit(commit)
        match outcome:
            case Committed():
                if reply:
                    self._reply(reply_to, reply.body)
                if commit.entry:
                    self.state, self.version = decision.state, self.version + 1
                    self.recorder.add(decision.events)
                    self._tell(decision.events, commit, now)
                    if any(isinstance(e, SeatReserved | TopUpRequested) for e in decision.events):
                        self._cashier.take_up(self.state, fresh=True)
            case Known(digest, body) if reply:
                if digest != reply.digest:
                    body = replies.conflict(reply.request_id, self.version)
                self._reply(reply_to, body)
            case _:
                raise RuntimeError(f"table {self.table_id} is out of step: {outcome}")
        return outcome

    def _reply(self, channels: Sequence[str], body: bytes) -> None:
        if body:
            # The house itself asks from no channel.
            for channel in filter(None, channels):
                self.shard.broadcast.reply(self.table_id, channel, body)

    def _commit_of(self, decision: Decision, now: int) -> Commit:
        commit = Commit(table_id=self.table_id, expected_version=self.version)
        if decision.events:
            version = self.version + 1
            commit.entry = entry_of(
                decision.events,
                table_id=self.table_id,
                version=version,
                at_ms=now,
                seal=self.shard.seal,
            )
            commit.outbox = self.recorder.outbox(
                decision.events, at_ms=now, config=self.state.config
            )
            if decision.state.hand is None:
                commit.snapshot = snapshot_data(version, decision.state, self.shard.seal)
        return commit

    def _tell(self, events: Sequence[Event], commit: Commit, now: int) -> None:
        broadcast = self.shard.broadcast
        for owner, own in self._private(events).items():
            broadcast.private(self.table_id, self.version, owner, own)
        public = commit.entry.events if commit.entry else []
        broadcast.events(self.table_id, self.version, now, public)
        if commit.outbox:
            self._note_hands(commit.outbox)
        self.last_frame_ms = now
        self.shard.lobby_changed(self)

    def _private(self, events: Sequence[Event]) -> dict[int, list[Event]]:
        """What each player alone may see of a commit, by user."""
        owners: dict[int, list[Event]] = {}
        for event in events:
            if event.audience == "owner":
                seat = self.state.seats.get(event.seat)  # type: ignore[attr-defined]
                if seat is not None:
                    owners.setdefault(seat.user_id, []).append(event)
        return owners

    def _note_hands(self, outbox: list[dict[str, Any]]) -> None:
        for entry in outbox:
            if entry["kind"] == "hand":
                self.hands.append((entry["finished_ms"], entry["pot_krw"]))
        self.shard.nudge(self.table_id)

    def _send_private(self, envelope: CommandEnvelope) -> None:
        own = private_events(self.state, envelope.user_id)
        if own:
            self.shard.broadcast.private_to(self.table_id, self.version, envelope.reply_to, own)

    # Payments

    def _on_outcome(self, payment: PayIn, refusal: Refusal | None) -> None:
        self.put(Paid(payment, refusal))

    async def _on_paid(self, paid: Paid) -> None:
        key = paid.payment.key
        request_id = request_of(key)
        if paid.refusal is None:
            body = replies.ack(request_id, self.version + 1)
        else:
            refusal = paid.refusal
            body = replies.error(request_id, refusal.code, self.version + 1, **refusal.facts)
        command = outcome_command(paid.payment, paid.refusal)
        try:
            decision = decide(self.state, command, self.shard.now_ms())
        except Refused as refused:
            log.error("payment_without_seat", table=self.table_id, key=key, code=refused.code)
            self._cashier.finish(key)
            return
        if not request_id:
            # The table asked by itself, and nobody waits for an answer.
            await self._commit(decision)
            self._cashier.finish(key)
            return
        reply = StoredReply(paid.payment.user_id, request_id, "", body, finishes=True)
        await self._commit(decision, reply=reply, reply_to=self._cashier.waiting_for(key))
        self._cashier.finish(key)


def _stored(envelope: CommandEnvelope, body: bytes) -> StoredReply:
    return StoredReply(envelope.user_id, envelope.request_id, envelope.digest, body)
