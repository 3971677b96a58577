"""What staff see of money before they decide: how much waits, why, and who decided before."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.admin.conftest import browser
from tests.admin.money import halted, quarantined, withdrawal_in_review
from tests.admin.test_wallet import checker, decide, rich, url
from tests.wallet.house import execute, guards_off
from tests.wallet.withdrawals.house import open_house, rules
from wallet.models import Deposit, Policy, Rate, Withdrawal
from wallet.policies import policy

__all__ = ["checker", "rich"]


@pytest.fixture(autouse=True)
def _open_house(settings: Any) -> None:
    open_house(settings)


def test_the_first_page_counts_what_waits_for_staff(
    rich: User, boss: User, checker: User, support: User
) -> None:
    client, index = browser(boss), reverse("admin:index")
    assert "waits for a decision" not in client.get(index).content.decode()
    row, deposit = withdrawal_in_review(rich), quarantined(rich)
    for user in (boss, checker):
        page = browser(user).get(index).content.decode()
        for text, model, query in (
            ("1 withdrawal that waits for a decision", Withdrawal, "queue=review"),
            ("1 deposit in quarantine", Deposit, "state__exact=quarantined"),
        ):
            assert text in page
            assert f'href="{url(model, "changelist")}?{query}"' in page
    assert "waits for a decision" not in browser(support).get(index).content.decode()
    Deposit.objects.create(
        user=rich,
        address=deposit.address,
        network="bitcoin",
        asset="BTC",
        txid="ef" * 32,
        place="vout:0",
        amount_units=1,
        state="seen",
    )
    listed = client.get(url(Deposit, "changelist"), {"state__exact": "quarantined"})
    assert [each.pk for each in listed.context["cl"].queryset] == [deposit.pk]
    decide(browser(checker), row, "reject", content_hash=row.content_hash)
    assert "waits for a decision" not in client.get(index).content.decode()


def test_who_decides_sees_why_it_waits_and_who_approved_before(
    rich: User, boss: User, checker: User
) -> None:
    rules(auto_approve_krw=20_000, two_approvals_krw=50_000)
    row = withdrawal_in_review(rich)
    decide(browser(boss), row, "approve", content_hash=row.content_hash, note="called <b>Mina</b>")
    page = box(browser(checker), row)
    assert "Why it is looked at" in page
    assert "₩100,000 is more than the ₩20,000 that are paid without review." in page
    assert "1 / 2" in page
    assert "Boss: called &lt;b&gt;Mina&lt;/b&gt;" in page


def test_who_decides_sees_how_many_approvals_the_rules_of_now_ask_for(
    rich: User, boss: User, checker: User
) -> None:
    row = withdrawal_in_review(rich)
    assert "0 / 1" in box(browser(checker), row)
    rules(auto_approve_krw=20_000, two_approvals_krw=50_000)
    decide(browser(boss), row, "approve", content_hash=row.content_hash)
    page = box(browser(checker), row)
    assert "1 / 2" in page
    assert "The rules of now ask for more than when it was requested." in page
    decide(browser(checker), row, "approve", content_hash=row.content_hash)
    row.refresh_from_db()
    assert row.state == "approved"


def test_an_approval_that_does_not_count_is_not_counted(
    rich: User, boss: User, checker: User
) -> None:
    rules(auto_approve_krw=20_000, two_approvals_krw=50_000)
    row = withdrawal_in_review(rich)
    decide(browser(boss), row, "approve", content_hash=row.content_hash)
    with guards_off():
        execute("UPDATE wallet_staffchange SET at = now() - interval '1 minute'")
        execute("UPDATE wallet_approval SET at = now()")
    assert "0 / 2" in box(browser(checker), row)


def test_who_decides_on_a_deposit_sees_why_it_waits_and_what_it_is_worth(
    rich: User, checker: User
) -> None:
    deposit = quarantined(rich)
    Deposit.objects.update(reason="self_excluded")
    page = box(browser(checker), deposit)
    for text in ("The player is excluded", "0.005 BTC", "₩495,000"):
        assert text in page
    halted()
    assert "exchanges disagree" in box(browser(checker), deposit)


def box(client: Client, row: Withdrawal | Deposit) -> str:
    """The part of the page with the form of a decision."""
    page: str = client.get(url(type(row), "change", row.pk)).content.decode()
    return page.partition('<h2 class="font-semibold mb-2">')[2].partition("</section>")[0]


def test_why_it_waits_and_why_it_ended_have_names_of_their_own(rich: User, checker: User) -> None:
    row = withdrawal_in_review(rich)
    page = browser(checker).get(url(Withdrawal, "change", row.pk)).content.decode()
    assert page.count("Why it is in this state") == 1
    assert page.count("Why it is looked at") == 2  # in the box, and on the page


def test_a_long_reason_of_a_stop_is_not_cut_off(boss: User) -> None:
    reason = "BTC hot: " + "ab" * 100
    rules(stopped_reason=reason)
    page = browser(boss).get(url(Policy, "change", policy().pk)).content.decode()
    field = page.partition('<textarea name="stopped_reason"')[2].partition("</textarea>")[0]
    assert field.endswith(reason)
    assert 'maxlength="300"' in field


def test_rates_are_won_with_separators(boss: User) -> None:
    rate = Rate.objects.filter(asset="BTC").latest("pk")
    client = browser(boss)
    for target in (url(Rate, "changelist"), url(Rate, "change", rate.pk)):
        page = client.get(target).content.decode()
        assert "₩100,000,000" in page
        assert ".00000000" not in page


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_state_has_its_colour_in_every_language(rich: User, checker: User, language: str) -> None:
    quarantined(rich)
    client = browser(checker)
    answer = client.get(url(Deposit, "changelist"), headers={"accept-language": language})
    page = answer.content.decode()
    state = {"en": "held for review", "ko": "심사 중"}[language]
    assert re.search(rf"bg-red-100 text-red-700[^>]*>\s*{state}\s*<", page)
