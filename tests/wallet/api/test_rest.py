"""REST of the wallet: what it shows, to whom, and what it refuses."""

import csv
import io
import json
import uuid
from typing import Any
from unittest.mock import ANY

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from tests.wallet.api.web import ADDRESS, Web
from tests.wallet.withdrawals import house
from tests.wallet.withdrawals.house import BITCOIN, COLD, ETHEREUM, player_with
from wallet import addressing, withdrawals
from wallet.models import Exclusion, PayoutAddress, Rate, Withdrawal, WithdrawalQuote
from wallet.selectors import balance_krw
from wallet.services import buy_in

pytestmark = pytest.mark.django_db

READ = [
    "",
    "deposit-addresses/",
    "deposits/",
    "rates/",
    "payout-addresses/",
    "withdrawals/",
    "statement/",
    "statement/csv/",
    "limits/",
    "exclusion/",
]


@pytest.mark.parametrize("path", READ)
def test_nothing_is_shown_without_a_login(path: str) -> None:
    answer = APIClient().get(f"/api/v1/wallet/{path}")
    assert (answer.status_code in (401, 403), answer.json()["code"]) == (True, "not_authenticated")


@pytest.mark.parametrize("path", READ)
def test_everything_can_be_read(web: Web, path: str) -> None:
    assert web.get(path).status_code == 200


