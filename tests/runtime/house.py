"""A small house for tests: a table, players with money, runners in this process."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from accounts.models import User
from tables.models import Stake, Table
from tables.runtime.broadcast import owner_group, table_group
from tables.runtime.gateway import Gateway
from tables.runtime.messages import CommandEnvelope
from tables.runtime.runner import Runner
from wallet import services as wallet

DECK_KEY = "ab" * 32
PATIENCE_S = 30


def make_table(**options: Any) -> Table:
    stake = Stake.objects.create(
        name="50/100",
        small_blind_krw=50,
        big_blind_krw=100,
        min_buy_in_krw=2_000,
        max_buy_in_krw=10_000,
    )
    options = {
        "name": "Table 1",
        "seats": 6,
        "hand_pause_ms": 10,
        "time_bank_seconds": 0,
        **options,
    }
    return Table.objects.create(stake=stake, **options)


def make_users(count: int) -> list[User]:
    users = []
    for number in range(count):
        user = User(email=f"p{number}@example.com", nickname=f"player{number}")
        user.set_unusable_password()
        user.save()
        wallet.grant_play_money(user_id=user.pk)
        users.append(user)
    return users


@asynccontextmanager
async def running(count: int = 1, **options: Any) -> AsyncIterator[list[Runner]]:
    """Runners that own every shard when the block starts."""
    runners = [Runner(deck_key=DECK_KEY, **{"nudge": lambda _: None, **options})]
    runners += [Runner(deck_key=DECK_KEY, nudge=lambda _: None) for _ in range(count - 1)]
    for runner in runners:
        await runner.start()
    try:
        share = runners[0].shards // count
        await until(lambda: all(len(runner.owned) == share for runner in runners))
        yield runners
    finally:
        for runner in runners:
            await runner.stop()


async def until(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """Wait for `condition()` to be true, and return what it gave."""
    async with asyncio.timeout(patience_s):
        while not (result := condition()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return result


class Player:
    """A client without a socket: sends envelopes, and keeps what the channel layer brings."""

    def __init__(self, user: User, table: Table) -> None:
        self.user = user
        self.table = table
        self.replies: dict[str, dict[str, Any]] = {}
        self.frames: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.cards: dict[str, Any] | None = None
        self.private: list[dict[str, Any]] = []
        self._sent = 0

    async def join(self) -> "Player":
        self.layer = get_channel_layer()
        self.channel = await self.layer.new_channel()
        await self.layer.group_add(table_group(self.table.pk), self.channel)
        await self.layer.group_add(owner_group(self.table.pk, self.user.pk), self.channel)
        self.listening = asyncio.create_task(self._listen())
        return self

    async def leave_groups(self) -> None:
        self.listening.cancel()
        await asyncio.gather(self.listening, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            message = await self.layer.receive(self.channel)
            if message["type"] == "table.reply":
                body = orjson.loads(message["body"])
                self.replies[body["id"]] = body
                continue
            frame = orjson.loads(message["json"])
            if frame["type"] == "events":
                self.frames.append(frame)
                self.events += frame["events"]
            elif frame["type"] == "private":
                for event in frame["events"]:
                    if event["type"] == "hole_cards_dealt":
                        self.cards = event
                    self.private.append(event)

    async def send(self, command: dict[str, Any], request_id: str = "", **facts: Any) -> str:
        self._sent += 1
        request_id = request_id or f"{self.user.pk}-{self._sent}"
        envelope = CommandEnvelope(
            table_id=self.table.pk,
            user_id=self.user.pk,
            nickname=self.user.nickname,
            is_bot=False,
            request_id=request_id,
            reply_to=self.channel,
            digest=hashlib.sha256(orjson.dumps(command)).hexdigest(),
            command=command,
            **facts,
        )
        await Gateway.get().submit(envelope)
        return request_id

    async def ask(self, command: dict[str, Any], request_id: str = "") -> dict[str, Any]:
        """Send, and wait for the answer."""
        self.replies.pop(request_id, None)
        sent = await self.send(command, request_id)
        return dict(await until(lambda: self.replies.get(sent)))

    async def sit(self, seat: int, buy_in_krw: int = 10_000) -> dict[str, Any]:
        return await self.ask({"type": "sit", "seat": seat, "buy_in_krw": buy_in_krw})

    def happened(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    @property
    def turn(self) -> dict[str, Any] | None:
        """The running turn, if any, with its hand's id."""
        turn: dict[str, Any] | None = None
        hand = ""
        for event in self.events:
            if event["type"] == "hand_started":
                hand = event["hand_id"]
            if event["type"] == "turn_started":
                turn = {**event, "hand_id": hand}
            elif event["type"] == "clocks_moved" and turn:
                turn["deadline_ms"] += event["by_ms"]
            elif event["type"].startswith("player_") or event["type"].startswith("hand_"):
                turn = None if event["type"] not in {"player_connected"} else turn
        return turn


async def play_turn(
    players: dict[int, Player], watcher: Player, action: str = ""
) -> dict[str, Any]:
    """Whoever is asked checks or calls (or does `action`); returns the answer."""
    turn = await until(lambda: watcher.turn)
    kind = action or ("call" if turn["call_krw"] else "check")
    seen = len(watcher.events)
    answer = await players[turn["seat"]].ask(
        {"type": "act", "hand_id": turn["hand_id"], "turn": turn["turn"], "action": kind}
    )
    await until(lambda: len(watcher.events) > seen)
    return answer


async def play_until(
    players: dict[int, Player], watcher: Player, condition: Callable[[], Any]
) -> None:
    """Nobody's time runs out before `condition()` is true."""
    while not condition():
        if watcher.turn:
            await play_turn(players, watcher)
        else:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def seated(
    table: Table, users: list[User], *, first_seat: int = 0
) -> AsyncIterator[dict[int, Player]]:
    """Players in seats 0, 1, …; with two of them the first hand starts at once."""
    players = {}
    try:
        for seat, user in enumerate(users, first_seat):
            players[seat] = await Player(user, table).join()
        for seat, player in players.items():
            answer = await player.sit(seat)
            assert answer["type"] == "ack", answer
        yield players
    finally:
        for player in players.values():
            await player.leave_groups()


in_database = sync_to_async
