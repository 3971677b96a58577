"""Sockets at echo tables that send and listen like players do, and time what comes back."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
from websockets.asyncio.client import ClientConnection, connect

CONNECTS_AT_ONCE = 16
SETTLE_S = 2.0


class Stamp(msgspec.Struct):
    """One message: who sent it, when (monotonic), and as many bytes as an `events` frame has."""

    sender: int
    at: float
    filling: str


@dataclass
class Crowd:
    """The same tables, sockets and messages a second as in the game."""

    url: str
    tables: int
    seats: int
    per_second: float
    frame_bytes: int
    latency_s: list[float] = field(default_factory=list)
    deliveries: int = 0
    messages: int = 0

    async def run(self, seconds: float, at_edge: Callable[[], None]) -> float:
        """Plays for `seconds`; `at_edge()` is called when measuring begins and ends.

        Returns how long it measured.
        """
        gate = asyncio.Semaphore(CONNECTS_AT_ONCE)
        sockets = await asyncio.gather(
            *(self._open(gate, number) for number in range(self.tables * self.seats))
        )
        listeners = [asyncio.create_task(self._listen(n, s)) for n, s in enumerate(sockets)]
        rows = [sockets[start :: self.tables] for start in range(self.tables)]
        senders = [asyncio.create_task(self._send(n, row)) for n, row in enumerate(rows)]
        await asyncio.sleep(SETTLE_S)
        self.latency_s, self.deliveries, self.messages = [], 0, 0
        at_edge()
        started = time.monotonic()
        await asyncio.sleep(seconds)
        at_edge()
        measured = time.monotonic() - started
        figures = self.latency_s, self.deliveries, self.messages
        for task in senders:
            task.cancel()
        await asyncio.gather(*(socket.close() for socket in sockets))
        await asyncio.gather(*listeners, *senders, return_exceptions=True)
        self.latency_s, self.deliveries, self.messages = figures
        return measured

    async def _open(self, gate: asyncio.Semaphore, number: int) -> ClientConnection:
        async with gate:
            return await connect(
                f"{self.url}/echo/{number % self.tables}/", compression=None, open_timeout=120
            )

    async def _listen(self, number: int, socket: ClientConnection) -> None:
        decode = msgspec.msgpack.Decoder(Stamp).decode
        async for frame in socket:
            stamp = decode(frame if isinstance(frame, bytes) else frame.encode())
            self.deliveries += 1
            if stamp.sender == number:
                self.latency_s.append(time.monotonic() - stamp.at)

    async def _send(self, table: int, row: Sequence[ClientConnection]) -> None:
        encode = msgspec.msgpack.Encoder().encode
        filling = "x" * self.frame_bytes
        period = self.tables / self.per_second
        due = time.monotonic() + period * table / self.tables
        turn = 0
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due += period
            turn += 1
            seat = turn % len(row)
            self.messages += 1
            await row[seat].send(
                encode(Stamp(table + seat * self.tables, time.monotonic(), filling))
            )
