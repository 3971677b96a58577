"""The statement's page and file: filters, pages, running balance, cells that no sheet runs."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.wallet.house import give
from tests.wallet.pages.conftest import browser, html
from tests.wallet.withdrawals.house import ask
from wallet import chart, withdrawals
from wallet.forms import KIND_NAMES
from wallet.ledger import credit, debit, post
from wallet.services import buy_in, cash_out
from wallet.statement import KINDS

PAGES_FILE, RESTS_FILE = "/wallet/statement.csv", "/api/v1/wallet/statement/csv/"


def rows(client: Client, **query: Any) -> list[tuple[int, int]]:
    """The amounts and the balances after them, as the page shows them."""
    shown = client.get(reverse("wallet-statement"), query).context["rows"]
    return [(row.line.amount_krw, row.line.balance_krw) for row in shown]


def file_of(client: Client, path: str = PAGES_FILE, **query: Any) -> list[list[str]]:
    answer: Any = client.get(path, query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="statement.csv"' in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def played(user: User) -> None:
    buy_in(user_id=user.pk, table_id=7, amount_krw=400_000, key=f"in{user.pk}")
    cash_out(user_id=user.pk, table_id=7, amount_krw=300_000, key=f"out{user.pk}")


def test_every_movement_has_the_balance_after_it(mina: User) -> None:
    played(mina)
    assert rows(browser(mina)) == [
        (300_000, 900_000),
        (-400_000, 600_000),
        (1_000_000, 1_000_000),
    ]


def test_a_kind_is_chosen(mina: User) -> None:
    played(mina)
    assert rows(browser(mina), kind="buy_in") == [(-400_000, 600_000)]
    assert [row[3] for row in file_of(browser(mina), kind="buy_in")[1:]] == ["-400000"]


def test_days_are_whole_days_of_the_site(mina: User) -> None:
    today = timezone.localdate()
    client = browser(mina)
    assert len(rows(client, start=today, end=today)) == 1
    assert rows(client, start=today + timedelta(days=1)) == []
    assert rows(client, end=today - timedelta(days=1)) == []
    assert "Nothing fits this choice." in html(
        client.get(reverse("wallet-statement"), {"end": str(today - timedelta(days=1))})
    )


def test_a_filter_that_makes_no_sense_shows_nothing_and_says_why(mina: User) -> None:
    client = browser(mina)
    for query in (
        *({"kind": "rake"}, {"start": "yesterday"}, {"end": "9999-12-31"}),
        *({"before": "x"}, {"after": "-1"}),
    ):
        answer = client.get(reverse("wallet-statement"), query)
        assert answer.status_code == 200, query
        assert rows(client, **query) == [], query
        assert len(file_of(client, **query)) == 1, query
    assert client.get(reverse("wallet-statement"), {"kind": "rake"}).context["form"].errors


def test_a_number_beyond_all_is_the_first_page_or_the_last(mina: User) -> None:
    assert len(rows(browser(mina), before="9" * 30)) == 1
    assert rows(browser(mina), after="9" * 30) == []


def test_pages_cut_nothing_and_show_nothing_twice(mina: User) -> None:
    for _ in range(119):
        give(mina.pk, 1)
    client, found, query = browser(mina), [], ""
    for size in (50, 50, 20):
        page = client.get(reverse("wallet-statement") + f"?{query}")
        assert len(page.context["rows"]) == size
        found += [row.line.number for row in page.context["rows"]]
        query = page.context["older"]
    assert found == list(range(120, 0, -1))
    assert query == ""
    newer = client.get(reverse("wallet-statement") + f"?{page.context['newer']}")
    assert [row.line.number for row in newer.context["rows"]] == list(range(70, 20, -1))
    newest = client.get(reverse("wallet-statement") + f"?{newer.context['newer']}")
    assert [row.line.number for row in newest.context["rows"]] == list(range(120, 70, -1))
    assert newest.context["newer"] == ""
    assert len(file_of(client)) == 121


def test_pages_keep_the_filter(mina: User) -> None:
    for _ in range(51):
        give(mina.pk, 1)
    page = browser(mina).get(reverse("wallet-statement"), {"kind": "play_grant"})
    assert "kind=play_grant" in page.context["older"]
    assert "kind=play_grant" in page.context["file_query"]


def test_a_withdrawal_links_to_its_page(mina: User) -> None:
    row = ask(mina)
    withdrawals.cancel(user=mina, public_id=row.public_id)
    page = html(browser(mina).get(reverse("wallet-statement")))
    assert page.count(reverse("wallet-withdrawal", args=[row.public_id])) == 2
    assert "Withdrawal given back" in page


def test_nobody_sees_anothers(mina: User, haru: User) -> None:
    played(mina)
    assert rows(browser(haru)) == [(1_000_000, 1_000_000)]
    assert len(file_of(browser(haru))) == 2


def test_the_file_has_whole_numbers_and_no_formula(mina: User) -> None:
    played(mina)
    header, *lines = file_of(browser(mina))
    assert header[0] == "number"
    assert [line[3:5] for line in lines] == [
        ["300000", "900000"],
        ["-400000", "600000"],
        ["1000000", "1000000"],
    ]
    texts = [cell for line in lines for cell in (line[2], line[5])]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in texts)


@pytest.mark.parametrize("path", [PAGES_FILE, RESTS_FILE])
@pytest.mark.parametrize(
    "text",
    [
        *("=cmd|'/c calc'!A1", "+1", "-1+1", "@SUM(1,1)", "  =1+1", "＝1+1"),
        *("\t=1+1", "\r=1+1", "\n=1+1"),
    ],
)
def test_no_text_of_a_transaction_begins_a_formula_in_the_file(
    mina: User, path: str, text: str
) -> None:
    post(
        kind=text,
        key="hostile",
        postings=[debit(chart.play_money(), 1), credit(chart.player(mina.pk), 1)],
        meta={"table_id": f'7",{text}'},
    )
    _, line, _ = file_of(browser(mina), path)
    assert line[2:] == [f"'{text}", "1", "1000001", f'table:7",{text}']


def test_every_kind_that_a_player_can_meet_has_a_name() -> None:
    assert set(KIND_NAMES) == set(KINDS)
