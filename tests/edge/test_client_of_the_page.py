"""Two programs written from docs/protocol.md alone play at the running site."""

import asyncio

import pytest

from tests.edge.page_client import (
    Account,
    TableClient,
    at_table,
    check_or_call,
    empty_table,
    logged_in,
    raise_once_then_call,
)
from tests.support.servers import busy
from tests.support.site import RunningSite

PASSWORD = "seven-two-offsuit"
HANDS = 2


@pytest.mark.timeout(600)
async def test_two_strangers_play_two_hands(site: RunningSite) -> None:
    async with (
        logged_in(site.url, "haru@example.com", PASSWORD) as haru,
        logged_in(site.url, "mina@example.com", PASSWORD) as mina,
    ):
        before = [await haru.get("/api/v1/me/"), await mina.get("/api/v1/me/")]
        table = await empty_table(haru)
        path = f"/api/v1/tables/{table['table_id']}/buy-in/"
        buy_ins = [(await haru.get(path))["most_krw"], (await mina.get(path))["least_krw"]]
        async with (
            at_table(site.url, haru, table["table_id"]) as first,
            at_table(site.url, mina, table["table_id"]) as second,
        ):
            await first.sit(buy_ins[0])
            await second.sit(buy_ins[1])
            playing = [
                asyncio.create_task(first.play(HANDS, raise_once_then_call)),
                asyncio.create_task(second.play(HANDS, check_or_call)),
            ]
            await asyncio.gather(*playing)
            for client in (first, second):
                await client.compare()
                check_hands(client)
            left = [await first.leave(), await second.leave()]
            rake_krw = sum(end["rake_krw"] for end in first.happened("hand_finished"))
        assert sum(e["stack_krw"] for e in left) == sum(buy_ins) - rake_krw
        expected = [
            {
                "balance_krw": me["balance_krw"] - buy_in + end["stack_krw"],
                "in_play_krw": me["in_play_krw"],
            }
            for me, buy_in, end in zip(before, buy_ins, left, strict=True)
        ]
        assert await money_settles([haru, mina], expected) == expected


def check_hands(client: TableClient) -> None:
    """What each hand did is told whole, and every chip is somewhere."""
    started, ended = client.happened("hand_started"), client.happened("hand_finished")[:HANDS]
    assert [hand["hand_id"] for hand in started[:HANDS]] == [hand["hand_id"] for hand in ended]
    for start, end in zip(started, ended, strict=False):
        stacks = {player["seat"]: player["stack_krw"] for player in start["players"]}
        assert sum(result["net_krw"] for result in end["results"]) == -end["rake_krw"]
        for result in end["results"]:
            assert result["stack_krw"] == stacks[result["seat"]] + result["net_krw"]
    hands = {hand_id for hand_id, *_ in client.played}
    assert hands == {hand["hand_id"] for hand in ended}
    assert len(client.played) == HANDS, "the same cards all through a hand"
    assert all(len({*cards}) == 2 for _, *cards in client.played)
    assert client.compared > HANDS


async def money_settles(
    accounts: list[Account], expected: list[dict[str, int]]
) -> list[dict[str, int]]:
    """What the accounts have, once the ledger has followed the table or the patience ends."""
    patience = asyncio.timeout(30 * busy())
    found: list[dict[str, int]] = []
    try:
        async with patience:
            while found != expected:
                answers = [await account.get("/api/v1/me/") for account in accounts]
                found = [{name: me[name] for name in expected[0]} for me in answers]
                await asyncio.sleep(0.5)
    except TimeoutError:
        pass
    return found
