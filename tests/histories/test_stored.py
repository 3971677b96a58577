"""What settlement stores of a hand that was really played at a running table, and old hands."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.models import User
from tables.engine.phh import read_phh
from tables.engine.replay import replay
from tables.history.phh import phh
from tables.history.played import played
from tables.history.story import story
from tables.models import Hand, HandPlayer, Stake, Table
from tables.runtime.settlement import settle_table
from tests.histories.conftest import Store
from tests.histories.dealer import random_entry
from tests.runtime.house import in_database, play_turn, running, seated

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_played_hand_is_stored_with_all_its_public_events_and_stakes(
    table: Table, users: list[User]
) -> None:
    async with running(), seated(table, users[:2]) as players:
        watcher = players[0]
        while not watcher.happened("hand_finished"):
            await play_turn(players, watcher)
        await Stake.objects.filter(pk=table.stake_id).aupdate(
            small_blind_krw=500, big_blind_krw=1_000
        )
        seen_events = watcher.events
    await in_database(settle_table)(table.pk)
    hand = await Hand.objects.select_related("table").order_by("number").afirst()
    assert hand is not None
    assert (hand.small_blind_krw, hand.big_blind_krw, hand.ante_krw) == (50, 100, 0)
    start = next(n for n, event in enumerate(seen_events) if event["type"] == "hand_started")
    end = next(n for n, event in enumerate(seen_events) if event["type"] == "hand_finished")
    assert hand.events == seen_events[start : end + 1]
    assert await in_database(_facts)(hand) == {
        (row["seat"], row["position"]) for row in await in_database(_places)(hand)
    }


def _facts(hand: Hand) -> set[tuple[int, str]]:
    seen = played(hand, viewer_id=None)
    replay(read_phh(phh(seen)))
    assert story(seen)
    rows = list(hand.players.all())
    assert all(row.saw_showdown and row.starting_hand for row in rows)
    assert {row.finished_at for row in rows} == {hand.finished_at}
    return {(player.seat, player.position) for player in seen.players}


def _places(hand: Hand) -> list[Any]:
    assert set(hand.players.values_list("position", flat=True)) == {"BTN", "BB"}
    return list(hand.players.values("seat", "position"))


def test_hands_from_before_get_what_they_are_searched_by(store: Store) -> None:
    hands = [store(random_entry(("old", number), seats=3)) for number in range(5)]
    wanted = list(_searchable(HandPlayer))
    executor = MigrationExecutor(connection)
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "tables"]
    before = executor.loader.graph.node_map[("tables", "0005_find_hands")].parents
    parents = [node.key for node in before if node.key[0] == "tables"]
    executor.migrate(parents)
    executor = MigrationExecutor(connection)
    executor.migrate(leaves)
    assert list(_searchable(HandPlayer)) == wanted
    assert len(hands) == 5


def _searchable(model: Any) -> Any:
    return model.objects.order_by("pk").values_list(
        "finished_at", "position", "starting_hand", "saw_showdown"
    )


def test_every_stored_hand_can_be_read_as_a_page(store: Store, users: list[User]) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(users[0])
    for number in range(20):
        hand = store(random_entry(("page", number), seats=3))
        page = client.get(f"/hands/{hand.pk}/")
        assert page.status_code == 200
        text = page.content.decode()
        titles = [str(section.title) for section in page.context["sections"]]
        assert titles[0] == "Before the flop"
        assert ("Flop" in titles) == bool(hand.board)
        assert "wins" in text


def test_the_page_is_korean_too(store: Store, users: list[User]) -> None:
    hand = store(random_entry(("korean", 1), seats=3))
    client = Client(headers={"accept-language": "ko"})
    client.force_login(users[0])
    assert client.get(f"/hands/{hand.pk}/").status_code == 200
    assert client.get("/hands/").status_code == 200
