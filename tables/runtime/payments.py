"""Chips on their way to a table, seen from the table: which payments its state waits for."""

import asyncio
from collections.abc import Awaitable, Callable

from tables.engine import TableState
from tables.engine.commands import CancelBuyIn, CancelTopUp, Command, ConfirmBuyIn, ConfirmTopUp
from tables.runtime.bank import PayIn, Refusal
from tables.runtime.messages import CommandEnvelope
from tables.runtime.translate import request_of


class Cashier:
    """The payments of one table that are under way, and who waits for their outcome.

    `pay` asks the ledger and reports to the table; it runs once for each payment.
    """

    def __init__(self, pay: Callable[[PayIn], Awaitable[None]]) -> None:
        self._pay = pay
        self._tasks: dict[str, asyncio.Future[None]] = {}
        self._waiting: dict[str, str] = {}  # payment → the channel that waits for its outcome

    def take_up(self, state: TableState, *, fresh: bool) -> None:
        """Start what the state waits for and nobody has started."""
        for key, payment in open_payments(state, fresh=fresh).items():
            if key not in self._tasks:
                self._tasks[key] = asyncio.ensure_future(self._pay(payment))

    def has(self, envelope: CommandEnvelope, state: TableState) -> bool:
        """Whether this very request is being paid already; its answer then goes to `reply_to`."""
        for key, payment in open_payments(state, fresh=False).items():
            if (payment.user_id, request_of(key)) == (envelope.user_id, envelope.request_id):
                self.wait_for(key, envelope.reply_to)
                return True
        return False

    def wait_for(self, key: str, reply_to: str) -> None:
        self._waiting[key] = reply_to

    def finish(self, key: str) -> str:
        """The outcome is known; returns the channel that waits for it, or an empty string."""
        self._tasks.pop(key, None)
        return self._waiting.pop(key, "")

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
