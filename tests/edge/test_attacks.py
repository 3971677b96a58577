"""What hostile clients send: each is refused with its code, and the site goes on."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgpack
import pytest
from channels.layers import get_channel_layer
from websockets.exceptions import ConnectionClosed

from accounts.models import User
from tables.consumers.bucket import Bucket
from tables.models import Table
from tables.protocol.codec import encode_json, encode_msgpack
from tables.runtime.broadcast import table_group
from tables.tickets import edge_redis
from tests.edge.site import JSON, MSGPACK, Client, opened, serving, ticket_for
from tests.protocol.cases import BROKEN_JSON, BROKEN_MSGPACK, WRONG_ACTS, wrong_act
from tests.protocol.requests import COMMANDS, whole
from tests.runtime.house import running

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def still_alive(site: str, table: Table) -> AsyncIterator[None]:
    """A watcher who was there before is served after it."""
    async with opened(site, f"/ws/table/{table.pk}/") as watcher:
        await watcher.next()
        yield
        assert (await watcher.ask({"type": "ping"}))["type"] == "ack"


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_what_is_no_message_is_told_so_and_closed(protocol: str, table: Table) -> None:
    frames = BROKEN_JSON if protocol == JSON else BROKEN_MSGPACK
    async with serving() as site, still_alive(site, table):
        for name, (frame, code) in frames.items():
            if code == "frame_too_large" or (protocol == JSON and not is_utf8(frame)):
                continue
            path = f"/ws/table/{table.pk}/"
            async with opened(site, path, protocols=(protocol,)) as client:
                await client.next()
                await client.send_bytes(frame)
                answer = await client.next()
                assert (answer["type"], answer["code"], answer["id"]) == ("error", code, None), name
                assert await client.closed() == 1008, name


def is_utf8(frame: bytes) -> bool:
    try:
        frame.decode()
    except UnicodeDecodeError:
        return False
    return True


async def test_text_that_is_no_utf_8_is_closed_by_the_server(table: Table) -> None:
    async with (
        serving() as site,
        still_alive(site, table),
        opened(site, f"/ws/table/{table.pk}/") as client,
    ):
        await client.send_bytes(b'{"type":"ping","id":"\xff"}')
        assert await client.closed() == 1007


def in_pieces(frame: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(frame), size):
        yield frame[at : at + size]


@pytest.mark.parametrize("size", [8_193, 100_000, 3_000_000])
async def test_a_frame_of_more_than_8_kib_is_closed(size: int, table: Table) -> None:
    async with (
        serving() as site,
        still_alive(site, table),
        opened(site, f"/ws/table/{table.pk}/") as client,
    ):
        await _push(client, b"[" * size)
        assert await client.closed() == 1009


@pytest.mark.parametrize("piece", [100, 4_000])
async def test_neither_do_fragments_make_it_larger(piece: int, table: Table) -> None:
    async with (
        serving() as site,
        still_alive(site, table),
        opened(site, f"/ws/table/{table.pk}/") as client,
    ):
        await _push(client, in_pieces(b" " * 100_000, piece))
        assert await client.closed() == 1009


async def _push(client: Client, data: Any) -> None:
    with suppress(ConnectionClosed):
        await client.connection.send(data, text=True)


async def test_a_message_in_fragments_is_read_whole(table: Table) -> None:
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/") as client:
        await client.connection.send(in_pieces(b'{"type":"ping","id":"bits"}', 5), text=True)
        assert (await client.until_type("ack"))["id"] == "bits"


async def test_compression_is_not_spoken(table: Table) -> None:
    from websockets.asyncio.client import connect

    async with (
        serving() as site,
        connect(
            f"ws://{site}/ws/table/{table.pk}/",
            origin=f"http://{site}",  # type: ignore[arg-type]
            subprotocols=[JSON],  # type: ignore[list-item]
            compression="deflate",
            proxy=None,
        ) as connection,
    ):
        assert connection.response is not None
        assert "Sec-WebSocket-Extensions" not in connection.response.headers


async def test_the_wrong_kind_of_frame_is_no_message(table: Table) -> None:
    ping = {"type": "ping", "id": "a"}
    for protocol, frame in ((JSON, json.dumps(ping).encode()), (MSGPACK, json.dumps(ping))):
        async with serving() as site:
            path = f"/ws/table/{table.pk}/"
            async with opened(site, path, protocols=(protocol,)) as client:
                await client.next()
                await client.connection.send(frame)
                assert (await client.next())["code"] == "malformed"
                assert await client.closed() == 1008


@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_a_wrong_value_is_named_and_the_connection_goes_on(
    protocol: str, table: Table, users: list[User]
) -> None:
    path = f"/ws/table/{table.pk}/"
    encode = json.dumps if protocol == JSON else msgpack.packb
    async with running(), serving() as site:
        for few in in_groups(WRONG_ACTS, 25):
            ticket = await ticket_for(users[0])
            async with opened(site, path, ticket=ticket, protocols=(protocol,)) as client:
                await client.next()
                for changes, code, field in few:
                    await client.connection.send(encode(wrong_act(changes)))
                    answer = await client.until_type("error")
                    assert (answer["code"], answer["field"], answer["id"]) == (code, field, "a1")
                assert (await client.ask({"type": "ping"}))["type"] == "ack"


def in_groups(items: list[Any], size: int) -> Iterator[list[Any]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]


async def test_a_type_that_names_a_handler_is_an_unknown_type(table: Table) -> None:
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/") as client:
        await client.next()
        for name in (
            "websocket.disconnect",
            "websocket_receive",
            "table.frame",
            "table.reply",
            "user.signed_out",
            "connect",
            "__call__",
            "_submit",
            "shut",
            "attach",
            "detach",
            "resync",
            "start_hand",
            "confirm_buy_in",
            "tick",
            "void_hand",
        ):
            answer = await client.ask({"type": name})
            assert (answer["code"], answer["field"]) == ("unknown_type", "type")


async def test_a_watcher_without_login_only_watches(table: Table) -> None:
    async with running(), serving() as site, opened(site, f"/ws/table/{table.pk}/") as client:
        assert (await client.ask({"type": "subscribe"}))["type"] == "ack"
        for kind in COMMANDS:
            assert (await client.ask(whole(kind) | {"id": kind}))["code"] == "login_required", kind
        assert (await client.ask({"type": "snapshot"}))["type"] == "ack"
        assert (await client.ask({"type": "missed", "since": 0}))["type"] == "ack"


async def test_a_burst_of_thirty_is_served_and_what_goes_on_is_closed(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All of it in one moment, however slow the machine is.
    monkeypatch.setattr("tables.consumers.socket.Bucket", lambda clock: Bucket(lambda: 0.0))
    async with (
        serving() as site,
        still_alive(site, table),
        opened(site, f"/ws/table/{table.pk}/") as client,
    ):
        await client.next()
        for number in range(300):
            await _push(client, json.dumps({"type": "ping", "id": str(number)}))
        assert await client.closed() == 1008
        served = [m["id"] for m in client.received if m["type"] == "ack"]
        refused = [m for m in client.received if m["type"] == "error"]
        assert served == [str(number) for number in range(30)]
        assert {m["code"] for m in refused} == {"rate_limited"}
        assert [m["id"] for m in refused] == [str(number) for number in range(30, 129)]


async def test_whoever_waits_is_served_again(table: Table) -> None:
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/") as client:
        await client.next()
        for _ in range(40):
            last = await client.ask({"type": "ping"})
        assert last["code"] == "rate_limited"
        await asyncio.sleep(0.5)
        assert (await client.ask({"type": "ping"}))["type"] == "ack"


@asynccontextmanager
async def in_a_hand(site: str, table: Table, users: list[User]) -> AsyncIterator[Any]:
    """Two players in a hand: the one who is asked, the other, and the hand's id and turn."""
    path = f"/ws/table/{table.pk}/"
    one_ticket, two_ticket = await ticket_for(users[0]), await ticket_for(users[1])
    async with (
        opened(site, path, ticket=one_ticket) as one,
        opened(site, path, ticket=two_ticket) as two,
    ):
        for seat, client in enumerate((one, two)):
            await client.ask({"type": "subscribe", "id": f"sub{seat}"})
            body = {"type": "sit", "id": f"sit{seat}", "seat": seat, "buy_in_krw": 5_000}
            assert (await client.ask(body))["type"] == "ack"
        frame = await two.until(
            lambda m: m["type"] == "events" and m["events"][0]["type"] == "hand_started"
        )
        events = {event["type"]: event for event in frame["events"]}
        turn = events["turn_started"]
        facts = {"hand_id": events["hand_started"]["hand_id"], "turn": turn["turn"]}
        asked, other = (one, two) if turn["seat"] == 0 else (two, one)
        yield asked, other, facts, turn


