"""A request that changes something, twice under one key: one change, one answer."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from tests.wallet.api.web import ADDRESS, Web
from tests.wallet.house import at_once
from tests.wallet.withdrawals import house
from wallet.models import AnsweredRequest, DepositAddress, PayoutAddress, PlayerLimit
from wallet.tasks.requests import forget_answers

pytestmark = pytest.mark.django_db

LIMIT = {"kind": "loss", "period": "day", "value": 50_000}
POSTS: list[tuple[str, Any, Any]] = [
    ("deposit-addresses/", {"network": "bitcoin"}, {"network": "ethereum"}),
    ("payout-addresses/", ADDRESS, {**ADDRESS, "address": house.OTHER_BITCOIN}),
    ("quotes/", {"asset": "BTC", "amount_krw": 100_000}, {"asset": "BTC", "amount_krw": 100_001}),
    ("limits/", LIMIT, {**LIMIT, "value": 40_000}),
    ("exclusion/", {"days": 5}, {"days": 6}),
]


def conflicts(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(("path", "body", "other"), POSTS, ids=lambda value: str(value)[:20])
def test_the_same_request_again_gets_the_same_answer(
    web: Web, path: str, body: Any, other: Any
) -> None:
    first = web.post(path, body, key="once")
    again = web.post(path, dict(reversed(body.items())), key="once")
    assert first.status_code in (200, 201)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (
        None,
        "true",
    )
    assert conflicts(web.post(path, other, key="once"))
    assert conflicts(
        web.post("withdrawals/00000000-0000-0000-0000-000000000000/cancel/", key="once")
    )
    assert AnsweredRequest.objects.count() == 1


def test_a_deposit_address_is_not_made_twice_by_a_repetition(web: Web) -> None:
    for _ in range(3):
        web.post("deposit-addresses/", {"network": "bitcoin"}, key="once")
    assert DepositAddress.objects.count() == 1
    web.post("deposit-addresses/", {"network": "bitcoin"}, key="another")
    web.post("deposit-addresses/", {"network": "bitcoin"})
    assert DepositAddress.objects.count() == 3


def test_removing_and_cancelling_again_get_the_same_answer(web: Web, player: User) -> None:
    withdrawal = web.withdraw(key="mine").json()
    path = f"withdrawals/{withdrawal['id']}/cancel/"
    assert web.post(path, key="c").json() == web.post(path, key="c").json()
    entry = f"payout-addresses/{PayoutAddress.objects.get().pk}/"
    answers = [web.delete(entry, key="gone") for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert web.delete(entry, key="later").status_code == 404


def test_a_key_is_of_one_player(web: Web) -> None:
    web.post("limits/", LIMIT, key="once")
    other = Web(house.player_with()).post("limits/", {**LIMIT, "value": 7}, key="once")
    assert other.json()["value"] == 7


@pytest.mark.parametrize("key", ["x" * 81, "a\tb", "\u00e9"])
def test_a_key_is_short_visible_ascii(web: Web, key: str) -> None:
    answer = web.post("limits/", LIMIT, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert not PlayerLimit.objects.exists()


def test_what_was_refused_may_be_sent_again_under_its_key(web: Web) -> None:
    body = {"asset": "BTC", "amount_krw": 100_000}
    house.rules(withdrawals_open=False)
    assert web.post("quotes/", body, key="once").status_code == 503
    house.rules(withdrawals_open=True)
    assert web.post("quotes/", body, key="once").status_code == 201


def test_answers_are_kept_for_a_day(web: Web) -> None:
    web.post("limits/", LIMIT, key="old")
    web.post("limits/", LIMIT, key="older")
    AnsweredRequest.objects.update(at=timezone.now() - timedelta(hours=25))
    assert web.post("limits/", {**LIMIT, "value": 40_000}, key="old").status_code == 200
    forget_answers()
    assert [row.key for row in AnsweredRequest.objects.all()] == ["old"]


@pytest.mark.django_db(transaction=True)
def test_at_once_it_happens_once(web: Web) -> None:
    job = partial(web.post, "deposit-addresses/", {"network": "bitcoin"}, key="once")
    answers = at_once([job] * 6, threads=6)
    assert len({answer.json()["address"] for answer in answers}) == 1
    assert DepositAddress.objects.count() == 1


def test_the_schema_tells_of_the_key(web: Web) -> None:
    schema = web.client.get("/api/schema/", {"format": "json"}).json()
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/v1/wallet/") and method in ("post", "delete"):
                names = {each["name"] for each in operation.get("parameters", [])}
                assert "Idempotency-Key" in names, (method, path)
