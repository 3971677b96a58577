"""Lists in pages: what is no cursor of theirs is refused with a code, and no page is lost."""

from base64 import b64encode
from urllib.parse import urlencode

import pytest

from accounts.models import User
from tests.wallet.api.web import Web
from tests.wallet.house import give_bought

pytestmark = pytest.mark.django_db

LISTS = [
    "wallet/deposits/",
    "wallet/withdrawals/",
    "wallet/statement/",
    "hands/",
    "sittings/",
]
NO_CURSORS = [
    "x",
    "cA",
    *(
        b64encode(position.encode()).decode()
        for position in (
            "p=abc",
            "p=1.5",
            "p=2026-13-45",
            "p=9999-12-31T23:59:59-23:00",
            "p=\x00",
            "p=-",
            "o=x",
            "o=-1",
        )
    ),
]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", NO_CURSORS)
def test_what_is_no_cursor_is_refused(web: Web, path: str, cursor: str) -> None:
    answer = web.client.get(f"/api/v1/{path}?{urlencode({'cursor': cursor})}")
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize("path", LISTS)
def test_a_page_beyond_all_rows_is_empty(web: Web, path: str) -> None:
    position = "1970-01-01 00:00:00+00:00" if path in ("hands/", "sittings/") else "0"
    cursor = b64encode(urlencode({"p": position}).encode()).decode()
    answer = web.client.get(f"/api/v1/{path}?{urlencode({'cursor': cursor})}")
    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_page_after_page_gives_every_line_once(web: Web, player: User) -> None:
    for _ in range(5):
        give_bought(player.pk, 1_000)
    whole = web.client.get("/api/v1/wallet/statement/").json()["results"]
    found, address = [], "/api/v1/wallet/statement/?page_size=2"
    while address:
        page = web.client.get(address).json()
        found += page["results"]
        address = page["next"]
    assert len(found) >= 5
    assert found == whole
