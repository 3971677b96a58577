"""Players' requests at a table: exactly one answer to each, the same each time it is sent."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from tables.engine import Decision, Refused, decide
from tables.runtime import replies
from tables.runtime.bank import PayIn, Refusal
from tables.runtime.commit import Committed, Known, StoredReply
from tables.runtime.committed import CommittedTable, stored_reply
from tables.runtime.messages import CommandEnvelope
from tables.runtime.payments import Cashier, outcome_command, payment_of
from tables.runtime.translate import engine_command, request_of

if TYPE_CHECKING:
    from tables.runtime.shard import Shard

log = structlog.get_logger()

COMMAND_LIFE_MS = 30_000
# What is refused where nobody new may sit down.
_NEWCOMERS = frozenset({"sit", "join_waiting_list"})


@dataclass(frozen=True, slots=True)
class Paid:
    """The ledger has spoken: `refusal` None means that the chips are in escrow."""

    payment: PayIn
    refusal: Refusal | None


class RequestDesk:
    """Answers the requests of one table's players; those that cost money when the ledger has
    spoken."""

    def __init__(self, shard: "Shard", table: CommittedTable, cashier: Cashier) -> None:
        self._shard = shard
        self._table = table
        self._cashier = cashier

    async def handle(self, envelope: CommandEnvelope, *, sent_ms: int, takes_players: bool) -> None:
        """`sent_ms` is when Redis took the request, by Redis' clock, as ours."""
        under_way = self._cashier.under_way(envelope, self._table.state)
        if under_way:
            await self._on_repeated(envelope, under_way)
            return
        now = self._shard.now_ms()
        if now - sent_ms > COMMAND_LIFE_MS:
            await self._refuse(envelope, "too_late")
            return
        try:
            if envelope.command["type"] in _NEWCOMERS and not takes_players:
                raise Refused("table_closed")
            decision = decide(
                self._table.state, engine_command(envelope, self._table.state, now), now
            )
        except Refused as refused:
            body = replies.refusal(envelope.request_id, refused, self._table.version)
            await self._table.answer(envelope, body)
            return
        except Exception:
            log.exception(
                "request_failed", table=self._table.table_id, command=envelope.command["type"]
            )
            await self._refuse(envelope, "internal_error")
            return
        await self._carry_out(envelope, decision)

    async def _refuse(self, envelope: CommandEnvelope, code: str) -> None:
        body = replies.error(envelope.request_id, code, self._table.version)
        await self._table.answer(envelope, body)

    async def _carry_out(self, envelope: CommandEnvelope, decision: Decision) -> None:
        payment = payment_of(envelope.request_id, decision.state)
        if payment:
            # Answered when the ledger has spoken; see `on_paid`.
            reply = stored_reply(envelope, b"")
            outcome = await self._table.commit(decision, reply=reply, reply_to=[envelope.reply_to])
            if isinstance(outcome, Committed):
                self._cashier.wait_for(payment, envelope.reply_to)
            return
        body = replies.ack(envelope.request_id, self._table.version + bool(decision.events))
        reply = stored_reply(envelope, body)
        await self._table.commit(decision, reply=reply, reply_to=[envelope.reply_to])

    async def _on_repeated(self, envelope: CommandEnvelope, payment: str) -> None:
        """A request with the id of one whose payment is under way: the same one waits for the
        outcome as well, another one is a conflict. Redis knows which, whoever owned the table."""
        outcome = await self._table.answer(envelope, b"")
        if not isinstance(outcome, Known) or outcome.digest == envelope.digest:
            self._cashier.wait_for(payment, envelope.reply_to)

    async def on_paid(self, paid: Paid) -> None:
        """The outcome of a payment is carried out at the table, and told to who waits for it."""
        key = paid.payment.key
        request_id = request_of(key)
        version = self._table.version + 1
        if paid.refusal is None:
            body = replies.ack(request_id, version)
        else:
            body = replies.error(request_id, paid.refusal.code, version, **paid.refusal.facts)
        command = outcome_command(paid.payment, paid.refusal)
        try:
            decision = decide(self._table.state, command, self._shard.now_ms())
        except Refused as refused:
            log.error(
                "payment_without_seat", table=self._table.table_id, key=key, code=refused.code
            )
            self._cashier.finish(key)
            return
        if not request_id:
            # The table asked by itself, and nobody waits for an answer.
            await self._table.commit(decision)
            self._cashier.finish(key)
            return
        reply = StoredReply(paid.payment.user_id, request_id, "", body, finishes=True)
        await self._table.commit(decision, reply=reply, reply_to=self._cashier.waiting_for(key))
        self._cashier.finish(key)