def test_a_browser_needs_its_token_against_forgery(player: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(player)
    answer = client.post("/api/v1/wallet/quotes/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_the_wallet_says_where_the_money_is(web: Web, player: User) -> None:
    buy_in(user_id=player.pk, table_id=1, amount_krw=200_000, key="in")
    assert web.withdraw().status_code == 201
    assert web.get("").json() == {
        "balance_krw": 700_000,
        "held_krw": 100_000,
        "in_play_krw": 200_000,
        "owed_krw": 0,
        "withdrawable_hour_krw": 19_900_000,
        "withdrawable_day_krw": 99_900_000,
        "withdrawable_more_at": ANY,
    }


def test_from_quote_to_withdrawal_and_back(web: Web, player: User) -> None:
    entry = web.post("payout-addresses/", ADDRESS)
    assert entry.status_code == 201
    offer = web.post("quotes/", {"asset": "BTC", "amount_krw": 100_000})
    assert offer.status_code == 201
    found = offer.json()
    assert (found["amount"], found["amount_units"], found["fee_krw"]) == (
        "0.00096039",
        "96039",
        3_000,
    )
    body = {"quote_id": found["quote_id"], "payout_address_id": entry.json()["id"]}
    first = web.post("withdrawals/", body, key="k")
    assert (first.status_code, first.json()["state"], first.json()["address"]) == (
        201,
        "approved",
        BITCOIN,
    )
    again = web.post("withdrawals/", body, key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    number = first.json()["id"]
    assert web.get("withdrawals/").json()["results"] == [first.json()]
    assert web.get(f"withdrawals/{number}/").json() == first.json()
    in_use = web.client.delete(f"/api/v1/wallet/payout-addresses/{body['payout_address_id']}/")
    assert (in_use.status_code, in_use.json()["code"]) == (409, "payout_address_in_use")
    for _ in range(2):
        cancelled = web.post(f"withdrawals/{number}/cancel/")
        assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert balance_krw(user_id=player.pk) == 1_000_000


def test_a_withdrawal_needs_its_key_and_a_key_one_body(web: Web) -> None:
    entry = web.post("payout-addresses/", ADDRESS).json()
    quotes = [web.post("quotes/", {"asset": "BTC", "amount_krw": 100_000}).json() for _ in range(2)]
    bodies = [{"quote_id": one["quote_id"], "payout_address_id": entry["id"]} for one in quotes]
    missing = web.post("withdrawals/", bodies[0])
    assert (missing.status_code, missing.json()) == (
        400,
        {
            "code": "idempotency_key_missing",
            "message": "Send the header Idempotency-Key, new for each withdrawal or repayment.",
        },
    )
    assert web.post("withdrawals/", bodies[0], key="k").status_code == 201
    other = web.post("withdrawals/", bodies[1], key="k")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    long = web.post("withdrawals/", bodies[1], key="x" * 81)
    assert (long.status_code, long.json()["code"]) == (400, "idempotency_key_invalid")
    assert Withdrawal.objects.count() == 1


@pytest.mark.parametrize(
    "amount", ["100000", "-5", 100_000.0, 1e400, True, None, [], {}, 0, -1, 10**40]
)
def test_an_amount_is_a_whole_number(web: Web, amount: Any) -> None:
    body = f'{{"asset": "BTC", "amount_krw": {_json(amount)}}}'
    answer = web.client.post("/api/v1/wallet/quotes/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_amount", "parse_error")
    assert not WithdrawalQuote.objects.exists()


def _json(value: Any) -> str:
    return "1e400" if value == float("inf") else json.dumps(value)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"asset": "DOGE", "amount_krw": 100_000}, "asset_not_offered"),
        ({"asset": 5, "amount_krw": 100_000}, "invalid"),
        ({"amount_krw": 100_000}, "invalid"),
        ({"asset": "BTC"}, "invalid"),
        ({"asset": "BTC", "amount_krw": 9_999}, "below_minimum"),
        ([1], "invalid"),
    ],
)
def test_a_quote_that_makes_no_sense(web: Web, body: Any, code: str) -> None:
    answer = web.post("quotes/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("quotes/", {"asset": "BTC", "amount_krw": 100_000, "fee_krw": 0}),
        ("quotes/", {"asset": "BTC", "amount_krw": 100_000, "user": 1}),
        ("payout-addresses/", {**ADDRESS, "usable_from": "2020-01-01T00:00:00Z"}),
        ("payout-addresses/", {**ADDRESS, "user": 1}),
        (
            "withdrawals/",
            {"quote_id": str(uuid.uuid4()), "payout_address_id": 1, "approvals_needed": 0},
        ),
        ("withdrawals/", {"quote_id": str(uuid.uuid4()), "payout_address_id": 1, "state": "x"}),
        ("limits/", {"kind": "loss", "period": "day", "value": 5, "effective_at": None}),
        ("exclusion/", {"days": 5, "user_id": 7}),
    ],
)
def test_a_field_that_nobody_asked_for_is_refused(web: Web, path: str, body: Any) -> None:
    answer = web.post(path, body, key="k")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert not WithdrawalQuote.objects.exists()
    assert not PayoutAddress.objects.exists()
    assert not Exclusion.objects.exists()


