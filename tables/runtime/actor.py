"""One table's actor: takes one command at a time, decides, commits, then tells.

State changes only after the commit is in Redis. Time comes to the actor as a command too: an alarm
puts itself into the same queue, and what is due then happens.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from tables.engine import Refused, TableState, decide, next_wakeup
from tables.engine.commands import Command, StartHand, Tick, VoidHand
from tables.runtime.bank import PayIn, Refusal
from tables.runtime.committed import CommittedTable
from tables.runtime.deck import fresh_deck
from tables.runtime.errors import DataLost, StaleEpoch
from tables.runtime.ids import new_id
from tables.runtime.messages import CommandEnvelope
from tables.runtime.outbox import HandRecorder
from tables.runtime.payments import Cashier
from tables.runtime.presence import Presence
from tables.runtime.requests import Paid, RequestDesk

if TYPE_CHECKING:
    from tables.runtime.shard import Shard

log = structlog.get_logger()

UNWELL_WAIT_S = 0.25


class Alarm:
    """The actor's own clock."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A command from the shard's stream, with its place there."""

    position: str
    envelope: CommandEnvelope


Item = Delivery | Command | Paid | Alarm


class TableActor:
    """Owns one table while its shard is ours; `table` is what of it is committed.

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
        self.presence = presence
        self.takes_players = True
        self.between_hands: Command | None = None
        self._inbox: asyncio.Queue[Item] = asyncio.Queue()
        self._alarm: asyncio.TimerHandle | None = None
        self._cashier = Cashier(shard, self._on_outcome)
        self.table = CommittedTable(shard, state, version, recorder, self._cashier)
        self._desk = RequestDesk(shard, self.table, self._cashier)
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> TableState:
        return self.table.state

    @property
    def version(self) -> int:
        return self.table.version

    @property
    def table_id(self) -> int:
        return self.table.table_id

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
                await self._desk.on_paid(item)
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
        await self.table.commit(decision)

    async def _on_envelope(self, envelope: CommandEnvelope, *, sent_ms: int) -> None:
        match envelope.command["type"]:
            case "resync":
                self.table.send_private(envelope)
            case "attach" | "detach":
                command = await self.presence.change(envelope, self.state)
                if command:
                    await self._on_command(command)
            case _:
                takes_players = self.takes_players
                await self._desk.handle(envelope, sent_ms=sent_ms, takes_players=takes_players)

    def _on_outcome(self, payment: PayIn, refusal: Refusal | None) -> None:
        self.put(Paid(payment, refusal))
