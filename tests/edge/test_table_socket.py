"""A table over a real WebSocket: subscribing, playing, catching up."""

import asyncio
from typing import Any

import msgspec
import pytest

from accounts.models import User
from tables.engine import event_from_data, fold
from tables.engine.view import TableView
from tables.models import Table
from tests.edge.site import JSON, MSGPACK, Client, cookie_for, opened, serving, ticket_for
from tests.runtime.house import running

pytestmark = pytest.mark.django_db(transaction=True)


async def start(client: Client) -> dict[str, Any]:
    """Subscribe; returns the snapshot."""
    answer = await client.ask({"type": "subscribe", "id": "sub"})
    assert answer["type"] == "ack", answer
    snapshot = await client.until_type("snapshot")
    assert snapshot["version"] == answer["version"]
    return snapshot


async def sit(client: Client, seat: int) -> None:
    answer = await client.ask({"type": "sit", "id": f"sit{seat}", "seat": seat, "buy_in_krw": 5000})
    assert answer["type"] == "ack", answer


async def play_a_hand(clients: dict[int, Client], watcher: Client) -> None:
    """Everyone checks or calls until the hand is over, as the watcher sees it."""
    hand_id = ""
    turns = 0
    while True:
        frame = await watcher.until_type("events")
        for event in frame["events"]:
            match event["type"]:
                case "hand_started":
                    hand_id = event["hand_id"]
                case "turn_started":
                    turns += 1
                    action = "call" if event["call_krw"] else "check"
                    turn = {"hand_id": hand_id, "turn": event["turn"], "action": action}
                    await clients[event["seat"]].send({"type": "act", "id": f"t{turns}", **turn})
                case "hand_finished":
                    return


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_two_players_play_a_hand_and_a_third_watches(
    protocol: str, table: Table, users: list[User]
) -> None:
    path = f"/ws/table/{table.pk}/"
    async with running(), serving() as site:
        cookie = await cookie_for(users[0])
        ticket = await ticket_for(users[1])
        async with (
            opened(site, path, cookie=cookie, protocols=(protocol,)) as one,
            opened(site, path, ticket=ticket, protocols=(protocol,)) as two,
            opened(site, path, protocols=(protocol,)) as watcher,
        ):
            for client in (one, two, watcher):
                await start(client)
            await sit(one, 0)
            await sit(two, 3)
            await play_a_hand({0: one, 3: two}, watcher)
            for client in (one, two):
                cards = await _own_cards(client)
                assert cards["seat"] == (0 if client is one else 3)
                assert len(cards["cards"]) == 2
            assert "private" not in {message["type"] for message in watcher.received}
            assert "deck_dealt" not in str(watcher.received) + str(one.received)


async def _own_cards(client: Client) -> dict[str, Any]:
    for message in client.received:
        if message["type"] == "private":
            return dict(message["events"][0])
    return await client.until_event("hole_cards_dealt")


async def test_an_old_snapshot_and_the_events_since_make_the_new_snapshot(
    table: Table, users: list[User]
) -> None:
    path = f"/ws/table/{table.pk}/"
    async with running(), serving() as site:
        one_ticket, two_ticket = await ticket_for(users[0]), await ticket_for(users[1])
        async with (
            opened(site, path, ticket=one_ticket) as one,
            opened(site, path, ticket=two_ticket) as two,
            opened(site, path) as watcher,
        ):
            for client in (one, two):
                await start(client)
            first = await start(watcher)
            await sit(one, 0)
            await sit(two, 1)
            await play_a_hand({0: one, 1: two}, watcher)
            folded = Follower(first)
            for message in watcher.received:
                folded.take(message)
            assert folded.version > first["version"] + 5
            # The table goes on meanwhile: follow until a snapshot is of the version folded so far.
            while True:
                await watcher.send({"type": "snapshot", "id": f"s{folded.version}"})
                while (message := await watcher.next())["type"] != "snapshot":
                    folded.take(message)
                if message["version"] == folded.version:
                    break
                await asyncio.sleep(0.1)
            assert msgspec.convert(message["table"], TableView) == folded.view


