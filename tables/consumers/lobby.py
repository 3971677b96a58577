"""The connection to the lobby: every open table once, then what changes."""

from typing import Any

from channels.db import database_sync_to_async

from tables.consumers.socket import PokerSocket
from tables.protocol.decode import decode_lobby
from tables.protocol.messages import Lobby, LobbyTable
from tables.protocol.requests import ClientMessage
from tables.runtime.errors import RuntimeUnavailable
from tables.runtime.messages import TableSummary
from tables.selectors import TableFacts, table_facts

LOBBY_GROUP = "lobby"


def lobby_table(facts: TableFacts, summary: TableSummary | None) -> LobbyTable:
    """A table as the lobby shows it; without a summary nobody has played there yet."""
    return LobbyTable(
        table_id=facts.table_id,
        players=summary.players if summary else 0,
        seats=facts.seats,
        in_hand=summary.in_hand if summary else False,
        hands_per_hour=summary.hands_per_hour if summary else 0,
        average_pot_krw=summary.average_pot_krw if summary else 0,
        name=facts.name,
        stake=facts.stake,
        small_blind_krw=facts.small_blind_krw,
        big_blind_krw=facts.big_blind_krw,
        ante_krw=facts.ante_krw,
        min_buy_in_krw=facts.min_buy_in_krw,
        max_buy_in_krw=facts.max_buy_in_krw,
    )


class LobbyConsumer(PokerSocket):
    """`/ws/lobby/`."""

    handlers = {**PokerSocket.handlers, "lobby.update": "lobby_update"}  # noqa: RUF012

    def decode(self, frame: bytes) -> ClientMessage:
        return decode_lobby(frame, self.encoding)

    async def greet(self) -> None:
        await self.tell(self.welcome())
        # First the group, then the state: what changes in between comes twice, not never.
        await self.join(LOBBY_GROUP)
        try:
            found = await self.gateway.lobby()
        except RuntimeUnavailable:
            await self.shut(4503)
            return
        summaries = {summary.table_id: summary for summary in found}
        facts: dict[int, TableFacts] = await database_sync_to_async(table_facts)()
        await self.tell(
            Lobby(
                tables=[
                    lobby_table(table, summaries.get(table.table_id))
                    for table in facts.values()
                    if table.is_open
                ]
            )
        )

    async def lobby_update(self, message: dict[str, Any]) -> None:
        await self.deliver(message[self.encoding])