def test_a_form_is_no_json(web: Web) -> None:
    answer = web.client.post("/api/v1/wallet/quotes/", {"asset": "BTC", "amount_krw": "100000"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_what_is_anothers_is_not_there(web: Web, player: User) -> None:
    other = player_with()
    asked = house.ask(other)
    offer = withdrawals.quote(user=other, asset="BTC", amount_krw=100_000)
    own = withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    entry = asked.payout_address_id
    for answer in (
        web.get(f"withdrawals/{asked.public_id}/"),
        web.post(f"withdrawals/{asked.public_id}/cancel/"),
        web.client.delete(f"/api/v1/wallet/payout-addresses/{entry}/"),
        web.post(
            "withdrawals/", {"quote_id": str(offer.public_id), "payout_address_id": entry}, key="k"
        ),
        web.post(
            "withdrawals/", {"quote_id": str(own.public_id), "payout_address_id": entry}, key="k"
        ),
    ):
        assert answer.status_code == 404, answer.json()
    assert web.get("withdrawals/").json()["results"] == []
    assert web.get("payout-addresses/").json() == []
    asked.refresh_from_db()
    assert asked.state == "approved"
    assert not PayoutAddress.objects.exclude(removed_at=None).exists()


@pytest.mark.parametrize(
    ("network", "address", "code"),
    [
        ("bitcoin", BITCOIN[:-1] + "5", "address_checksum"),
        ("bitcoin", ETHEREUM, "address_wrong_network"),
        ("ethereum", BITCOIN, "address_wrong_network"),
        ("bitcoin", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "address_wrong_network"),
        ("ethereum", ETHEREUM.replace("aA", "Aa"), "address_checksum"),
        ("ethereum", "0x" + "0" * 40, "address_zero"),
        ("ethereum", house.HOT, "address_own"),
        ("bitcoin", COLD, "address_own"),
        ("ethereum", house.USDT, "address_contract"),
        ("ethereum", house.USDC.lower(), "address_contract"),
        ("bitcoin", "=HYPERLINK(1)", "address_malformed"),
        ("tron", "TJCnKsPa7y5okkXvQAidZBzqx3QyQ6sxMW", "invalid"),
    ],
)
def test_an_address_that_money_must_not_go_to(
    web: Web, network: str, address: str, code: str
) -> None:
    answer = web.post("payout-addresses/", {**ADDRESS, "network": network, "address": address})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["message"]


def test_the_address_book(web: Web, player: User) -> None:
    added = web.post("payout-addresses/", {**ADDRESS, "exchange": "Upbit"}).json()
    assert (added["owner"], added["exchange"], added["label"]) == ("self", "Upbit", "cold")
    assert web.get("payout-addresses/").json() == [added]
    again = web.post("payout-addresses/", ADDRESS)
    assert (again.status_code, again.json()["code"]) == (409, "payout_address_known")
    nameless = web.post(
        "payout-addresses/", {**ADDRESS, "address": house.OTHER_BITCOIN, "owner": "other"}
    )
    assert (nameless.status_code, nameless.json()["code"]) == (400, "owner_invalid")
    path = f"/api/v1/wallet/payout-addresses/{added['id']}/"
    assert web.client.delete(path).status_code == 204
    assert web.client.delete(path).status_code == 404
    assert web.get("payout-addresses/").json() == []


def test_deposit_addresses(web: Web, player: User, settings: Any) -> None:
    bitcoin, ethereum = web.get("deposit-addresses/").json()
    assert (bitcoin["assets"], ethereum["assets"]) == (["BTC"], ["ETH", "USDT", "USDC"])
    assert bitcoin["address"].startswith("bc1q")
    more = web.post("deposit-addresses/", {"network": "bitcoin"})
    assert more.status_code == 201
    assert more.json()["address"] != bitcoin["address"]
    assert web.get("deposit-addresses/").json()[0] == more.json()
    assert addressing.is_ours(network="bitcoin", address=bitcoin["address"])
    settings.ETHEREUM_XPUB = ""
    answer = web.post("deposit-addresses/", {"network": "ethereum"})
    assert (answer.status_code, answer.json()["code"]) == (400, "network_not_offered")


def test_rates_are_exact_and_say_why_there_is_none(web: Web) -> None:
    bitcoin, *_ = web.get("rates/").json()
    assert (bitcoin["asset"], bitcoin["ask_krw"]) == ("BTC", "101000000.00000000")
    house.rules(source_max_age_s=0)
    bitcoin, *_ = web.get("rates/").json()
    assert (bitcoin["ask_krw"], bitcoin["refusal"] != "") == (None, True)
    answer = web.post("quotes/", {"asset": "BTC", "amount_krw": 100_000})
    assert (answer.status_code, answer.json()["code"]) == (503, bitcoin["refusal"])
    assert Rate.objects.exists()


def test_refusals_have_a_fitting_status(web: Web) -> None:
    poor = web.withdraw(2_000_000)
    assert (poor.status_code, poor.json()["code"]) == (409, "insufficient_funds")
    house.rules(user_hour_krw=50_000)
    much = web.post("quotes/", {"asset": "BTC", "amount_krw": 100_000})
    assert (much.status_code, much.json()["code"]) == (409, "withdrawal_limit")
    house.rules(withdrawals_open=False)
    closed = web.post("quotes/", {"asset": "BTC", "amount_krw": 100_000})
    assert (closed.status_code, closed.json()["code"]) == (503, "withdrawals_closed")


def test_players_are_told_why_they_wait_but_not_what_gave_them_away(web: Web) -> None:
    house.address_of(player_with())
    house.rules(address_wait_hours=24)
    asked = web.withdraw().json()
    assert sorted(asked["reasons"]) == ["first_withdrawal", "new_address", "review"]
    assert (asked["state"], asked["waits_until"] is None) == ("cooling", False)
    assert (asked["rate_krw"], asked["is_rate_fixed"]) == ("101000000.00000000", False)


def test_the_statement_in_pages_and_with_filters(web: Web, player: User) -> None:
    for number in range(5):
        buy_in(user_id=player.pk, table_id=7, amount_krw=1, key=f"in{number}")
    page = web.get("statement/", page_size=4).json()
    assert [line["balance_krw"] for line in page["results"]] == [999_995, 999_996, 999_997, 999_998]
    rest = web.client.get(page["next"]).json()
    assert [line["kind"] for line in rest["results"]] == ["buy_in", "deposit"]
    assert rest["next"] is None
    only = web.get("statement/", kind="deposit").json()["results"]
    assert [line["amount_krw"] for line in only] == [1_000_000]
    assert web.get("statement/", start="2100-01-01T00:00:00Z").json()["results"] == []
    assert len(web.get("statement/", end="2100-01-01T00:00:00Z").json()["results"]) == 6
    for wrong in ({"kind": "nonsense"}, {"start": "yesterday"}, {"end": "=1"}):
        assert web.get("statement/", **wrong).json()["code"] == "invalid"


def test_the_statement_as_a_file(web: Web, player: User) -> None:
    buy_in(user_id=player.pk, table_id=7, amount_krw=5, key="in")
    answer = web.get("statement/csv/", kind="buy_in")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text))
    assert header[:3] == ["number", "time", "kind"]
    assert (row[0], row[2:]) == ("2", ["buy_in", "-5", "999995", "table:7"])


