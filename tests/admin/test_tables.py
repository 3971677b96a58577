"""Stakes and tables are changed with clear words, and never under a seated player."""

from typing import Any

import pytest

from accounts.models import User
from tables.models import Sitting, Stake, Table
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


def table_form(table: Table, **changes: Any) -> dict[str, Any]:
    return {
        "name": table.name,
        "stake": table.stake_id,
        "seats": table.seats,
        "action_seconds": table.action_seconds,
        "hand_pause_ms": table.hand_pause_ms,
        "is_open": "on",
        **changes,
    }


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
    ],
)
def test_a_bad_table_is_explained(
    boss: User, table: Table, changes: dict[str, int], field: str, sentence: str
) -> None:
    answer = browser(boss).post(
        f"/admin/tables/table/{table.pk}/change/", table_form(table, **changes)
    )
    assert errors(answer) == {field: [sentence]}


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
