"""Finance in the admin: who may read the books, what the page shows, and who took which file."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.admin.conftest import browser
from tests.wallet.finance.books import at, move_all_to
from tests.wallet.house import execute, give, guards_off
from wallet import chart
from wallet.finance.files import REPORTS, csv_of
from wallet.finance.period import Period, today, yesterday
from wallet.ledger import credit, debit, post
from wallet.models import MoneyEvent

PAGE = "/admin/wallet/finance/"
DAYS = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture
def accountant(support: User) -> User:
    """Staff who may read the books and nothing else."""
    support.user_permissions.set([Permission.objects.get(codename="view_finance")])
    return User.objects.get(pk=support.pk)


@pytest.fixture(autouse=True)
def _november(player: User) -> None:
    give(player.pk, 1_234_567)
    coins = 1_500_000
    for key, side, other in (("in", debit, credit), ("short", credit, debit)):
        post(
            kind="test",
            key=key,
            postings=[
                side(chart.custody("hot", "BTC"), coins // 3 if key == "short" else coins),
                other(chart.position("BTC"), coins // 3 if key == "short" else coins),
            ],
        )
    move_all_to(at("2026-11-02 12:00"))


def paths() -> list[str]:
    return [PAGE, *(reverse("admin-finance-file", args=[report]) for report in REPORTS)]


def exports() -> list[MoneyEvent]:
    return list(MoneyEvent.objects.filter(kind="finance_exported").order_by("id"))


def test_nobody_reads_the_books_without_the_permission(
    player: User, support: User, accountant: User
) -> None:
    rights = Permission.objects.filter(content_type__app_label="wallet")
    clerk = User.objects.create(email="clerk@example.com", nickname="Clerk", is_staff=True)
    clerk.user_permissions.set(rights.exclude(codename="view_finance"))
    for path in paths():
        assert browser(clerk).get(path, DAYS).status_code == 403, path
        for client in (browser(player), Client()):
            assert client.get(path, DAYS).status_code in {302, 403}, path
    assert exports() == []
    for path in paths():
        assert browser(accountant).get(path, DAYS).status_code == 200, path
        assert browser(accountant).post(path, DAYS).status_code == 405, path
        assert browser(accountant).head(path, DAYS).status_code == 405, path


def test_only_who_may_read_them_has_them_in_the_sidebar(boss: User, accountant: User) -> None:
    stranger = User.objects.create(email="new@example.com", nickname="Newbie", is_staff=True)
    for user, is_there in ((boss, True), (accountant, True), (stranger, False)):
        page = browser(user).get(reverse("admin:index")).content.decode()
        assert (f'href="{PAGE}"' in page) == is_there, user


def test_the_page_shows_the_trial_balance_of_the_period(accountant: User) -> None:
    answer = browser(accountant).get(PAGE, DAYS)
    shown = {section.name: dict(section.lines) for section in answer.context["sections"]}
    assert list(shown) == ["KRW (won)", "BTC"]
    assert shown["KRW (won)"]["player"] == ["₩0", "₩0", "₩1,234,567", "₩1,234,567"]
    assert shown["BTC"]["coins bought from players"] == [
        "0",
        "0.<wbr>005",
        "0.<wbr>015",
        "0.<wbr>01",
    ]
    page = answer.content.decode()
    assert page.count("Debits equal credits") == 2
    assert "₩1,234,567" in page
    for report in REPORTS:
        assert f"{report}.csv?from=2026-11-01&amp;to=2026-11-30" in page


def test_the_page_begins_with_the_last_whole_day(accountant: User) -> None:
    answer = browser(accountant).get(PAGE)
    assert answer.context["period"] == yesterday()
    assert "not over yet" not in answer.content.decode()
    until_now = browser(accountant).get(PAGE, {"from": str(today()), "to": str(today())})
    assert "not over yet: its figures still change" in until_now.content.decode()


def test_books_that_do_not_balance_say_so(accountant: User) -> None:
    with guards_off():
        execute("UPDATE wallet_entry SET amount = amount + 1 WHERE side = 'D'")
    page = browser(accountant).get(PAGE, DAYS).content.decode()
    assert "Debits and credits differ: run check_money" in page


@pytest.mark.parametrize("report", REPORTS)
def test_every_file_is_told_before_it_is_taken(report: str, accountant: User) -> None:
    answer = browser(accountant).get(reverse("admin-finance-file", args=[report]), DAYS)
    (event,) = exports()  # and nothing was read yet
    assert event.subject == f"finance:{report}"
    assert event.payload == {"by": accountant.pk, "from": "2026-11-01", "to": "2026-11-30"}
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{report}-2026-11-01-2026-11-30.csv"' in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    expected = "".join(csv_of(report, Period(date(2026, 11, 1), date(2026, 11, 30))))
    assert b"".join(answer.streaming_content) == expected.encode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "like this: 2026-11-30"),
        ({"from": "2026-11-30", "to": "2026-11-01"}, "Swap them"),
        ({"from": "<b>", "to": "2026-11-01"}, "like this: 2026-11-30"),
        ({"from": "2019-12-31", "to": "2026-11-01"}, "1 January 2020"),
        ({"from": "2026-11-01", "to": "2999-01-01"}, "at most a year ahead"),
    ],
)
def test_a_bad_period_is_a_sentence_and_no_file(
    asked: dict[str, str], sentence: str, accountant: User
) -> None:
    client = browser(accountant)
    for report in REPORTS:
        answer = client.get(reverse("admin-finance-file", args=[report]), asked)
        assert answer.status_code == 400
        assert sentence in answer.content.decode()
        assert "Content-Disposition" not in answer
    assert exports() == []
    if asked:
        page = client.get(PAGE, asked)
        assert page.status_code == 200
        assert sentence in page.content.decode()
        assert ".csv" not in page.content.decode()
        assert "<b>" not in page.content.decode().partition('<form method="get"')[2]


def test_a_report_that_does_not_exist_is_not_found(accountant: User) -> None:
    assert browser(accountant).get(f"{PAGE}everything.csv", DAYS).status_code == 404


def test_ten_files_a_minute_are_enough(accountant: User) -> None:
    client, url = browser(accountant), reverse("admin-finance-file", args=["totals"])
    assert [client.get(url, DAYS).status_code for _ in range(11)] == [200] * 10 + [429]
    assert len(exports()) == 10
    assert client.get(PAGE).status_code == 200
