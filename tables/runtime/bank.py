"""The way from the table to the ledger for chips that come in: buy-ins and top-ups.

The actor first commits that a seat is reserved (or a top-up asked for), then asks the bank, then
commits the outcome. The ledger's key is the buy-in's id, so whoever takes the table over after a
death asks again and gets the same answer. The shard's epoch is checked inside the ledger's own
transaction: a process that lost its shard cannot pay in for a seat that is already given up.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from tables import services
from tables.rathole import BANK_UNAVAILABLE, BuyInRefused
from tables.runtime.errors import StaleEpoch
from wallet.errors import WalletError

log = structlog.get_logger()

RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class PayIn:
    """Chips on their way to a seat. `fresh` is false when an earlier owner may have asked already.

    `seat` None: a top-up, else a buy-in that opens a sitting.
    """

    table_id: int
    user_id: int
    amount_krw: int
    key: str
    seat: int | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no money moved; `facts` go into the answer beside the code."""

    code: str
    facts: dict[str, int] = field(default_factory=dict)


class Bank:
    """Runs ledger calls of one process in threads, so that tables never wait for PostgreSQL."""

    def __init__(self, threads: int = 4) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="bank")

    def close(self) -> None:
        """End the threads, each with its connection."""
        all_here = Barrier(self._threads)
        for _ in range(self._threads):
            self._pool.submit(_close_connection, all_here)
        self._pool.shutdown(wait=True)

    async def call(self, function: Callable[..., Any], **kwargs: Any) -> Any:
        """A blocking function that uses the database, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: _with_connection(function, kwargs))

    async def pay_in(self, job: PayIn, *, shard: int, epoch: int) -> Refusal | None:
        """Move the money; returns None when it is in escrow, or the refusal.

        Waits as long as it takes to be sure. Only where nothing can have been sent yet (a fresh
        job, no connection) does it give up at once with `bank_unavailable`.
        Raises `StaleEpoch` when the shard has another owner.
        """
        may_give_up = job.fresh
        while True:
            try:
                if may_give_up:
                    await self.call(_probe)
                may_give_up = False
                await self.call(services.pay_in, job=job, shard=shard, epoch=epoch)
            except services.NotTheOwner as error:
                raise StaleEpoch(str(error)) from error
            except BuyInRefused as error:
                return Refusal(error.code, error.facts)
            except WalletError as error:
                return Refusal(error.code, dict(error.facts))
            except (OperationalError, InterfaceError) as error:
                log.warning("bank_waits", key=job.key, error=str(error).splitlines()[0])
                if may_give_up:
                    return Refusal(BANK_UNAVAILABLE)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return None


def _probe() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _with_connection(function: Callable[..., Any], kwargs: dict[str, Any]) -> Any:
    close_old_connections()
    try:
        return function(**kwargs)
    finally:
        close_old_connections()


def _close_connection(all_here: Barrier) -> None:
    connection.close()
    all_here.wait(timeout=5)
