"""A client that knows docs/protocol.md and its JSON Schema, and nothing of the project.

It logs in over REST, follows one table, compares its copy with the server's snapshots, and plays.
"""

import asyncio
import copy
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.edge.page_fold import Message, fold, whole


class Account:
    """Somebody who has logged in, over REST."""

    def __init__(self, rest: httpx.AsyncClient) -> None:
        self._rest = rest

    async def get(self, path: str) -> Any:
        answer = await self._rest.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ticket(self) -> str:
        answer = await self._rest.post("/api/v1/ws-ticket/")
        assert answer.status_code == 201, answer.text
        ticket: str = answer.json()["ticket"]
        return ticket


@asynccontextmanager
async def logged_in(site: str, email: str, password: str) -> AsyncIterator[Account]:
    """`site` is its address, such as `http://127.0.0.1:8000`."""
    async with httpx.AsyncClient(base_url=site, timeout=30, trust_env=False) as rest:
        path = "/_allauth/app/v1/auth/login"
        answer = await rest.post(path, json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        rest.headers["X-Session-Token"] = answer.json()["meta"]["session_token"]
        yield Account(rest)
        assert (await rest.delete("/_allauth/app/v1/auth/session")).status_code == 401


@asynccontextmanager
async def at_table(site: str, account: Account, table_id: int) -> AsyncIterator["TableClient"]:
    """A connection to a table that has been subscribed to and has its first snapshot."""
    async with connect(
        f"ws{site.removeprefix('http')}/ws/table/{table_id}/",
        additional_headers={"Authorization": f"Ticket {await account.ticket()}"},
        subprotocols=["poker.v1.json"],  # type: ignore[list-item]
        compression=None,
        proxy=None,
        open_timeout=30,
    ) as connection:
        client = TableClient(connection)
        client.reading = asyncio.create_task(client.read())
        try:
            await client.ask("subscribe")
            await client.until(lambda: client.table)
            yield client
        finally:
            client.reading.cancel()
            await asyncio.gather(client.reading, return_exceptions=True)


async def empty_table(account: Account) -> dict[str, Any]:
    """One for more than two that nobody plays at, nor a demo bot that is on its way."""
    tables: list[dict[str, Any]] = await account.get("/api/v1/tables/")
    empty = (t for t in tables if t["is_open"] and not t["players"] and not t["is_demo"])
    return next(table for table in empty if table["seats"] > 2)


class TableClient:
    """A copy of a table, kept by the rules of the page, and the requests of one player."""

    reading: asyncio.Task[None]

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._run = secrets.token_hex(4)
        self._sent = 0
        self._answers: dict[str, asyncio.Future[Message]] = {}
        self._changed = asyncio.Event()
        self._early: dict[int, Message] = {}  # frames after a gap
        self._folded: dict[int, Message] = {}  # what each version looked like here
        self._expected: dict[int, Message] = {}  # what the server says it looked like
        self._asked_missed = False
        self.user_id = 0
        self.version = -1
        self.table: Message = {}
        self._told: dict[int, list[Message]] = {}  # the events of each version
        self.cards: list[str] | None = None  # of the running hand
        self._cards_of = 0  # the version they came with
        self.played: set[tuple[str, ...]] = set()  # hand and cards, at every turn
        self.compared = 0

    async def ask(self, kind: str, **fields: Any) -> Message:
        """Send a request; returns its answer, which must be an `ack`."""
        self._sent += 1
        request_id = f"{self._run}-{self._sent}"
        answer = self._answers[request_id] = asyncio.get_running_loop().create_future()
        await self._connection.send(json.dumps({"type": kind, "id": request_id, **fields}))
        found: Message = await self.until(lambda: answer.done() and answer.result())
        assert found["type"] == "ack", found
        return found

    async def until(self, condition: Callable[[], Any], *, seconds: float = 120) -> Any:
        """Wait until a frame has made `condition()` true; returns what it gave."""
        async with asyncio.timeout(seconds):
            while not (result := condition()):
                if self.reading.done():
                    self.reading.result()
                    raise AssertionError("The connection has ended.")
                self._changed.clear()
                await self._changed.wait()
        return result

    async def read(self) -> None:
        """Take every frame as it comes."""
        try:
            async for frame in self._connection:
                message: Message = json.loads(frame)
                take = getattr(self, f"_take_{message['type']}", None)
                if take is not None:
                    await take(message)
                self._changed.set()
        finally:
            self._changed.set()

    async def _take_welcome(self, message: Message) -> None:
        self.user_id = message["user"]["user_id"]

    async def _take_ack(self, message: Message) -> None:
        self._answers.pop(message["id"]).set_result(message)

    _take_error = _take_ack

    async def _take_snapshot(self, message: Message) -> None:
        """The first one, and one instead of missed events, is taken; others are compared."""
        table, version = whole(message["table"]), message["version"]
        if self.table and not self._asked_missed:
            self._expected[version] = table
        else:
            self.table, self.version, self._asked_missed = table, version, False
        self._follow()
        self._compare()

    async def _take_events(self, message: Message) -> None:
        self._told[message["version"]] = message["events"]
        self._early[message["version"]] = message
        self._follow()
        self._compare()
        if self._early:
            await self._ask_for_missed()

    async def _take_heartbeat(self, message: Message) -> None:
        if message["version"] > self.version:
            # The events may be just behind.
            self._waiting = asyncio.create_task(self._still_behind(message["version"]))

    async def _still_behind(self, version: int) -> None:
        await asyncio.sleep(0.25)
        if version > self.version:
            await self._ask_for_missed()

    async def _take_private(self, message: Message) -> None:
        for event in message["events"]:
            if event["type"] == "hole_cards_dealt":
                self.cards, self._cards_of = event["cards"], message["version"]

    def _follow(self) -> None:
        """Fold the frames that are next, and forget those that are known."""
        while frame := self._early.pop(self.version + 1, None):
            self.table = copy.deepcopy(self.table)
            for event in frame["events"]:
                fold(self.table, event)
                if event["type"] == "hand_started" and frame["version"] > self._cards_of:
                    self.cards = None
            self.version += 1
            self._folded[self.version] = self.table
            self._asked_missed = False
        self._early = {v: frame for v, frame in self._early.items() if v > self.version}

    def _compare(self) -> None:
        for version in self._expected.keys() & self._folded.keys():
            assert self._folded[version] == self._expected.pop(version)
            self.compared += 1

    async def _ask_for_missed(self) -> None:
        if self._asked_missed:
            return
        self._asked_missed = True
        self._sent += 1
        request_id = f"{self._run}-{self._sent}"
        request = {"type": "missed", "id": request_id, "since": self.version}
        self._answers[request_id] = asyncio.get_running_loop().create_future()
        await self._connection.send(json.dumps(request))

    # What a player sees and does

    def happened(self, kind: str) -> list[Message]:
        told = (event for version in sorted(self._told) for event in self._told[version])
        return [event for event in told if event["type"] == kind]

    @property
    def seat(self) -> Message | None:
        """The player's own seat."""
        own = (seat for seat in self.table["seats"] if seat["user_id"] == self.user_id)
        return next(own, None)

    def turn(self) -> Message | None:
        """The running turn, if it is this player's."""
        hand = self.table["hand"]
        turn: Message | None = hand and hand["turn"]
        return turn if turn and self.seat and turn["seat"] == self.seat["seat"] else None

    async def sit(self, buy_in_krw: int) -> None:
        taken = {seat["seat"] for seat in self.table["seats"]}
        free = next(n for n in range(self.table["config"]["seats"]) if n not in taken)
        await self.ask("sit", seat=free, buy_in_krw=buy_in_krw)
        await self.until(lambda: self.seat and self.seat["status"] == "active")

    async def play(self, hands: int, choose: Callable[[Message], Message]) -> None:
        """Answer every turn with `choose(turn)` until so many hands have ended."""
        answered: tuple[str, int] | None = None

        def asked() -> Message | None:
            turn = self.turn()
            return turn if turn and self._name(turn) != answered else None

        def over() -> bool:
            return len(self.happened("hand_finished")) >= hands

        while not over():
            await self.until(lambda: asked() or over())
            if turn := asked():
                answered = hand_id, number = self._name(turn)
                if self.cards is None:
                    await self.ask("snapshot")  # they come again after it
                    await self.until(lambda: self.cards)
                self.played.add((hand_id, *(self.cards or ())))
                await self.ask("act", hand_id=hand_id, turn=number, **choose(turn))
                await self.ask("snapshot")

    def _name(self, turn: Message) -> tuple[str, int]:
        return self.table["hand"]["hand_id"], turn["turn"]

    async def leave(self) -> Message:
        """Give up the seat; returns the event that says with how much."""
        await self.ask("leave")
        mine: Message = await self.until(
            lambda: next((e for e in self.happened("seat_left") if e["user_id"] == self.user_id), 0)
        )
        return mine

    async def compare(self) -> None:
        """Let the server say once more what the table looks like; the copy must be the same."""
        before = self.compared
        await self.ask("snapshot")
        await self.until(lambda: self.compared > before)


def check_or_call(turn: Message) -> Message:
    return {"action": "call" if turn["call_krw"] else "check"}


def raise_once_then_call(turn: Message) -> Message:
    """A smallest raise as the first action of a hand."""
    if turn["turn"] <= 2 and turn["min_raise_to_krw"] is not None:
        return {"action": "raise", "to_krw": turn["min_raise_to_krw"]}
    return check_or_call(turn)
