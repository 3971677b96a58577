"""Decisions that take two people, on the pages where the first proposes and the second confirms."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.db.models import Model
from django.urls import reverse

from accounts.models import User
from accounts.services import create_user
from tests.admin.conftest import PASSWORD, browser
from tests.admin.money import quarantined
from tests.admin.proposing import answered, confirmed, waiting
from tests.admin.test_wallet import decide, filled_in, state_of, told, url
from tests.wallet.house import season
from tests.wallet.withdrawals.house import open_house, rules
from wallet import chart, movements
from wallet.models import AssetPolicy, Deposit, MoneyEvent, Policy, Proposal
from wallet.policies import asset_policy, policy, stop_withdrawals
from wallet.selectors import balance_krw

PAID_BACK = "12" * 32
PROPOSED = "Proposed. Nothing is done yet: a colleague must confirm it under “Decisions that wait”."


@pytest.fixture(autouse=True)
def _open_house(settings: Any) -> None:
    open_house(settings)


def page_of(staff: User, row: Proposal) -> str:
    answer = browser(staff).get(reverse("admin:wallet_proposal_change", args=[row.pk]))
    return answer.content.decode()


def in_quarantine(player: User, reason: str = "excluded") -> Deposit:
    """With its coins in the ledger."""
    deposit = quarantined(player)
    Deposit.objects.update(reason=reason)
    movements.book_quarantine(deposit_id=deposit.pk, nth=1, asset="BTC", amount_units=500_000)
    deposit.refresh_from_db()
    return deposit


def changed(row: Model, name: str) -> Any:
    row.refresh_from_db()
    return getattr(row, name)


def counted(staff: User) -> bool:
    """Admin's first page says that a decision waits for this member of staff."""
    page = browser(staff).get(reverse("admin:index")).content.decode()
    return "1 decision of a colleague to confirm" in page


def test_a_return_is_proposed_and_confirmed(player: User, boss: User, colleague: User) -> None:
    deposit = in_quarantine(player)
    assert told(decide(browser(boss), deposit, "return", note="by letter", txid="x")) == [
        "Enter the reason and the transaction that pays the sender back."
    ]
    assert not Proposal.objects.exists()
    assert told(decide(browser(boss), deposit, "return", note="by letter", txid=PAID_BACK)) == [
        PROPOSED
    ]
    assert (counted(boss), counted(colleague)) == (False, True)
    assert state_of(deposit) == "quarantined"
    page = page_of(colleague, waiting())
    for text in ("0.005 BTC", "Mina", PAID_BACK, "by letter", "Boss", "Confirm and do it now"):
        assert text in page
    confirmed(colleague)
    assert state_of(deposit) == "returned"
    assert movements.balance(chart.capital("BTC")) == 500_000
    event = deposit.events.latest("id")
    assert (event.actor, event.details["confirmed_by"]) == (boss, colleague.pk)


def test_coins_of_our_own_are_not_credited_by_one(
    player: User, boss: User, colleague: User
) -> None:
    deposit = in_quarantine(player, "from_own_address")
    page = browser(boss).get(url(Deposit, "change", deposit.pk)).content.decode()
    assert "Propose to credit the player" in page
    assert told(decide(browser(boss), deposit, "credit", note="lost key")) == [PROPOSED]
    assert (state_of(deposit), balance_krw(user_id=player.pk)) == ("quarantined", 0)
    confirmed(colleague)
    assert (state_of(deposit), balance_krw(user_id=player.pk)) == ("credited", 495_000)


def test_who_proposed_does_not_confirm_but_may_withdraw(player: User, boss: User) -> None:
    deposit = in_quarantine(player)
    decide(browser(boss), deposit, "return", note="by letter", txid=PAID_BACK)
    page = page_of(boss, waiting())
    assert "Confirm and do it now" not in page
    assert answered(boss, "confirm") == ["A colleague must confirm what you proposed."]
    answered(boss, "withdraw")
    row = Proposal.objects.get()
    assert (row.state, row.decided_by, state_of(deposit)) == ("withdrawn", boss, "quarantined")


def test_a_colleague_who_was_just_made_confirms_nothing(player: User, boss: User) -> None:
    decide(browser(boss), in_quarantine(player), "return", note="by letter", txid=PAID_BACK)
    puppet = create_user(
        email="puppet@example.com",
        nickname="Puppet",
        password=PASSWORD,
        is_staff=True,
        is_superuser=True,
    )
    (said,) = answered(puppet, "confirm")
    assert said.startswith("Your account, its rights or what you log in with changed lately")
    assert waiting().by == boss
    said_too = told(
        decide(browser(puppet), in_review := Deposit.objects.get(), "return", note="n", txid="x")
    )
    assert said_too == [said]
    assert state_of(in_review) == "quarantined"


def test_what_is_confirmed_is_what_the_page_showed(
    player: User, boss: User, colleague: User
) -> None:
    decide(browser(boss), in_quarantine(player), "return", note="by letter", txid=PAID_BACK)
    for wrong in ("", "0" * 64):
        assert answered(colleague, "confirm", content_hash=wrong) == [
            "This is not the decision that you looked at. Reload the page and check it."
        ]
    assert waiting()


