"""REST: what it shows, and to whom."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import create_user
from tables.models import Departure, Hand, HandPlayer, Table
from tables.selectors import forget_table_facts
from tests.edge.site import opened, serving

pytestmark = pytest.mark.django_db(transaction=True)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def played(table: Table, users: list[User], *, number: int = 1, shown: bool = False) -> Hand:
    now = timezone.now() + timedelta(seconds=number)
    hand = Hand.objects.create(
        id=str(uuid.uuid4()),
        table=table,
        number=number,
        started_at=now,
        finished_at=now,
        small_blind_krw=50,
        big_blind_krw=100,
        board="AsKdQh2c3s",
        pot_krw=400,
        events=[{"type": "hand_mucked", "seat": 1}],
    )
    for seat, user in enumerate(users):
        HandPlayer.objects.create(
            hand=hand,
            user=user,
            seat=seat,
            stack_krw=5_000,
            net_krw=200 if seat == 0 else -200,
            finished_at=now,
            hole_cards="7c2d" if seat == 0 else "JhJs",
            shown=shown,
        )
    return hand


def test_whoever_passes_by_sees_tables_and_stakes(table: Table) -> None:
    (row,) = Client().get("/api/v1/tables/").json()
    assert row["table_id"] == table.pk
    assert (row["small_blind_krw"], row["players"], row["seats"]) == (50, 0, 6)
    assert Client().get(f"/api/v1/tables/{table.pk}/").json() == row
    (stake,) = Client().get("/api/v1/stakes/").json()
    assert stake["max_buy_in_krw"] == 10_000


def test_a_table_that_is_not_there_is_not_found(table: Table) -> None:
    answer = Client().get(f"/api/v1/tables/{table.pk + 1}/", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.json() == {"code": "not_found", "message": "There is nothing here."}


def test_a_closed_table_is_not_in_the_list(table: Table) -> None:
    table.is_open = False
    table.save()
    forget_table_facts()
    assert Client().get("/api/v1/tables/").json() == []


@pytest.mark.parametrize("address", ["me/", "hands/", "hands/x/", "ws-ticket/", "tables/1/buy-in/"])
def test_what_is_ones_own_needs_a_login(address: str, transactional_db: None) -> None:
    answer = APIClient().post(f"/api/v1/{address}")
    assert answer.status_code in (401, 403)
    assert answer.json()["code"] == "not_authenticated"
    answer = APIClient().get(f"/api/v1/{address}")
    assert answer.status_code in (401, 403)


def test_what_one_may_sit_down_with(table: Table, users: list[User]) -> None:
    address = f"/api/v1/tables/{table.pk}/buy-in/"
    usual = {
        "least_krw": 2_000,
        "most_krw": 10_000,
        "balance_krw": 10_000_000,
        "because_of_rathole": False,
        "until": None,
    }
    assert logged_in(users[0]).get(address).json() == usual
    departure = Departure.objects.create(
        table=table,
        stake=table.stake,
        user=users[0],
        amount_krw=25_000,
        at=timezone.now(),
        buy_in_id="buy-in",
        cash_out_id="out:buy-in",
    )
    raised = logged_in(users[0]).get(address).json()
    assert datetime.fromisoformat(raised.pop("until")) == departure.at + timedelta(minutes=120)
    assert raised == {
        "least_krw": 25_000,
        "most_krw": 25_000,
        "balance_krw": 10_000_000,
        "because_of_rathole": True,
    }
    assert logged_in(users[1]).get(address).json() == usual
    assert logged_in(users[1]).get(f"/api/v1/tables/{table.pk + 1}/buy-in/").status_code == 404


def test_me(users: list[User]) -> None:
    assert logged_in(users[0]).get("/api/v1/me/").json() == {
        "user_id": users[0].pk,
        "nickname": "player0",
        "balance_krw": 10_000_000,
        "in_play_krw": 0,
    }


def test_a_hand_shows_ones_own_cards_and_shown_ones(table: Table, users: list[User]) -> None:
    played(table, users[:2])
    (hand,) = logged_in(users[0]).get("/api/v1/hands/").json()["results"]
    assert hand["board"] == ["As", "Kd", "Qh", "2c", "3s"]
    cards = {player["user_id"]: player["cards"] for player in hand["players"]}
    assert cards == {users[0].pk: ["7c", "2d"], users[1].pk: None}
    assert "Jh" not in logged_in(users[0]).get(f"/api/v1/hands/{hand['id']}/").content.decode()
    HandPlayer.objects.update(shown=True)
    detail = logged_in(users[0]).get(f"/api/v1/hands/{hand['id']}/").json()
    assert [player["cards"] for player in detail["players"]] == [["7c", "2d"], ["Jh", "Js"]]
    assert detail["events"] == [{"type": "hand_mucked", "seat": 1}]


def test_other_peoples_hands_do_not_exist(table: Table, users: list[User]) -> None:
    hand = played(table, users[:2])
    stranger = logged_in(users[2])
    assert stranger.get(f"/api/v1/hands/{hand.pk}/").status_code == 404
    assert stranger.get("/api/v1/hands/").json()["results"] == []
    assert stranger.get("/api/v1/hands/nothing/").status_code == 404


def test_hands_come_in_pages_newest_first(table: Table, users: list[User]) -> None:
    for number in range(5):
        played(table, users[:2], number=number)
    client = logged_in(users[0])
    first = client.get("/api/v1/hands/?page_size=3").json()
    second = client.get(first["next"]).json()
    numbers = [hand["number"] for page in (first, second) for hand in page["results"]]
    assert numbers == [4, 3, 2, 1, 0]
    assert second["next"] is None


def test_pages_of_hands_cost_few_queries(
    table: Table, users: list[User], django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        played(table, users[:2], number=number)
    client = logged_in(users[0])
    with django_assert_max_num_queries(6):
        assert len(client.get("/api/v1/hands/").json()["results"]) == 20


def test_a_browser_must_show_where_a_ticket_request_comes_from(users: list[User]) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(users[0])
    assert client.post("/api/v1/ws-ticket/").status_code == 403


def test_tickets_are_limited(users: list[User]) -> None:
    client = logged_in(users[0])
    answers = [client.post("/api/v1/ws-ticket/") for _ in range(61)]
    assert [answer.status_code for answer in answers[:60]] == [201] * 60
    assert answers[60].status_code == 429
    assert answers[60].json()["code"] == "rate_limited"


def test_another_method_is_refused_with_a_code(users: list[User]) -> None:
    answer = logged_in(users[0]).delete("/api/v1/me/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_a_program_logs_in_as_the_documentation_says(table: Table) -> None:
    from asgiref.sync import sync_to_async

    password = "seven-two-offsuit"
    user = await sync_to_async(create_user)(
        email="prog@example.com", nickname="Program", password=password
    )

    def log_in() -> str:
        client = Client()
        body = {"email": user.email, "password": password}
        answer = client.post("/_allauth/app/v1/auth/login", body, "application/json")
        token = answer.json()["meta"]["session_token"]
        ticket = Client().post("/api/v1/ws-ticket/", headers={"X-Session-Token": token})
        assert ticket.status_code == 201
        return str(ticket.json()["ticket"])

    ticket = await sync_to_async(log_in)()
    async with serving() as site, opened(site, f"/ws/table/{table.pk}/", ticket=ticket) as one:
        assert (await one.next())["user"] == {"user_id": user.pk, "nickname": "Program"}


def test_the_openapi_schema_is_valid_and_complete(
    transactional_db: None, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "s.yaml"))
    written = (tmp_path / "s.yaml").read_text()
    for address in ("ws-ticket", "stakes", "tables", "hands", "me"):
        assert f"/api/v1/{address}/" in written


def test_the_schema_and_its_page_are_served(transactional_db: None) -> None:
    assert Client().get("/api/schema/").status_code == 200
    assert Client().get("/api/docs/").status_code == 200
