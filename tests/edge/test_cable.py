"""A player pulls the cable in a hand, comes back, leaves and returns: over real sockets."""

from typing import Any

import pytest

from accounts.models import User
from tables.engine import extra_time
from tests.edge.site import Client, opened, serving, ticket_for
from tests.edge.test_table_socket import sit, start
from tests.runtime.house import in_database, make_table, running

pytestmark = pytest.mark.django_db(transaction=True)


async def act(client: Client, turn: dict[str, Any], hand_id: str, action: str, **more: Any) -> None:
    answer = await client.ask(
        {"type": "act", "hand_id": hand_id, "turn": turn["turn"], "action": action, **more}
    )
    assert answer["type"] == "ack", answer


class Story:
    """What a watcher sees, one event after the other."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._events: list[dict[str, Any]] = []

    async def until(self, kind: str) -> dict[str, Any]:
        """The next event of a kind."""
        while True:
            while self._events:
                event = self._events.pop(0)
                if event["type"] == kind:
                    return event
            self._events += (await self._client.until_type("events"))["events"]

    async def turn_of(self, seat: int) -> dict[str, Any]:
        """The next turn, which is this seat's."""
        turn = await self.until("turn_started")
        assert turn["seat"] == seat
        return turn


def pull_cable(client: Client) -> None:
    """No goodbye: the connection is gone."""
    client.connection.transport.abort()


async def test_a_player_who_loses_the_connection_finds_what_the_rules_say(
    users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra_time, "DISCONNECT_MS", 60_000)
    table = await in_database(make_table)(action_seconds=2, hand_pause_ms=500)
    path = f"/ws/table/{table.pk}/"
    async with running(), serving() as site, opened(site, path) as watcher:
        await start(watcher)
        story = Story(watcher)
        async with (
            opened(site, path, ticket=await ticket_for(users[0])) as first,
            opened(site, path, ticket=await ticket_for(users[1])) as second,
        ):
            seated = {0: first, 1: second}
            for number, client in seated.items():
                await start(client)
                await sit(client, number)
            hand_id = (await story.until("hand_started"))["hand_id"]
            turn = await story.until("turn_started")
            unlucky, other = turn["seat"], seated[1 - turn["seat"]]
            cards = await seated[unlucky].until_event("hole_cards_dealt")

            pull_cable(seated[unlucky])
            extra = await story.until("extra_time_started")
            assert (extra["seat"], extra["kind"]) == (unlucky, "disconnect")
            async with opened(site, path, ticket=await ticket_for(users[unlucky])) as back:
                await back.ask({"type": "subscribe"})
                snapshot = (await back.until_type("snapshot"))["table"]
                assert snapshot["hand"]["turn"]["turn"] == turn["turn"]
                assert snapshot["hand"]["turn"]["extra_time"] == "disconnect"
                assert await back.until_event("hole_cards_dealt") == cards
                await act(back, turn, hand_id, "call")
                await act(other, await story.turn_of(1 - unlucky), hand_id, "check")
                await act(other, await story.turn_of(1 - unlucky), hand_id, "check")
                await story.turn_of(unlucky)
                pull_cable(back)

            timed_out = await story.until("player_checked")
            assert (timed_out["seat"], timed_out["timed_out"]) == (unlucky, True)
            assert (await story.until("player_sat_out"))["reason"] == "timed_out"
            bet = await story.turn_of(1 - unlucky)
            await act(other, bet, hand_id, "raise", to_krw=bet["min_raise_to_krw"])
            assert (await story.until("player_folded"))["seat"] == unlucky

        async with opened(site, path, ticket=await ticket_for(users[unlucky])) as returned:
            await returned.ask({"type": "subscribe"})
            snapshot = (await returned.until_type("snapshot"))["table"]
            mine = next(seat for seat in snapshot["seats"] if seat["seat"] == unlucky)
            assert (mine["status"], mine["stack_krw"]) == ("sitting_out", 4_900)
            assert (await returned.ask({"type": "leave", "id": "leave"}))["type"] == "ack"
            await returned.until_event("seat_left")
            short = {"type": "sit", "id": "short", "seat": 5, "buy_in_krw": 2_000}
            refused = await returned.ask(short)
            assert (refused["code"], refused["min_krw"]) == ("rathole", 4_900)
            whole = await returned.ask({**short, "id": "whole", "buy_in_krw": 4_900})
            assert whole["type"] == "ack"
