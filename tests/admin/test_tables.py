"""Stakes and tables are changed with clear words, and never under a seated player."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from tables.models import Sitting, Stake, Table, TableOptions
from tables.runtime.house import config_of
from tests.admin.conftest import browser


def stake_form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "100/200",
        "small_blind_krw": 100,
        "big_blind_krw": 200,
        "ante_krw": 0,
        "min_buy_in_krw": 4_000,
        "max_buy_in_krw": 20_000,
        **changes,
    }


def options_form(row: TableOptions) -> dict[str, Any]:
    """The options of a table or template, as its form sends them."""
    values = {name: getattr(row, name) for name in TableOptions.OPTIONS}
    ticked = {name: "on" if value is True else value for name, value in values.items()}
    return {
        name: value for name, value in ticked.items() if value is not None and value is not False
    }


def table_form(table: Table, **changes: Any) -> dict[str, Any]:
    form = {"name": table.name, "stake": table.stake_id, "is_open": "on", **options_form(table)}
    return {**form, **changes}


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def test_a_stake_is_added(boss: User) -> None:
    assert browser(boss).post("/admin/tables/stake/add/", stake_form()).status_code == 302
    assert Stake.objects.get().big_blind_krw == 200


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"small_blind_krw": 0}, "small_blind_krw", "The small blind is at least 1 won."),
        ({"big_blind_krw": 50}, "big_blind_krw", "The big blind is at least the small blind."),
        ({"min_buy_in_krw": 100}, "min_buy_in_krw", "The smallest buy-in is at least a big blind."),
        ({"max_buy_in_krw": 300}, "max_buy_in_krw", "The largest buy-in is at least the smallest."),
    ],
)
def test_a_bad_stake_is_explained(
    boss: User, changes: dict[str, int], field: str, sentence: str
) -> None:
    answer = browser(boss).post("/admin/tables/stake/add/", stake_form(**changes))
    assert errors(answer) == {field: [sentence]}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"seats": 1}, "seats", "A table has 2 to 9 seats."),
        ({"seats": 10}, "seats", "A table has 2 to 9 seats."),
        ({"action_seconds": 1}, "action_seconds", "Give players 5 to 120 seconds to act."),
        (
            {"time_bank_seconds": 301},
            "time_bank_seconds",
            "The time bank holds at most 300 seconds.",
        ),
        (
            {"disconnect_seconds": 601},
            "disconnect_seconds",
            "Wait at most 600 seconds for a lost connection.",
        ),
        (
            {"hand_pause_ms": 60_001},
            "hand_pause_ms",
            "The pause between hands is at most a minute (60000 ms).",
        ),
        ({"bomb_pot_every": 10}, "bomb_pot_ante_krw", "Say what everyone antes in a bomb pot."),
        (
            {"bomb_pot_ante_krw": 500},
            "bomb_pot_every",
            "Say how often a bomb pot comes, or take its ante out.",
        ),
        (
            {"bomb_pot_every": 10, "bomb_pot_ante_krw": 2_001},
            "bomb_pot_ante_krw",
            "The ante of a bomb pot is at most the smallest buy-in.",
        ),
        (
            {"bomb_pot_every": 1_001, "bomb_pot_ante_krw": 200},
            "bomb_pot_every",
            "A bomb pot comes at least every 1000 hands, or never.",
        ),
        ({"min_buy_in_krw": 99}, "min_buy_in_krw", "The smallest buy-in is at least a big blind."),
        (
            {"min_buy_in_krw": 10_001},
            "max_buy_in_krw",
            "The largest buy-in is at least the smallest.",
        ),
        (
            {"min_buy_in_krw": 500, "max_buy_in_krw": 400},
            "max_buy_in_krw",
            "The largest buy-in is at least the smallest.",
        ),
    ],
)
def test_a_bad_table_is_explained(
    boss: User, table: Table, changes: dict[str, int], field: str, sentence: str
) -> None:
    answer = browser(boss).post(
        f"/admin/tables/table/{table.pk}/change/", table_form(table, **changes)
    )
    assert errors(answer) == {field: [sentence]}


def test_every_option_is_saved(boss: User, table: Table) -> None:
    form = table_form(table)
    del form["chat"], form["observers"]
    form |= {
        "straddle": "on",
        "run_it_twice": "on",
        "rabbit_hunt": "on",
        "bomb_pot_every": 12,
        "bomb_pot_ante_krw": 300,
        "min_buy_in_krw": 3_000,
        "max_buy_in_krw": 8_000,
        "action_seconds": 15,
        "time_bank_seconds": 0,
        "disconnect_seconds": 60,
    }
    answer = browser(boss).post(f"/admin/tables/table/{table.pk}/change/", form)
    assert answer.status_code == 302
    config = config_of(Table.objects.get())
    assert (config.straddle, config.run_it_twice, config.rabbit_hunt) == (True, True, True)
    assert (config.bomb_pot_every, config.bomb_pot_ante_krw) == (12, 300)
    assert (config.min_buy_in_krw, config.max_buy_in_krw) == (3_000, 8_000)
    assert (config.action_ms, config.time_bank_ms, config.disconnect_ms) == (15_000, 0, 60_000)
    assert (config.observers, config.chat) == (False, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"seats": 10},
        {"action_seconds": 121},
        {"time_bank_seconds": 301},
        {"bomb_pot_every": 5},
        {"bomb_pot_ante_krw": 5},
        {"min_buy_in_krw": 2, "max_buy_in_krw": 1},
        {"is_resting": True},
    ],
)
def test_the_database_refuses_what_no_form_let_through(
    table: Table, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Table.objects.update(**changes)


def test_staff_is_told_what_a_change_means_for_players(
    boss: User, player: User, table: Table
) -> None:
    Sitting.objects.create(table=table, user=player, seat=0, buy_in_id="buy-in")
    client = browser(boss)
    path = f"/admin/tables/table/{table.pk}/change/"
    page = client.post(path, table_form(table, straddle="on"), follow=True).content.decode()
    assert "the new options are in force from the next hand on" in page
    page = client.post(path, table_form(table, is_open=""), follow=True).content.decode()
    assert "they are paid out when the running hand is over" in page


def test_seats_and_stakes_stay_while_somebody_sits(boss: User, player: User, table: Table) -> None:
    Sitting.objects.create(table=table, user=player, seat=0, buy_in_id="buy-in")
    client = browser(boss)
    path = f"/admin/tables/table/{table.pk}/change/"
    assert (
        "Players sit at this table"
        in errors(client.post(path, table_form(table, seats=9)))["seats"][0]
    )
    assert client.post(path, table_form(table, action_seconds=30)).status_code == 302
    stake = client.post(f"/admin/tables/stake/{table.stake_id}/change/", stake_form(name="50/100"))
    assert "Players sit at tables of this stake" in errors(stake)["__all__"][0]


def test_open_and_close_by_action(boss: User, table: Table) -> None:
    client = browser(boss)
    for action, is_open in (("close_tables", False), ("open_tables", True)):
        answer = client.post(
            "/admin/tables/table/",
            {"action": action, "_selected_action": [table.pk]},
            follow=True,
        )
        assert "1 table changed." in answer.content.decode()
        table.refresh_from_db()
        assert table.is_open is is_open