def test_limits_and_exclusion(web: Web, player: User) -> None:
    body = {"kind": "loss", "period": "day", "value": 1_000}
    assert web.post("limits/", body).json()["value"] == 1_000
    raised = web.post("limits/", {**body, "value": None}).json()
    assert (raised["value"], raised["next_value"], raised["next_at"] is None) == (
        1_000,
        None,
        False,
    )
    assert len(web.get("limits/").json()) == 9
    for wrong in ({**body, "value": -1}, {**body, "value": 10**16}):
        assert web.post("limits/", wrong).json()["code"] == "limit_invalid"
    assert web.post("limits/", {**body, "value": "5"}).status_code == 400
    assert web.get("exclusion/").json() == {"is_excluded": False, "since": None, "until": None}
    first = web.post("exclusion/", {"days": 7})
    assert first.status_code == 201
    assert first.json()["is_excluded"]
    shorter = web.post("exclusion/", {"days": 6})
    assert (shorter.status_code, shorter.json()["code"]) == (400, "exclusion_shorter")
    assert web.post("exclusion/", {"days": None}).json()["until"] is None
    hidden = web.get("deposit-addresses/")
    assert (hidden.status_code, hidden.json()["code"]) == (403, "self_excluded")
    assert web.post("exclusion/", {"days": 0}).json()["code"] == "invalid"


def test_too_many_requests_are_refused(web: Web) -> None:
    answers = [web.post("deposit-addresses/", {"network": "bitcoin"}) for _ in range(11)]
    assert [answer.status_code for answer in answers].count(429) >= 1
    assert answers[-1].json()["code"] == "rate_limited"
