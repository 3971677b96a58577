"""Money in the admin: every page opens, no amount can be edited, and staff decide by content."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import create_user
from tests.admin.conftest import PASSWORD, browser
from tests.admin.money import (
    bought,
    halted,
    one_of_everything,
    quarantined,
    withdrawal_in_review,
)
from tests.wallet.house import give_bought, season
from tests.wallet.withdrawals.house import open_house, rules
from wallet.admin.tools import won
from wallet.assets import value_krw
from wallet.models import (
    AssetPolicy,
    Deposit,
    Exclusion,
    HousePosition,
    Identity,
    MoneyEvent,
    Policy,
    Rate,
    RateHalt,
    Withdrawal,
)
from wallet.policies import asset_policy, policy
from wallet.selectors import balance_krw

MODELS = [model for model in admin.site._registry if model._meta.app_label == "wallet"]
# What staff set; the rules of `Policy` and `AssetPolicy` are limits and fees, not money.
RULES = (Policy, AssetPolicy)
PLAYERS = (Exclusion, Identity)
READ_ONLY = [model for model in MODELS if model not in (*RULES, *PLAYERS)]


@pytest.fixture(autouse=True)
def _open_house(settings: Any) -> None:
    open_house(settings)


@pytest.fixture
def rich(player: User) -> User:
    give_bought(player.pk, 1_000_000)
    return player


@pytest.fixture
def checker() -> User:
    """Staff who may decide and look, and nothing else."""
    user = create_user(
        email="check@example.com", nickname="Check", password=PASSWORD, is_staff=True
    )
    names = ("approve_withdrawal", "decide_quarantine", "lift_halt")
    views = ("view_withdrawal", "view_deposit", "view_ratehalt")
    user.user_permissions.set(Permission.objects.filter(codename__in=(*names, *views)))
    return season(user)


def url(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:wallet_{model._meta.model_name}_{page}", args=args)


def decide(client: Client, row: Model, decision: str, **sent: str) -> Any:
    target = url(type(row), "decide", row.pk)
    return client.post(target, {"decision": decision, **sent}, follow=True)


def told(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def state_of(row: Withdrawal | Deposit) -> str:
    row.refresh_from_db()
    return row.state


def test_every_page_opens_with_a_row_in_every_model(rich: User, boss: User) -> None:
    one_of_everything(rich, boss)
    client = browser(boss)
    for model in MODELS:
        row = model._default_manager.first()
        assert row is not None, model
        assert client.get(url(model, "changelist")).status_code in {200, 302}, model
        assert client.get(url(model, "change", row.pk)).status_code == 200, model
        assert client.get(url(model, "history", row.pk)).status_code == 200, model


def test_no_page_opens_for_a_player_or_without_permission(
    rich: User, boss: User, support: User
) -> None:
    one_of_everything(rich, boss)
    for client in (browser(rich), browser(support)):
        for model in MODELS:
            row = model._default_manager.get(pk=model._default_manager.first().pk)  # type: ignore[union-attr]
            for page in (url(model, "changelist"), url(model, "change", row.pk)):
                assert client.get(page).status_code in {302, 403}, page


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_nothing_that_moved_can_be_edited(model: type[Model], rich: User, boss: User) -> None:
    one_of_everything(rich, boss)
    client, manager = browser(boss), model._default_manager
    before = list(manager.order_by("pk").values())
    row = manager.first()
    assert row is not None
    page = client.get(url(model, "change", row.pk)).content.decode()
    assert 'name="_save"' not in page
    assert 'name="amount' not in page
    everything = {field.name: "7" for field in model._meta.fields} | {"_save": "1"}
    assert client.post(url(model, "change", row.pk), everything).status_code == 403
    assert client.post(url(model, "add"), everything).status_code == 403
    assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    chosen = {"_selected_action": [str(row.pk)], "post": "yes"}
    client.post(url(model, "changelist"), {"action": "delete_selected", **chosen})
    client.post(url(model, "changelist"), {"form-TOTAL_FORMS": "1", "_save": "Save", **everything})
    assert list(manager.order_by("pk").values()) == before


def test_only_rules_and_what_is_known_of_players_can_be_set() -> None:
    amounts = {"amount_krw", "amount_units", "amount_sat", "debits", "credits", "balance_after"}
    for model in (*RULES, *PLAYERS):
        assert not amounts & {field.name for field in model._meta.fields}
    assert {*READ_ONLY, *RULES, *PLAYERS} == set(MODELS)
    known = {model for model in apps.get_app_config("wallet").get_models() if model in MODELS}
    assert known == set(MODELS)


def test_a_change_of_the_rules_is_told_old_and_new(boss: User) -> None:
    client, row = browser(boss), policy()
    form = client.get(url(Policy, "change", row.pk)).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields} | {"user_day_krw": "50000000"}
    sent = {name: "on" if value is True else value for name, value in sent.items() if value != ""}
    assert client.post(url(Policy, "change", row.pk), sent).status_code == 302
    row.refresh_from_db()
    assert row.user_day_krw == 50_000_000
    event = MoneyEvent.objects.get(kind="policy_changed")
    assert event.payload["by"] == boss.pk
    assert event.payload["changed"] == {"user_day_krw": {"old": "100000000", "new": "50000000"}}


def test_the_kill_switch_is_a_rule_and_is_told(boss: User) -> None:
    client, row = browser(boss), policy()
    form = client.get(url(Policy, "change", row.pk)).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in ("", True)}
    assert client.post(url(Policy, "change", row.pk), sent).status_code == 302
    changed = MoneyEvent.objects.get(kind="policy_changed").payload["changed"]
    assert changed["withdrawals_open"] == {"old": "True", "new": "False"}


def test_an_old_page_does_not_open_what_was_stopped_after_it(boss: User) -> None:
    client, row = browser(boss), policy()
    form = client.get(url(Policy, "change", row.pk)).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields} | {"user_day_krw": "50000000"}
    sent = {name: "on" if value is True else value for name, value in sent.items() if value != ""}
    Policy.objects.update(withdrawals_open=False, stopped_reason="BTC hot: 1 missing")
    answer = client.post(url(Policy, "change", row.pk), sent)
    assert "were changed after you opened this page" in answer.content.decode()
    row.refresh_from_db()
    assert (row.withdrawals_open, row.stopped_reason) == (False, "BTC hot: 1 missing")
    assert row.user_day_krw != 50_000_000
    assert not MoneyEvent.objects.exists()


def filled_in(client: Client, row: Model, **changes: str) -> Any:
    """What a browser sends when staff save a page of rules."""
    target = url(type(row), "change", row.pk)
    form = client.get(target).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields} | changes
    sent = {name: "on" if value is True else value for name, value in sent.items() if value != ""}
    return client.post(target, sent)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quote_seconds": "601"}, "less than or equal to 600"),
        ({"two_approvals_krw": "500000"}, "must not need two approvals"),
    ],
)
def test_rules_outside_of_their_range_are_refused_with_a_reason(
    boss: User, changes: dict[str, str], said: str
) -> None:
    answer = filled_in(browser(boss), policy(), **changes)
    assert said in answer.content.decode()
    assert not MoneyEvent.objects.exists()


def test_rules_of_an_asset_are_set_within_their_range(boss: User) -> None:
    client, row = browser(boss), asset_policy("BTC")
    refused = filled_in(client, row, fee_cap_units="10000001")
    assert "at most 0.1 BTC" in refused.content.decode()
    assert filled_in(client, row, fee_cap_units="100000").status_code == 302
    row.refresh_from_db()
    assert row.fee_cap_units == 100_000


def test_rules_cannot_be_added_or_deleted(boss: User) -> None:
    client, row = browser(boss), policy()
    assert client.post(url(Policy, "add"), {}).status_code == 403
    assert client.post(url(Policy, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_staff_approve_the_content_that_the_page_showed(rich: User, checker: User) -> None:
    row = withdrawal_in_review(rich)
    client = browser(checker)
    page = client.get(url(Withdrawal, "change", row.pk)).content.decode()
    assert f'name="content_hash" value="{row.content_hash}"' in page
    why = "₩100,000 is more than the ₩20,000 that are paid without review."
    for text in (row.address, why, "ETH"):
        assert text in page
    for wrong in ("", "0" * 64, row.content_hash[:-1]):
        answer = decide(client, row, "approve", content_hash=wrong)
        assert told(answer) == [
            "This is not the withdrawal that you looked at. Reload the page and check it."
        ]
    assert state_of(row) == "approval"
    answer = decide(client, row, "approve", content_hash=row.content_hash, note="called Mina")
    assert told(answer) == ["Your decision is recorded."]
    assert state_of(row) == "approved"
    assert row.approvals.get().note == "called Mina"


def test_a_rejection_gives_the_hold_back(rich: User, checker: User) -> None:
    row = withdrawal_in_review(rich)
    decide(browser(checker), row, "reject", content_hash=row.content_hash)
    assert state_of(row) == "rejected"
    assert balance_krw(user_id=rich.pk) == 1_000_000


def test_two_approvals_are_of_two_people(rich: User, checker: User, boss: User) -> None:
    rules(auto_approve_krw=20_000, two_approvals_krw=50_000)
    row = withdrawal_in_review(rich)
    decide(browser(checker), row, "approve", content_hash=row.content_hash)
    again = decide(browser(checker), row, "approve", content_hash=row.content_hash)
    assert told(again) == ["You have already decided on this withdrawal."]
    assert state_of(row) == "approval"
    decide(browser(boss), row, "approve", content_hash=row.content_hash)
    assert state_of(row) == "approved"


def test_nobody_decides_on_their_own(checker: User) -> None:
    give_bought(checker.pk, 1_000_000)
    row = withdrawal_in_review(checker)
    client = browser(checker)
    page = client.get(url(Withdrawal, "change", row.pk)).content.decode()
    assert 'name="content_hash"' not in page
    answer = decide(client, row, "approve", content_hash=row.content_hash)
    assert told(answer) == ["Somebody else must decide on your own withdrawal."]
    assert state_of(row) == "approval"


def test_staff_without_the_permission_see_no_form_and_are_refused(
    rich: User, support: User
) -> None:
    views = ("view_withdrawal", "view_deposit", "view_ratehalt")
    support.user_permissions.set(Permission.objects.filter(codename__in=views))
    client = browser(User.objects.get(pk=support.pk))
    row, deposit, halt = withdrawal_in_review(rich), quarantined(rich), halted()
    for target, decision in (
        (row, "approve"),
        (row, "reject"),
        (deposit, "credit"),
        (halt, "lift"),
    ):
        page = client.get(url(type(target), "change", target.pk))
        assert page.status_code == 200
        assert 'name="decision"' not in page.content.decode()
        answer = decide(client, target, decision, content_hash=row.content_hash)
        assert answer.status_code == 403
    assert state_of(row) == "approval"
    assert state_of(deposit) == "quarantined"
    assert RateHalt.objects.get().lifted_at is None


def test_a_player_and_a_stranger_cannot_decide(rich: User) -> None:
    row, halt = withdrawal_in_review(rich), halted()
    for client in (browser(rich), Client()):
        for target, decision in ((row, "reject"), (halt, "lift")):
            sent = {"decision": decision, "content_hash": row.content_hash}
            answer = client.post(url(type(target), "decide", target.pk), sent)
            assert answer.status_code in {302, 403}
    assert state_of(row) == "approval"
    assert RateHalt.objects.get().lifted_at is None


def test_a_decision_needs_its_token_and_a_post(rich: User, checker: User) -> None:
    row = withdrawal_in_review(rich)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(checker)
    sent = {"decision": "reject", "content_hash": row.content_hash}
    target = url(Withdrawal, "decide", row.pk)
    assert strict.post(target, sent).status_code == 403
    assert browser(checker).get(target, sent).status_code == 302
    assert browser(checker).post(target, {**sent, "decision": "settle"}).status_code == 302
    assert state_of(row) == "approval"


def test_a_deposit_in_quarantine_is_credited_once(rich: User, checker: User) -> None:
    deposit = quarantined(rich)
    rejected = decide(browser(checker), deposit, "return", note="", txid="x")
    assert len(told(rejected)) == 1
    assert state_of(deposit) == "quarantined"
    decide(browser(checker), deposit, "credit", note="<script>alert(1)</script>")
    again = decide(browser(checker), deposit, "credit")
    assert state_of(deposit) == "credited"
    assert deposit.amount_krw == 495_000
    assert balance_krw(user_id=rich.pk) == 1_495_000
    assert "<script>alert(1)</script>" not in again.content.decode()


def test_a_halt_is_lifted_by_staff_whose_name_is_kept(checker: User) -> None:
    halt = halted()
    decide(browser(checker), halt, "lift")
    halt.refresh_from_db()
    assert halt.lifted_by == checker


def test_what_is_not_there_is_said(checker: User) -> None:
    client = browser(checker)
    for model, decision in ((Withdrawal, "approve"), (Deposit, "credit"), (RateHalt, "lift")):
        answer = client.post(url(model, "decide", 987_654_321), {"decision": decision}, follow=True)
        assert answer.status_code in {200, 404}


def test_an_exclusion_that_staff_add_is_kept_and_never_shortened(rich: User, boss: User) -> None:
    client = browser(boss)
    for until in (("2999-01-01", "00:00:00"), ("2998-01-01", "00:00:00")):
        sent = {"user": rich.pk, "until_0": until[0], "until_1": until[1], "note": "letter"}
        answer = client.post(url(Exclusion, "add"), sent, follow=True)
        assert answer.status_code == 200
    row = Exclusion.objects.get()
    assert row.by == boss
    assert row.until is not None
    assert row.until.year in {2998, 2999}
    assert MoneyEvent.objects.filter(kind="player_excluded").count() == 1
    assert client.post(url(Exclusion, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert (
        client.post(url(Exclusion, "change", row.pk), {"until_0": "2027-01-01"}).status_code == 403
    )


def test_an_exclusion_without_an_end_is_for_good(rich: User, boss: User) -> None:
    client = browser(boss)
    assert "to exclude for good" in client.get(url(Exclusion, "add")).content.decode()
    sent = {"user": rich.pk, "until_0": "", "until_1": "", "note": "asked by letter"}
    assert client.post(url(Exclusion, "add"), sent).status_code == 302
    row = Exclusion.objects.get()
    assert (row.user, row.until, row.by) == (rich, None, boss)
    half = {**sent, "until_0": "2999-01-01"}
    assert client.post(url(Exclusion, "add"), half).status_code == 200
    assert Exclusion.objects.count() == 1


def test_what_staff_verified_is_told(rich: User, boss: User) -> None:
    sent = {"user": rich.pk, "level": "2", "born_on": "1990-01-01"}
    assert browser(boss).post(url(Identity, "add"), sent).status_code == 302
    row = Identity.objects.get(user=rich)
    assert row.verified_by == boss
    assert MoneyEvent.objects.get(kind="identity_verified").payload["level"] == 2


def test_nobody_verifies_themselves(boss: User, player: User) -> None:
    client, sent = browser(boss), {"user": str(boss.pk), "level": "2", "born_on": "1990-01-01"}
    answer = client.post(url(Identity, "add"), sent, follow=True)
    assert told(answer) == ["Somebody else must verify your own identity. Ask a colleague."]
    assert not Identity.objects.exists()
    row = Identity.objects.create(user=boss, level=1)
    answer = client.post(url(Identity, "change", row.pk), sent | {"level": "3"}, follow=True)
    assert told(answer) == ["Somebody else must verify your own identity. Ask a colleague."]
    row.refresh_from_db()
    assert (row.level, row.verified_by) == (1, None)
    assert not MoneyEvent.objects.filter(kind="identity_verified").exists()


def test_a_position_is_shown_with_its_worth_and_gain(rich: User, boss: User) -> None:
    bought(rich)
    rate = Rate.objects.filter(asset="BTC").order_by("-at", "-id").first()
    assert rate is not None
    worth_krw = value_krw("BTC", 500_000, rate.bid_krw)
    page = browser(boss).get(url(HousePosition, "changelist")).content.decode()
    assert "satoshi" not in page
    for text in ("0.005 BTC", won(700_000), won(worth_krw), won(worth_krw - 700_000)):
        assert text in page
