"""Chips on their way to a table, seen from the table: which payments its state waits for."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from tables.engine import TableState
from tables.engine.commands import CancelBuyIn, CancelTopUp, Command, ConfirmBuyIn, ConfirmTopUp
from tables.runtime.bank import PayIn, Refusal
from tables.runtime.errors import StaleEpoch
from tables.runtime.messages import CommandEnvelope
from tables.runtime.translate import request_of

if TYPE_CHECKING:
    from tables.runtime.shard import Shard

log = structlog.get_logger()

AGAIN_S = (0.5, 1.0, 5.0, 30.0)


class Cashier:
    """The payments of one table that are under way, and who waits for their outcome.

    `report(payment, refusal)` is called once for each payment, when the ledger has spoken.
    """

    def __init__(self, shard: "Shard", report: Callable[[PayIn, Refusal | None], None]) -> None:
        self._shard = shard
        self._report = report
        self._tasks: dict[str, asyncio.Future[None]] = {}
        self._waiting: dict[str, list[str]] = {}  # payment → channels that wait for its outcome

    def take_up(self, state: TableState, *, fresh: bool) -> None:
        """Start what the state waits for and nobody has started."""
        for key, payment in open_payments(state, fresh=fresh).items():
            if key not in self._tasks:
                self._tasks[key] = asyncio.ensure_future(self._pay(payment))

    async def _pay(self, payment: PayIn) -> None:
        """Ask until there is an answer: by its key a payment happens once, however often asked."""
        attempt = 0
        while True:
            try:
                refusal = await self._shard.pay_in(payment)
            except StaleEpoch as error:
                self._shard.lost(error)
                return
            except Exception:
                log.exception("payment_failed", table=payment.table_id, key=payment.key)
                # Whether anything was paid is not known: from now on it may not be given up.
                payment = replace(payment, fresh=False)
                await asyncio.sleep(AGAIN_S[min(attempt, len(AGAIN_S) - 1)])
                attempt += 1
            else:
                self._report(payment, refusal)
                return

    def under_way(self, envelope: CommandEnvelope, state: TableState) -> str | None:
        """The payment that a request with this id has asked for, if it has no outcome yet."""
        for key, payment in open_payments(state, fresh=False).items():
            if (payment.user_id, request_of(key)) == (envelope.user_id, envelope.request_id):
                return key
        return None

    def wait_for(self, key: str, reply_to: str) -> None:
        channels = self._waiting.setdefault(key, [])
        if reply_to not in channels:
            channels.append(reply_to)

    def waiting_for(self, key: str) -> list[str]:
        return self._waiting.get(key, [])

    def finish(self, key: str) -> None:
        """The outcome is known, stored and told."""
        self._tasks.pop(key, None)
        self._waiting.pop(key, None)

    def inherit(self, failed: "Cashier") -> None:
        """Take over who waits; the payments themselves are in the table's state."""
        for key, channels in failed._waiting.items():
            for channel in channels:
                self.wait_for(key, channel)

    def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()


def payment_of(request_id: str, state: TableState) -> str | None:
    """The payment that a request has asked for, if any."""
    payments = open_payments(state, fresh=True)
    return next((key for key in payments if request_of(key) == request_id), None)


def open_payments(state: TableState, *, fresh: bool) -> dict[str, PayIn]:
    """Reserved seats and asked-for top-ups, by payment id."""
    payments: dict[str, PayIn] = {}
    for number, seat in state.seats.items():
        if seat.is_reserved:
            payments[seat.buy_in_id] = PayIn(
                table_id=state.table_id,
                user_id=seat.user_id,
                amount_krw=seat.reserved_krw,
                key=seat.buy_in_id,
                seat=number,
                fresh=fresh,
            )
        if seat.top_up is not None and not seat.top_up.confirmed:
            payments[seat.top_up.top_up_id] = PayIn(
                table_id=state.table_id,
                user_id=seat.user_id,
                amount_krw=seat.top_up.amount_krw,
                key=seat.top_up.top_up_id,
                seat=None,
                fresh=fresh,
            )
    return payments


def outcome_command(payment: PayIn, refusal: Refusal | None) -> Command:
    """What the table is told when the ledger has spoken."""
    if payment.seat is not None:
        if refusal is None:
            return ConfirmBuyIn(buy_in_id=payment.key)
        return CancelBuyIn(buy_in_id=payment.key, reason=refusal.code)
    if refusal is None:
        return ConfirmTopUp(top_up_id=payment.key)
    return CancelTopUp(top_up_id=payment.key, reason=refusal.code)
