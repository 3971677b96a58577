"""Tables open and close by themselves: always a free seat, never a crowd of empty tables."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tables import openings
from tables.engine.commands import CloseTable
from tables.models import Sitting, Table, TableTemplate
from tables.runtime import settlement
from tables.runtime.gateway import lobby_now
from tables.runtime.messages import TableSummary
from tests.runtime.house import Player, in_database, make_table, make_users, running, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def template(transactional_db: None) -> TableTemplate:
    stake = make_table(is_open=False).stake
    return TableTemplate.objects.create(
        name="50/100 · 2",
        name_pattern="Jeju {number}",
        stake=stake,
        seats=2,
        hand_pause_ms=10,
        min_free_seats=1,
        max_free_seats=4,
        max_tables=4,
    )


def players(**by_name: int) -> dict[int, TableSummary]:
    """What the owners say: how many sit at each table; `jeju_1` is “Jeju 1”."""
    ids = {
        name.lower().replace(" ", "_"): pk for pk, name in Table.objects.values_list("pk", "name")
    }
    return {
        ids[name]: TableSummary(ids[name], count, 2, False, 0, 0) for name, count in by_name.items()
    }


def keep(template: TableTemplate, **by_name: int) -> None:
    openings.keep_tables_of(template_id=template.pk, summaries=players(**by_name))


def names(**wanted: Any) -> list[str]:
    return list(
        Table.objects.filter(**{"is_resting": False, "is_open": True, **wanted})
        .order_by("pk")
        .values_list("name", flat=True)
    )


def grow_old() -> None:
    """Nobody came or went for a while."""
    long_ago = timezone.now() - 2 * openings.QUIET_FOR
    Table.objects.update(opened_at=long_ago)
    Sitting.objects.exclude(ended_at=None).update(ended_at=long_ago)


def three_empty_tables(template: TableTemplate) -> None:
    """Two are wanted when the first two are full; then everybody leaves."""
    keep(template)
    keep(template, jeju_1=2)
    keep(template, jeju_1=2, jeju_2=2)
    assert names() == ["Jeju 1", "Jeju 2", "Jeju 3"]
    grow_old()


def test_a_fresh_template_opens_its_first_table(template: TableTemplate) -> None:
    template.straddle = True
    template.max_buy_in_krw = 7_000
    template.save()
    keep(template)
    (table,) = Table.objects.filter(template=template)
    assert (table.name, table.seats, table.straddle) == ("Jeju 1", 2, True)
    assert table.buy_in_range_krw == (2_000, 7_000)
    keep(template)
    assert names() == ["Jeju 1"]


def test_a_table_opens_when_free_seats_run_short(template: TableTemplate) -> None:
    keep(template)
    keep(template, jeju_1=1)
    assert names() == ["Jeju 1"]
    keep(template, jeju_1=2)
    assert names() == ["Jeju 1", "Jeju 2"]


def test_never_more_tables_than_the_most(template: TableTemplate) -> None:
    for _ in range(6):
        keep(template, **{name.lower().replace(" ", "_"): 2 for name in names()})
    assert names() == ["Jeju 1", "Jeju 2", "Jeju 3", "Jeju 4"]


def test_names_that_are_taken_are_passed_over(template: TableTemplate) -> None:
    Table.objects.create(name="Jeju 1", stake=template.stake, is_open=False)
    keep(template)
    assert names() == ["Jeju 2"]


def test_without_owners_tables_do_not_multiply_and_none_rests(template: TableTemplate) -> None:
    three_empty_tables(template)
    for _ in range(3):
        keep(template)
    assert names() == ["Jeju 1", "Jeju 2", "Jeju 3"]


def test_the_newest_empty_table_rests_when_too_many_seats_are_free(
    template: TableTemplate,
) -> None:
    three_empty_tables(template)
    keep(template, jeju_1=0, jeju_2=0, jeju_3=0)
    assert names() == ["Jeju 1", "Jeju 2"]
    assert names(is_resting=True) == ["Jeju 3"]


def test_between_least_and_most_nothing_changes(template: TableTemplate) -> None:
    three_empty_tables(template)
    for _ in range(3):
        keep(template, jeju_1=1, jeju_2=1, jeju_3=0)
    assert names() == ["Jeju 1", "Jeju 2", "Jeju 3"]


def test_a_table_that_was_just_opened_or_left_stays_for_a_while(template: TableTemplate) -> None:
    three_empty_tables(template)
    Table.objects.filter(name="Jeju 3").update(opened_at=timezone.now())
    user = make_users(1)[0]
    Sitting.objects.create(
        table=Table.objects.get(name="Jeju 2"),
        user=user,
        seat=0,
        buy_in_id="b",
        ended_at=timezone.now(),
    )
    Table.objects.filter(name="Jeju 1").update(opened_at=timezone.now() - timedelta(minutes=1))
    keep(template, jeju_1=0, jeju_2=0, jeju_3=0)
    assert names() == ["Jeju 1", "Jeju 2", "Jeju 3"]


def test_tables_with_players_are_passed_over(template: TableTemplate) -> None:
    template.max_tables = 5
    template.save()
    three_empty_tables(template)
    Table.objects.create(name="Jeju 4", stake=template.stake, template=template, seats=2)
    grow_old()
    keep(template, jeju_1=0, jeju_2=0, jeju_3=0, jeju_4=1)
    assert names() == ["Jeju 1", "Jeju 4"]


def test_a_player_whom_only_the_ledger_knows_keeps_the_table_open(
    template: TableTemplate,
) -> None:
    three_empty_tables(template)
    table = Table.objects.get(name="Jeju 3")
    Sitting.objects.create(table=table, user=make_users(1)[0], seat=0, buy_in_id="b")
    keep(template, jeju_1=0, jeju_2=0, jeju_3=0)
    assert "Jeju 3" in names()


def test_a_resting_table_opens_before_a_new_one_is_made(template: TableTemplate) -> None:
    three_empty_tables(template)
    keep(template, jeju_1=0, jeju_2=0, jeju_3=0)
    keep(template, jeju_1=2, jeju_2=2)
    assert names() == ["Jeju 1", "Jeju 2", "Jeju 3"]
    assert Table.objects.filter(template=template).count() == 3


def test_who_sat_down_while_the_table_went_to_rest_has_it_back(template: TableTemplate) -> None:
    three_empty_tables(template)
    keep(template, jeju_1=0, jeju_2=0, jeju_3=0)
    keep(template, jeju_1=0, jeju_2=0, jeju_3=1)
    assert "Jeju 3" in names()


def test_what_staff_closed_stays_closed(template: TableTemplate) -> None:
    keep(template)
    Table.objects.filter(name="Jeju 1").update(is_open=False)
    keep(template, jeju_1=0)
    assert names() == ["Jeju 2"]


def test_out_of_use_all_tables_rest_and_back_in_use_they_open(template: TableTemplate) -> None:
    three_empty_tables(template)
    TableTemplate.objects.update(is_enabled=False)
    keep(template, jeju_1=2, jeju_2=0, jeju_3=0)
    assert names() == []
    TableTemplate.objects.update(is_enabled=True)
    keep(template, jeju_1=2, jeju_2=0, jeju_3=0)
    assert names() == ["Jeju 1", "Jeju 2"]


def test_changed_options_reach_the_tables_but_stake_and_seats_only_empty_ones(
    template: TableTemplate,
) -> None:
    three_empty_tables(template)
    template.seats, template.max_free_seats, template.chat = 6, 20, False
    template.save()
    keep(template, jeju_1=2, jeju_2=0, jeju_3=0)
    seats = dict(Table.objects.filter(template=template).values_list("name", "seats"))
    assert seats == {"Jeju 1": 2, "Jeju 2": 6, "Jeju 3": 6}
    assert not Table.objects.filter(template=template, chat=True).exists()


def test_the_bots_tables_are_no_free_seats(template: TableTemplate) -> None:
    Table.objects.create(name="Bots", stake=template.stake, seats=9, is_demo=True)
    keep(template, bots=2)
    assert names(template=template) == ["Jeju 1"]


def test_two_beats_at_once_open_one_table(template: TableTemplate) -> None:
    with transaction.atomic():
        TableTemplate.objects.select_for_update().get()
        asyncio.run(asyncio.to_thread(_in_own_connection, template))
    assert names() == []


def _in_own_connection(template: TableTemplate) -> None:
    from django.db import connection

    try:
        keep(template)
    finally:
        connection.close()


# Through the real runner


async def test_tables_open_rest_and_open_again_in_the_house(
    template: TableTemplate, users: list[User]
) -> None:
    async with running() as (runner,):
        await in_database(openings.keep_tables)()
        one = await Table.objects.aget(name="Jeju 1")
        await until(lambda: _actor(runner, one))
        first = await Player(users[0], one).join()
        second = await Player(users[1], one).join()
        assert (await first.sit(0))["type"] == "ack"
        assert (await second.sit(1))["type"] == "ack"
        await _in_lobby(one, 2)
        await in_database(openings.keep_tables)()
        two = await Table.objects.aget(name="Jeju 2")
        await _in_lobby(two, 0)
        await TableTemplate.objects.aupdate(max_free_seats=3)
        await in_database(_rest)(two)
        await until(lambda: _actor(runner, two).state.closed)
        await _in_lobby(two, None)
        third = await Player(users[2], two).join()
        assert (await third.sit(0))["code"] == "table_closed"
        await in_database(openings.keep_tables)()
        await until(lambda: not _actor(runner, two).state.closed)
        await _in_lobby(two, 0)
        assert (await third.sit(0))["type"] == "ack"
        for player in (first, second, third):
            await player.leave_groups()


async def test_a_resting_table_with_players_takes_no_more_and_closes_after_them(
    template: TableTemplate, users: list[User]
) -> None:
    async with running() as (runner,):
        await in_database(openings.keep_tables)()
        table = await Table.objects.aget(name="Jeju 1")
        await until(lambda: _actor(runner, table))
        first = await Player(users[0], table).join()
        second = await Player(users[1], table).join()
        assert (await first.sit(0))["type"] == "ack"
        await in_database(_rest)(table)
        await until(lambda: not _actor(runner, table).takes_players)
        assert (await second.sit(1))["code"] == "table_closed"
        answer = await second.ask({"type": "join_waiting_list"})
        assert answer["code"] == "table_closed"
        await asyncio.sleep(1.5)
        assert not _actor(runner, table).state.closed
        assert (await first.ask({"type": "leave"}))["type"] == "ack"
        await until(lambda: _actor(runner, table).state.closed)
        await in_database(settlement.settle_table)(table.pk)
        assert not await Sitting.objects.filter(ended_at=None).aexists()
        await first.leave_groups()
        await second.leave_groups()


async def test_who_sits_down_before_the_owner_hears_of_it_stays(
    template: TableTemplate, users: list[User]
) -> None:
    """The decision to rest was right when it was made; the table's owner knows better."""
    async with running() as (runner,):
        await in_database(openings.keep_tables)()
        table = await Table.objects.aget(name="Jeju 1")
        actor = await until(lambda: _actor(runner, table))
        player = await Player(users[0], table).join()
        sitting = asyncio.create_task(player.sit(0))
        await until(lambda: actor.state.seats)
        actor.put(CloseTable(only_if_empty=True))
        assert (await sitting)["type"] == "ack"
        await asyncio.sleep(0.1)
        assert not actor.state.closed
        await player.leave_groups()


async def test_the_task_does_without_redis_what_can_be_done(
    template: TableTemplate, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REDIS_TABLES_URL = "redis://127.0.0.1:1/0"
    await in_database(openings.keep_tables)()
    assert await in_database(names)() == ["Jeju 1"]


def _rest(table: Table) -> None:
    Table.objects.filter(pk=table.pk).update(is_resting=True)


def _actor(runner: Any, table: Table) -> Any:
    for shard in runner.owned.values():
        if table.pk in shard.actors:
            return shard.actors[table.pk]
    return None


async def _in_lobby(table: Table, wanted: int | None) -> None:
    """Wait until the lobby says that so many sit at the table (None: that it is not there)."""
    async with asyncio.timeout(10):
        while True:
            found = (await in_database(lobby_now)()).get(table.pk)
            if (found and found.players) == wanted:
                return
            await asyncio.sleep(0.05)
