"""Bodies and filters that programs get wrong."""

from typing import Any

import pytest

from tests.wallet.api.web import Web
from wallet.models import WithdrawalQuote

pytestmark = pytest.mark.django_db

QUOTE = '{"asset": "BTC", "amount_krw": 100000'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (QUOTE, "parse_error"),
        (QUOTE + ', "amount_krw": 200000}', "duplicate_key"),
        ('{"asset": "BTC", "amount_krw": {"a": 1, "a": 2}}', "duplicate_key"),
        ("[" * 100_000, "parse_error"),
        ('{"a":' * 100_000, "parse_error"),
        ('{"asset": "BTC", "amount_krw": ' + "9" * 5_000 + "}", "parse_error"),
        ('{"asset": "BTC", "amount_krw": NaN}', "parse_error"),
        ('{"asset": "BTC", "amount_krw": -Infinity}', "parse_error"),
        (b'{"asset": "\xff"}', "parse_error"),
    ],
)
def test_a_body_that_is_no_good_json_is_refused(web: Web, body: Any, code: str) -> None:
    answer = web.client.post("/api/v1/wallet/quotes/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["message"] != "The request was refused."
    assert not WithdrawalQuote.objects.exists()


def test_a_form_is_no_body(web: Web) -> None:
    answer = web.client.post("/api/v1/wallet/quotes/", {"asset": "BTC", "amount_krw": "100000"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["statement/", "statement/csv/"])
@pytest.mark.parametrize("name", ["start", "end"])
@pytest.mark.parametrize(
    "value",
    ["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59", "9999-12-31T23:59:59Z", "now"],
)
def test_a_time_that_cannot_be_reckoned_with_is_refused(
    web: Web, path: str, name: str, value: str
) -> None:
    answer = web.get(path, **{name: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
