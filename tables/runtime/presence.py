"""Who has a socket open at a table.

Consumers report each socket's coming and going as commands. What a killed web process cannot report
is noticed by its heartbeat key: when that expires, its sockets count as closed. One that was only
held up reports them again (see `gateway`).
"""

from collections.abc import Collection
from typing import Any

from redis.asyncio import Redis

from tables.engine import TableState
from tables.engine.commands import Command, MarkConnected, MarkDisconnected
from tables.runtime.commit import insist
from tables.runtime.messages import CommandEnvelope


class Presence:
    """The open sockets of one table's logged-in users: connection id → (user, web process).

    `attaches` counts the reports of open sockets; each socket keeps the number of its latest.
    """

    def __init__(self, redis: Redis, key: str) -> None:
        self._redis = redis
        self._key = key
        self._sockets: dict[str, tuple[int, str, int]] = {}
        self.attaches = 0

    async def load(self) -> None:
        """What the last owner knew."""
        stored: Any = await self._redis.hgetall(self._key)
        for connection, value in stored.items():
            user, _, web = value.decode().partition("@")
            self._sockets[connection.decode()] = (int(user), web, 0)

    def webs(self) -> set[str]:
        """The web processes that hold sockets of this table."""
        return {web for _, web, _ in self._sockets.values()}

    async def change(self, envelope: CommandEnvelope, state: TableState) -> Command | None:
        """Note an `attach` or `detach`; returns the command that tells the table, if it changed."""
        connection = str(envelope.command["conn_id"])
        user = envelope.user_id
        if envelope.command["type"] == "attach":
            web = str(envelope.command["web_id"])
            self.attaches += 1
            self._sockets[connection] = (user, web, self.attaches)
            await insist(lambda: self._redis.hset(self._key, connection, f"{user}@{web}"))
        elif self._sockets.pop(connection, None):
            await insist(lambda: self._redis.hdel(self._key, connection))
        return self._command_for(user, state)

    async def drop_webs(
        self, dead: Collection[str], state: TableState, *, known: int
    ) -> list[Command]:
        """The sockets of dead web processes are gone; what was reported after the look at their
        heartbeats, when `attaches` was `known`, is not."""
        gone = {
            connection: user
            for connection, (user, web, number) in self._sockets.items()
            if web in dead and number <= known
        }
        if not gone:
            return []
        for connection in gone:
            del self._sockets[connection]
        await insist(lambda: self._redis.hdel(self._key, *gone))
        commands = (self._command_for(user, state) for user in set(gone.values()))
        return [command for command in commands if command]

    def _command_for(self, user_id: int, state: TableState) -> Command | None:
        seat = next((s for s in state.seats.values() if s.user_id == user_id), None)
        here = any(user == user_id for user, _, _ in self._sockets.values())
        if seat is None or seat.connected == here:
            return None
        return MarkConnected(user_id=user_id) if here else MarkDisconnected(user_id=user_id)
