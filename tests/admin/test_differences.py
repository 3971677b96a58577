"""Staff propose on a reconciliation's page to book a difference that stays."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from tests.admin.conftest import browser
from tests.admin.proposing import confirmed, waiting
from tests.admin.test_wallet import decide, told, url
from tests.wallet.house import season
from wallet import chart, movements
from wallet.models import ReconciliationRun
from wallet.reconciliation import solvency
from wallet.reconciliation.findings import Difference, Findings, Holding
from wallet.reconciliation.lasting import Counts, booked_counts, found_by_both

pytestmark = pytest.mark.django_db

ASKED = "These differences stay. What is to be done?"


def found(units: int, booked: Counts | None = None) -> ReconciliationRun:
    """The chain has so many satoshi more in the hot wallet than the ledger."""
    findings = Findings(heights={"bitcoin": 840_000})
    holding = Holding("BTC", "hot", 1_000, 1_000 + units, 0)
    findings.add(holding, [Difference("BTC", "hot", "c0ffee:1", 1_000, 1_000 + units)])
    lasting = found_by_both(findings, findings, booked or {})
    more = {"solvency": solvency(findings).as_data(), "lasting": [e.as_data() for e in lasting]}
    return ReconciliationRun.objects.create(
        is_ok=False, is_solvent=True, report=findings.as_data() | more
    )


def page(staff: User, run: ReconciliationRun) -> str:
    return browser(staff).get(url(ReconciliationRun, "change", run.pk)).content.decode()


@pytest.mark.parametrize(
    ("units", "shown", "account"),
    [(-700, "0.000007 BTC missing on the chain", "losses"), (700, "0.000007 BTC more", "capital")],
)
def test_what_two_say_of_a_difference_is_booked_once(
    boss: User, colleague: User, units: int, shown: str, account: str
) -> None:
    run, client = found(units), browser(boss)
    assert ASKED in page(boss, run)
    assert shown in page(boss, run)
    assert told(decide(client, run, "book", about="BTC:hot", note=" ")) == [
        "Write down how you know what happened to these coins."
    ]
    assert told(decide(client, run, "book", about="BTC:cold", note="x")) == [
        "There is no such decision."
    ]
    decide(client, run, "book", about="BTC:hot", note="<b>report 7</b>")
    spec = getattr(chart, account)("BTC")
    assert movements.balance(spec) == 0
    decision = browser(colleague).get(f"/admin/wallet/proposal/{waiting().pk}/change/")
    for text in ("0.000007 BTC", f"#{run.pk}", "hot wallet", f"/reconciliationrun/{run.pk}/"):
        assert text in decision.content.decode()
    confirmed(colleague)
    assert (movements.balance(spec), movements.balance(chart.custody("hot", "BTC"))) == (700, units)
    assert ASKED not in page(boss, run)
    again = decide(client, run, "book", about="BTC:hot", note="report 7")
    assert told(again)[0].startswith("The newest reconciliation does not find this difference")
    assert ASKED in page(boss, found(-5, booked_counts()))


def test_only_what_the_newest_run_finds_is_offered(boss: User) -> None:
    first = found(-700)
    found(-800)
    assert ASKED not in page(boss, first)


def test_who_may_not_decide_sees_no_form_and_posts_nothing(boss: User, support: User) -> None:
    run = found(-700)
    support.user_permissions.add(Permission.objects.get(codename="view_reconciliationrun"))
    clerk = season(support)
    text = page(clerk, run)
    assert "You may look at these differences, not decide on them." in text
    assert ASKED not in text
    assert decide(browser(clerk), run, "book", about="BTC:hot", note="x").status_code == 403