def test_who_lacks_the_right_for_it_neither_sees_nor_confirms(
    player: User, boss: User, support: User
) -> None:
    decide(browser(boss), in_quarantine(player), "return", note="by letter", txid=PAID_BACK)
    target = reverse("admin:wallet_proposal_change", args=[waiting().pk])
    for staff in (support, player):
        assert browser(staff).get(target).status_code in {302, 403}
    support.user_permissions.add(Permission.objects.get(codename="change_policy"))
    clerk = season(support)
    for decision in ("confirm", "withdraw"):
        assert answered(clerk, decision) == ["You may not take this decision. Ask a colleague."]
    assert waiting()


def test_a_stop_is_cleared_by_two(boss: User, colleague: User) -> None:
    row = policy()
    stop_withdrawals("BTC hot: 1 missing")
    answer = filled_in(
        browser(boss), row, stopped_reason="", withdrawals_open="on", note="found it"
    )
    assert answer.status_code == 302
    assert changed(row, "stopped_reason") == "BTC hot: 1 missing"
    assert not row.withdrawals_open
    page = page_of(colleague, waiting())
    for text in ("BTC hot: 1 missing", "stopped because", "found it"):
        assert text in page
    confirmed(colleague)
    assert changed(row, "stopped_reason") == ""
    assert row.withdrawals_open
    event = MoneyEvent.objects.get(kind="policy_changed").payload
    assert (event["by"], event["confirmed_by"]) == (boss.pk, colleague.pk)


def test_a_stop_that_comes_after_it_is_not_cleared(boss: User, colleague: User) -> None:
    row = policy()
    stop_withdrawals("BTC hot: 1 missing")
    filled_in(browser(boss), row, stopped_reason="", withdrawals_open="on")
    stop_withdrawals("ledger: something else")
    (said,) = answered(colleague, "confirm")
    assert said.startswith("These rules were changed after this was proposed.")
    assert changed(row, "stopped_reason") == "BTC hot: 1 missing"
    assert waiting()


LOOSER = [
    ("auto_approve_krw", "1000001"),
    ("two_approvals_krw", "10000001"),
    ("credentials_wait_hours", "0"),
    ("house_day_krw", "2000000001"),
    ("breaker_bps", "501"),
    ("min_age", "18"),
]


@pytest.mark.parametrize(("name", "value"), LOOSER)
def test_a_rule_is_loosened_by_two(boss: User, colleague: User, name: str, value: str) -> None:
    row = policy()
    before = getattr(row, name)
    answer = filled_in(browser(boss), row, **{name: value})
    assert answer.url == reverse("admin:wallet_proposal_change", args=[waiting().pk])
    assert changed(row, name) == before
    page = page_of(colleague, waiting())
    assert f"<strong>{int(value):,}</strong>" in page
    confirmed(colleague)
    assert changed(row, name) == int(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("auto_approve_krw", "0"), ("wait_hours", "48"), ("user_day_krw", "50000000")],
)
def test_a_rule_is_tightened_at_once(boss: User, name: str, value: str) -> None:
    row = policy()
    filled_in(browser(boss), row, **{name: value})
    assert changed(row, name) == int(value)
    assert not Proposal.objects.exists()


def test_a_page_that_also_loosens_waits_as_a_whole(boss: User, colleague: User) -> None:
    row = policy()
    filled_in(browser(boss), row, wait_hours="48", auto_approve_krw="2000000")
    assert changed(row, "wait_hours") == 0
    confirmed(colleague)
    assert (changed(row, "wait_hours"), row.auto_approve_krw) == (48, 2_000_000)


def test_a_coins_rules_are_loosened_by_two(boss: User, colleague: User) -> None:
    row = asset_policy("BTC")
    filled_in(browser(boss), row, fee_cap_units="300000")
    assert changed(row, "fee_cap_units") == 200_000
    confirmed(colleague)
    assert changed(row, "fee_cap_units") == 300_000
    assert MoneyEvent.objects.filter(kind="assetpolicy_changed").count() == 1
    assert AssetPolicy.objects.get(asset="BTC").fee_cap_units == 300_000


def test_rules_that_do_not_fit_any_more_are_not_set(boss: User, colleague: User) -> None:
    row = policy()
    filled_in(browser(boss), row, auto_approve_krw="5000000")
    rules(two_approvals_krw=4_000_000)
    (said,) = answered(colleague, "confirm")
    assert said.startswith("These rules were changed after this was proposed.")
    assert changed(row, "auto_approve_krw") == 1_000_000


def test_one_decision_about_the_same_rules_waits_at_a_time(boss: User, colleague: User) -> None:
    row = policy()
    filled_in(browser(boss), row, auto_approve_krw="5000000")
    answer = filled_in(browser(colleague), row, auto_approve_krw="6000000")
    assert answer.status_code == 302
    assert Policy.objects.get().auto_approve_krw == 1_000_000
    assert Proposal.objects.count() == 1


def test_colleagues_hear_of_what_admin_did_to_staff(
    player: User, boss: User, colleague: User, django_capture_on_commit_callbacks: Any
) -> None:
    target = f"/admin/accounts/user/{player.pk}/change/"
    rights = {"is_active": "on", "is_staff": "on", "is_superuser": "on"}
    sent = {"nickname": player.nickname, "email": player.email, **rights}
    with django_capture_on_commit_callbacks(execute=True):
        assert browser(boss).post(target, sent).status_code == 302
    told_of = [message for message in mail.outbox if f"user: {player.pk}" in message.body]
    assert sorted(message.to for message in told_of) == [[boss.email], [colleague.email]]
    event = MoneyEvent.objects.get(kind="alert.staff_changed", payload__user=player.pk)
    assert event.payload["what"] == "staff"