async def test_no_action_out_of_turn_in_another_hand_or_with_an_impossible_amount(
    table: Table, users: list[User]
) -> None:
    async with running(), serving() as site, in_a_hand(site, table, users) as game:
        asked, other, facts, turn = game
        call = {"type": "act", **facts, "action": "call"}
        assert (await other.ask(call))["code"] == "not_your_turn"
        raise_to = {"type": "act", **facts, "action": "raise"}
        for wrong, codes in (
            ({**call, "hand_id": "another"}, {"hand_over"}),
            ({**call, "turn": facts["turn"] + 1}, {"stale_turn"}),
            ({**call, "action": "check"}, {"illegal_action"}),
            ({**raise_to, "to_krw": turn["min_raise_to_krw"] - 1}, {"amount_too_small"}),
            ({**raise_to, "to_krw": turn["max_raise_to_krw"] + 1}, {"amount_too_large"}),
            ({**raise_to, "to_krw": 10**15}, {"amount_too_large"}),
        ):
            answer = await asked.ask(wrong)
            assert answer["code"] in codes, wrong
            assert answer["message"]
            assert answer["version"]
        assert (await asked.ask(call))["type"] == "ack"


async def test_no_seat_is_taken_twice_or_by_another_name(table: Table, users: list[User]) -> None:
    path = f"/ws/table/{table.pk}/"
    ticket = await ticket_for(users[2])
    async with (
        running(),
        serving() as site,
        in_a_hand(site, table, users),
        opened(site, path, ticket=ticket) as third,
    ):
        sit = {"type": "sit", "seat": 0, "buy_in_krw": 5_000}
        assert (await third.ask(sit))["code"] == "seat_taken"
        assert (await third.ask({**sit, "seat": 8}))["code"] == "no_such_seat"
        low, high = {**sit, "seat": 5, "buy_in_krw": 1}, {**sit, "seat": 5, "buy_in_krw": 10**9}
        assert (await third.ask(low))["code"] == "buy_in_out_of_range"
        assert (await third.ask(high))["code"] == "buy_in_out_of_range"
        for body in (
            {"type": "leave"},
            {"type": "sit_out"},
            {"type": "top_up", "amount_krw": 100},
            {"type": "chat", "text": "from behind"},
        ):
            assert (await third.ask(body))["code"] == "not_seated"
        stolen = {"type": "leave", "user_id": users[0].pk}
        assert (await third.ask(stolen))["code"] == "unknown_field"


