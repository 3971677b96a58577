"""What staff were told is in one place, with a number on the index page; proofs can be read."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.admin.conftest import browser
from tests.admin.money import reconciled
from tests.wallet.house import refused
from wallet.deposits.alerts import tell_staff
from wallet.models import Alert, AlertSeen, MoneyEvent
from wallet.rates import breaker
from wallet.signer.alerts import alert
from wallet.tasks.audit import check_audit

ALERTS = "admin:wallet_alert_changelist"


@pytest.fixture
def client(boss: User) -> Client:
    return browser(boss)


def index(client: Client) -> str:
    return client.get(reverse("admin:index")).content.decode()


def mark_seen(client: Client, *alerts: Alert) -> Any:
    sent = {"action": "mark_seen", "_selected_action": [str(each.pk) for each in alerts]}
    return client.post(reverse(ALERTS), sent, follow=True)


def test_what_every_part_of_the_wallet_tells_is_on_one_page(client: Client) -> None:
    tell_staff("deposit_reversed", "deposit:1", {"owed_krw": "5"})  # deposits, reconciliation
    alert("hot_wallet_low", "hot:BTC", have_units="0")  # the signer
    with transaction.atomic():
        breaker.halt("BTC", breaker.JUMPED, "80.00 %", datetime.now(UTC))
    page = client.get(reverse(ALERTS)).content.decode()
    for text in ("A credited deposit went away", "too little", "Quotes of an asset stopped"):
        assert text in page
    assert "3 alerts that nobody has looked at" in index(client)


def test_logs_that_disagree_are_an_alert(client: Client, settings: Any, tmp_path: Any) -> None:
    settings.AUDIT_DIR = tmp_path
    tell_staff("stuck", "payment:1", {})
    check_audit()
    assert not Alert.objects.filter(kind="alert.audit_discrepancy").exists()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_text(path.read_text().replace("payment:1", "payment:2"))
    check_audit()
    told = Alert.objects.get(kind="alert.audit_discrepancy")
    assert told.payload["in_all"] >= 1
    assert "The audit logs do not agree" in client.get(reverse(ALERTS)).content.decode()


def test_an_alert_is_counted_until_somebody_looked_and_who_was_first_is_kept(
    client: Client, boss: User
) -> None:
    tell_staff("stuck", "payment:1", {"why": "fee"})
    tell_staff("insolvent", "reconciliation:1", {})
    first = Alert.objects.get(kind="alert.stuck")
    assert "2 alerts that nobody has looked at" in index(client)
    mark_seen(client, first)
    mark_seen(client, first)
    assert "1 alert that nobody has looked at" in index(client)
    assert AlertSeen.objects.get().staff == boss
    assert MoneyEvent.objects.get(kind="alert_seen").payload == {"by": boss.pk}
    shown = client.get(reverse(ALERTS), {"seen": "no"}).context["cl"].queryset
    assert [each.code for each in shown] == ["insolvent"]
    with refused("wallet_append_only"):
        AlertSeen.objects.all().delete()
    mark_seen(client, Alert.objects.get(kind="alert.insolvent"))
    assert "nobody has looked at" not in index(client)


def test_who_may_not_see_alerts_is_told_no_number_and_marks_none(support: User) -> None:
    tell_staff("stuck", "payment:1", {})
    client = browser(support)
    assert "nobody has looked at" not in index(client)
    assert mark_seen(client, Alert.objects.get()).status_code == 403
    support.user_permissions.add(Permission.objects.get(codename="view_alert"))
    client = browser(User.objects.get(pk=support.pk))
    assert "1 alert that nobody has looked at" in index(client)
    mark_seen(client, Alert.objects.get())
    assert not AlertSeen.objects.exists()


def test_a_reconciliation_is_a_table(client: Client, settings: Any) -> None:
    run = reconciled()
    url = reverse("admin:wallet_reconciliationrun_change", args=[run.pk])
    page = " ".join(client.get(url).content.decode().split())
    cells = '>BTC</td> <td class="place">hot wallet</td>'
    assert cells in page
    for cell in (">1.2<", ">1.5<", ">-0.3<", "c0ffee:1: the ledger has 0.3, the chain 0"):
        assert cell in page
    assert "Not checked now, asked again with the next run:" in page
    assert "<pre" not in page
    assert "bitcoin: block 840000" in page