class Follower:
    """What a client makes of a snapshot and the frames after it."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.version: int = snapshot["version"]
        self.view = msgspec.convert(snapshot["table"], TableView)

    def take(self, message: dict[str, Any]) -> None:
        if message["type"] != "events" or message["version"] <= self.version:
            return
        assert message["version"] == self.version + 1, "a gap"
        self.version += 1
        for event in message["events"]:
            self.view = fold(self.view, event_from_data(event))


async def test_missed_events_come_again(table: Table, users: list[User]) -> None:
    path = f"/ws/table/{table.pk}/"
    ticket = await ticket_for(users[0])
    async with running(), serving() as site, opened(site, path, ticket=ticket) as one:
        before = (await start(one))["version"]
        await sit(one, 2)
        answer = await one.ask({"type": "missed", "id": "m", "since": before})
        assert answer["version"] > before
        taken = await one.until_event("seat_taken")
        assert (taken["seat"], taken["stack_krw"]) == (2, 5000)


async def test_what_is_missed_for_too_long_comes_as_a_snapshot(table: Table) -> None:
    async with running(), serving() as site, opened(site, f"/ws/table/{table.pk}/") as watcher:
        version = (await start(watcher))["version"]
        for since in (0, version + 1_000):
            assert (await watcher.ask({"type": "missed", "since": since}))["type"] == "ack"
            assert (await watcher.until_type("snapshot"))["version"] >= version


async def test_own_cards_come_again_with_a_snapshot(table: Table, users: list[User]) -> None:
    path = f"/ws/table/{table.pk}/"
    other = await ticket_for(users[1])
    async with running(), serving() as site, opened(site, path, ticket=other) as two:
        await start(two)
        await sit(two, 1)
        async with opened(site, path, ticket=await ticket_for(users[0])) as one:
            await start(one)
            await sit(one, 0)
            dealt = await one.until_event("hole_cards_dealt")
        async with opened(site, path, ticket=await ticket_for(users[0])) as again:
            await start(again)
            assert await again.until_event("hole_cards_dealt") == dealt
            await again.ask({"type": "snapshot"})
            assert await again.until_event("hole_cards_dealt") == dealt


async def test_ping_tells_the_time_and_heartbeats_the_version(table: Table) -> None:
    async with running(), serving() as site, opened(site, f"/ws/table/{table.pk}/") as watcher:
        snapshot = await start(watcher)
        answer = await watcher.ask({"type": "ping"})
        assert abs(answer["server_time_ms"] - snapshot["server_time_ms"]) < 60_000
        heartbeat = await watcher.until_type("heartbeat")
        assert heartbeat["version"] >= snapshot["version"]


async def test_a_player_who_goes_away_is_shown_as_disconnected(
    table: Table, users: list[User]
) -> None:
    path = f"/ws/table/{table.pk}/"
    async with running(), serving() as site, opened(site, path) as watcher:
        await start(watcher)
        async with opened(site, path, ticket=await ticket_for(users[0])) as one:
            await start(one)
            await sit(one, 0)
            await watcher.until_event("seat_taken")
        assert (await watcher.until_event("player_disconnected"))["seat"] == 0
        async with opened(site, path, ticket=await ticket_for(users[0])) as again:
            await start(again)
            assert (await watcher.until_event("player_connected"))["seat"] == 0


async def test_a_table_that_is_asked_while_nobody_runs_it_says_so_in_time(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.consumers.table.ANSWER_TIMEOUT_S", 0.3)
    async with (
        serving() as site,
        opened(site, f"/ws/table/{table.pk}/", ticket=await ticket_for(users[0])) as one,
    ):
        answer = await one.ask({"type": "subscribe"})
        assert (answer["type"], answer["code"]) == ("error", "unavailable")
        answer = await one.ask({"type": "sit_out", "id": "x"})
        assert (answer["id"], answer["code"]) == ("x", "no_answer")


async def test_a_request_without_answer_may_be_sent_again_and_is_answered_once(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.consumers.table.ANSWER_TIMEOUT_S", 0.3)
    path = f"/ws/table/{table.pk}/"
    body = {"type": "sit", "id": "again", "seat": 4, "buy_in_krw": 3000}
    async with serving() as site, opened(site, path, ticket=await ticket_for(users[0])) as one:
        assert (await one.ask(body))["code"] == "no_answer"
        monkeypatch.setattr("tables.consumers.table.ANSWER_TIMEOUT_S", 10)
        async with running():
            first = await one.ask(body)
            assert first["type"] == "ack", first
            assert await one.ask(body) == first
            await asyncio.sleep(0.3)
            snapshot = await start(one)
            assert [seat["seat"] for seat in snapshot["table"]["seats"]] == [4]


async def test_the_answer_speaks_the_users_language(table: Table, users: list[User]) -> None:
    path = f"/ws/table/{table.pk}/"
    async with running(), serving() as site:
        for language in ("en", "ko"):
            async with opened(
                site,
                path,
                ticket=await ticket_for(users[0]),
                headers={"Accept-Language": language},
            ) as one:
                answer = await one.ask({"type": "leave", "id": f"l-{language}"})
                assert answer["code"] == "not_seated"
                if language == "en":
                    sentence = "You have no seat at this table. Sit down first."
                    assert answer["message"] == sentence
