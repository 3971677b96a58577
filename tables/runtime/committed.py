"""A table as it is committed: write, then take the new state over, then tell."""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tables.engine import Decision, TableState, private_events
from tables.engine.events import Event, SeatReserved, TopUpRequested
from tables.runtime import replies
from tables.runtime.commit import Commit, Committed, Known, StoredReply
from tables.runtime.journal import entry_of
from tables.runtime.messages import CommandEnvelope
from tables.runtime.outbox import HandRecorder
from tables.runtime.payments import Cashier
from tables.runtime.recovery import snapshot_data

if TYPE_CHECKING:
    from tables.runtime.shard import Shard


class CommittedTable:
    """What Redis has of a table, and the only way to change it. `version` counts commits, without
    gaps; `hands` are the last ones (finished at ms, pot)."""

    def __init__(
        self,
        shard: "Shard",
        state: TableState,
        version: int,
        recorder: HandRecorder,
        cashier: Cashier,
    ) -> None:
        self.shard = shard
        self.state = state
        self.version = version
        self.last_frame_ms = 0
        self.hands: deque[tuple[int, int]] = deque(maxlen=200)
        self._recorder = recorder
        self._cashier = cashier

    @property
    def table_id(self) -> int:
        return self.state.table_id

    async def commit(
        self,
        decision: Decision,
        *,
        reply: StoredReply | None = None,
        reply_to: Sequence[str] = (),
    ) -> Committed | Known | None:
        """What was decided and the answer to who asked, together; None when there is neither.

        A request that was answered before (`Known`) has no effect a second time.
        """
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
                    self._take_over(decision, commit, now)
            case Known(digest, body) if reply:
                if digest != reply.digest:
                    body = replies.conflict(reply.request_id, self.version)
                self._reply(reply_to, body)
            case _:
                raise RuntimeError(f"table {self.table_id} is out of step: {outcome}")
        return outcome

    async def answer(self, envelope: CommandEnvelope, body: bytes) -> Committed | Known | None:
        """A refusal: nothing happens at the table, but the answer stays the same from now on."""
        unchanged = Decision(events=(), state=self.state)
        reply = stored_reply(envelope, body)
        return await self.commit(unchanged, reply=reply, reply_to=[envelope.reply_to])

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
            commit.outbox = self._recorder.outbox(
                decision.events, at_ms=now, config=self.state.config
            )
            if decision.state.hand is None:
                commit.snapshot = snapshot_data(version, decision.state, self.shard.seal)
        return commit

    def _take_over(self, decision: Decision, commit: Commit, now: int) -> None:
        self.state, self.version = decision.state, self.version + 1
        self._recorder.add(decision.events)
        self._tell(decision.events, commit, now)
        if any(isinstance(e, SeatReserved | TopUpRequested) for e in decision.events):
            self._cashier.take_up(self.state, fresh=True)

    # Telling

    def _reply(self, channels: Sequence[str], body: bytes) -> None:
        if body:
            # The house itself asks from no channel.
            for channel in filter(None, channels):
                self.shard.broadcast.reply(self.table_id, channel, body)

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

    def send_private(self, envelope: CommandEnvelope) -> None:
        """What the sender alone may see now, to the connection that asks."""
        own = private_events(self.state, envelope.user_id)
        if own:
            self.shard.broadcast.private_to(self.table_id, self.version, envelope.reply_to, own)


def stored_reply(envelope: CommandEnvelope, body: bytes) -> StoredReply:
    return StoredReply(envelope.user_id, envelope.request_id, envelope.digest, body)
