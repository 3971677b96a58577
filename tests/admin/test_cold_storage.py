"""Staff say on a page what left cold storage."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.admin.conftest import browser
from tests.admin.proposing import confirmed
from tests.admin.test_wallet import decide, told, url
from wallet import chart, movements
from wallet.models import OwnTransfer

pytestmark = pytest.mark.django_db

WAITS = "These coins left cold storage. What was it?"


@pytest.fixture
def left(db: None) -> OwnTransfer:
    return OwnTransfer.objects.create(
        network="bitcoin",
        asset="BTC",
        txid="ab" * 32,
        place=f"spends:{'cd' * 32}:0",
        custody="cold",
        is_outgoing=True,
        amount_units=700,
        height=5,
        block_hash="ef" * 32,
    )


def page(client: Client, row: OwnTransfer) -> str:
    return client.get(url(OwnTransfer, "change", row.pk)).content.decode()


def fields(client: Client, row: OwnTransfer) -> tuple[str, ...]:
    answer = client.get(url(OwnTransfer, "change", row.pk))
    shown: tuple[str, ...] = answer.context["adminform"].fieldsets[0][1]["fields"]
    return shown


@pytest.mark.parametrize(("verdict", "account"), [("taken", "capital"), ("lost", "losses")])
def test_a_word_of_two_is_booked_once(
    boss: User, colleague: User, left: OwnTransfer, verdict: str, account: str
) -> None:
    client = browser(boss)
    assert WAITS in page(client, left)
    needed = client.get(url(OwnTransfer, "changelist"), {"needs_staff": "yes"})
    assert left.txid in needed.content.decode()
    assert told(decide(client, left, verdict, note="")) == [
        "Write down how you know what happened to these coins."
    ]
    decide(client, left, verdict, note="<b>order 7</b>")
    spec = getattr(chart, account)("BTC")
    assert movements.balance(spec) == 0
    again = decide(client, left, "lost", note="order 7")
    assert "waits already" in told(again)[0]
    confirmed(colleague)
    again = decide(client, left, "lost", note="order 7")
    assert told(again) == ["This movement does not wait for a decision. Reload the page."]
    assert WAITS not in page(client, left)
    assert movements.balance(spec) == (700 if account == "losses" else -700)
    assert movements.balance(chart.custody("cold", "BTC")) == -700


def test_a_balance_that_fell_shows_its_block_and_no_transaction(
    boss: User, left: OwnTransfer
) -> None:
    block = "0x" + "c0ffee12" * 8
    fell = OwnTransfer.objects.create(
        network="ethereum",
        asset="ETH",
        txid=block,
        place="balance:ETH",
        custody="cold",
        is_outgoing=True,
        amount_units=700,
        height=7,
        block_hash=block,
    )
    client = browser(boss)
    listed = client.get(url(OwnTransfer, "changelist")).content.decode()
    assert f"block {block}" in listed
    assert f"block {left.txid}" not in listed
    assert "txid_shown" not in fields(client, fell)
    assert page(client, fell).count(f'<span class="anywhere">{block}</span>') == 1
    assert "txid_shown" in fields(client, left)


def test_who_only_may_look_says_nothing(support: User, left: OwnTransfer) -> None:
    support.user_permissions.add(Permission.objects.get(codename="view_owntransfer"))
    client = browser(support)
    assert "You may look at these coins, not decide on them." in page(client, left)
    assert decide(client, left, "taken", note="order 7").status_code == 403
    left.refresh_from_db()
    assert left.transaction is None
