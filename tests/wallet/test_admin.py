"""Staff look at the ledger; nobody changes it there."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.wallet.house import account_of, make_player
from wallet import ledger
from wallet.models import Account, Entry, Transaction
from wallet.services import buy_in

pytestmark = pytest.mark.django_db
MODELS = ("account", "transaction", "entry")


@pytest.fixture
def boss(redis_url: str) -> Client:
    """A superuser's browser."""
    user = User(email="boss@example.com", nickname="boss", is_staff=True, is_superuser=True)
    user.set_unusable_password()
    user.save()
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def held() -> Transaction:
    return buy_in(user_id=make_player(10_000), table_id=1, amount_krw=4_000, key="in")


def _row(model: str) -> int:
    kinds = {"account": Account, "transaction": Transaction, "entry": Entry}
    pk: int = kinds[model]._default_manager.order_by("-pk").values_list("pk", flat=True)[0]
    return pk


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_pages_open(boss: Client, held: Transaction, model: str) -> None:
    ledger.reverse(transaction_id=held.pk, reason="test")
    listing = boss.get(reverse(f"admin:wallet_{model}_changelist"), {"q": "in"})
    assert listing.status_code == 200
    page = boss.get(reverse(f"admin:wallet_{model}_change", args=[_row(model)]))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_nothing_can_be_added_changed_or_deleted(
    boss: Client, held: Transaction, model: str
) -> None:
    row = _row(model)
    assert boss.get(reverse(f"admin:wallet_{model}_add")).status_code == 403
    change = reverse(f"admin:wallet_{model}_change", args=[row])
    assert boss.post(change, {"kind": "x", "credits": 5}).status_code == 403
    delete = reverse(f"admin:wallet_{model}_delete", args=[row])
    assert boss.post(delete, {"post": "yes"}).status_code == 403
    boss.post(
        reverse(f"admin:wallet_{model}_changelist"),
        {"action": "delete_selected", "_selected_action": [row], "post": "yes"},
    )
    assert _row(model) == row


def test_a_transaction_shows_both_sides(boss: Client, held: Transaction) -> None:
    page = boss.get(reverse("admin:wallet_transaction_change", args=[held.pk])).content.decode()
    assert "4,000 KRW (won)" in page
    assert "6,000 KRW (won)" in page
    account = held.entries.select_related("account").order_by("id")[0].account
    assert reverse("admin:wallet_account_change", args=[account.pk]) in page


def test_an_account_shows_its_balance_and_leads_to_its_entries(
    boss: Client, held: Transaction
) -> None:
    account = held.entries.select_related("account").order_by("id")[0].account
    page = boss.get(reverse("admin:wallet_account_change", args=[account.pk])).content.decode()
    assert "6,000 KRW (won)" in page
    link = reverse("admin:wallet_entry_changelist") + f"?account__id__exact={account.pk}"
    assert link in page
    assert boss.get(link).status_code == 200


def test_accounts_are_found_by_nickname(boss: Client, held: Transaction) -> None:
    user = User.objects.exclude(nickname="boss").get()
    listing = boss.get(reverse("admin:wallet_account_changelist"), {"q": user.nickname})
    assert account_of(user.pk).code in listing.content.decode()


def test_a_user_with_money_cannot_be_deleted(boss: Client, held: Transaction) -> None:
    with pytest.raises(Exception, match="protected"):
        User.objects.exclude(nickname="boss").get().delete()