async def test_the_same_id_again_has_the_same_answer_and_one_effect(
    table: Table, users: list[User]
) -> None:
    async with running(), serving() as site, in_a_hand(site, table, users) as game:
        asked, other, facts, _ = game
        call = {"type": "act", "id": "once", **facts, "action": "call"}
        first = await asked.ask(call)
        assert first["type"] == "ack"
        for _ in range(20):
            assert await asked.ask(call) == first
        await other.ask({"type": "ping"})
        await asyncio.sleep(0.2)
        await other.ask({"type": "ping"})
        called = [
            event
            for message in other.received
            if message["type"] == "events"
            for event in message["events"]
            if event["type"] == "player_called"
        ]
        assert len(called) == 1


async def test_the_longest_id_buys_in_as_well(table: Table, users: list[User]) -> None:
    ticket = await ticket_for(users[0])
    body = {"type": "sit", "id": "a.:_-" * 12 + "last", "seat": 1, "buy_in_krw": 5_000}
    assert len(body["id"]) == 64  # type: ignore[arg-type]
    path = f"/ws/table/{table.pk}/"
    async with running(), serving() as site, opened(site, path, ticket=ticket) as client:
        assert (await client.ask(body))["type"] == "ack"


async def test_the_same_id_with_another_body_is_a_conflict(table: Table, users: list[User]) -> None:
    async with running(), serving() as site, in_a_hand(site, table, users) as game:
        asked, _, facts, _ = game
        call = {"type": "act", "id": "once", **facts, "action": "call"}
        assert (await asked.ask(call))["type"] == "ack"
        for body in ({**call, "action": "fold"}, {"type": "leave", "id": "once"}):
            answer = await asked.ask(body)
            assert (answer["id"], answer["code"]) == ("once", "conflict")


async def test_a_hundred_of_the_same_at_once_take_one_seat(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.consumers.bucket.BURST", 200.0)
    path = f"/ws/table/{table.pk}/"
    body = {"type": "sit", "id": "many", "seat": 1, "buy_in_krw": 5_000}
    ticket = await ticket_for(users[0])
    async with running(), serving() as site, opened(site, path, ticket=ticket) as client:
        for _ in range(100):
            await client.send(body)
        answers: list[dict[str, Any]] = []
        while len(answers) < 100:
            answers.append(await client.until(lambda m: m.get("id") == "many"))
        assert {answer["type"] for answer in answers} == {"ack"}
        assert len({json.dumps(answer) for answer in answers}) == 1
        await client.ask({"type": "snapshot"})
        snapshot = await client.until_type("snapshot")
        assert [seat["stack_krw"] for seat in snapshot["table"]["seats"]] == [5_000]


async def test_too_many_open_requests_are_refused(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.consumers.table.MAX_PENDING", 3)
    ticket = await ticket_for(users[0])
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/", ticket=ticket) as client:
        for number in range(3):
            await client.send({"type": "sit_out", "id": f"w{number}"})
        assert (await client.ask({"type": "sit_out"}))["code"] == "too_many_requests"


async def test_a_reader_who_does_not_read_is_cut_off(
    table: Table, users: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tables.consumers.socket.SEND_TIMEOUT_S", 0.5)
    large = {"type": "heartbeat", "padding": "x" * 500_000}
    message = {"json": encode_json(large), "msgpack": encode_msgpack(large), "version": 1}
    path = f"/ws/table/{table.pk}/"
    async with (
        running(),
        serving() as site,
        still_alive(site, table),
        opened(site, path, max_queue=1) as deaf,
    ):
        await deaf.ask({"type": "subscribe"})
        for _ in range(60):
            await get_channel_layer().group_send(
                table_group(table.pk), {"type": "table.frame", **message}
            )
        async with asyncio.timeout(10):
            while await edge_redis().scard("poker:sockets:address:127.0.0.1") == 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert await deaf.closed() in (1006, 1008, 1011)
