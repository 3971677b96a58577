"""What a player owes after a deposit went away, paid from the balance."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from tests.wallet.api.web import Web
from tests.wallet.house import at_once
from tests.wallet.pages.conftest import browser, html, told
from tests.wallet.withdrawals.house import ask, open_house, owe, player_with
from wallet import chart, debts, withdrawals
from wallet.errors import IdempotencyConflict, InsufficientFunds, InvalidAmount, NothingOwed
from wallet.invariants import check_ledger
from wallet.ledger import credit, debit, post
from wallet.models import Transaction
from wallet.provenance import without_origin
from wallet.selectors import money_of
from wallet.services import buy_in
from wallet.withdrawals.errors import WithdrawalsFrozen

pytestmark = pytest.mark.django_db


@pytest.fixture
def debtor(redis_url: str, settings: object) -> User:
    """Has 300,000 won, and owes 100,000."""
    open_house(settings)
    player = player_with(300_000)
    owe(player, 100_000)
    return player


def stands(player: User) -> tuple[int, int]:
    money = money_of(user_id=player.pk)
    return money.balance_krw, money.owed_krw


def misshapen() -> list[str]:
    """What provenance says of repayments; the debts of these tests have no deposit."""
    return [line for line in without_origin() if "repayment" in line]


def test_who_pays_what_is_owed_can_withdraw_again(debtor: User) -> None:
    assert withdrawals.frozen_reason(debtor.pk) == "receivable"
    assert debts.repay(user_id=debtor.pk, amount_krw=99_999, key="most") == 99_999
    with pytest.raises(WithdrawalsFrozen):
        ask(debtor)
    assert debts.repay(user_id=debtor.pk, amount_krw=5_000_000, key="rest") == 1
    assert stands(debtor) == (200_000, 0)
    assert ask(debtor).state == "approved"
    assert misshapen() == []


def test_no_more_is_paid_than_is_there(debtor: User) -> None:
    buy_in(user_id=debtor.pk, table_id=1, amount_krw=260_000, key="in")
    assert debts.repay(user_id=debtor.pk, amount_krw=100_000, key="k") == 40_000
    assert stands(debtor) == (0, 60_000)
    with pytest.raises(InsufficientFunds):
        debts.repay(user_id=debtor.pk, amount_krw=60_000, key="k2")


def test_the_same_key_pays_once(debtor: User) -> None:
    for _ in range(2):
        assert debts.repay(user_id=debtor.pk, amount_krw=30_000, key="k") == 30_000
    assert stands(debtor) == (270_000, 70_000)
    with pytest.raises(IdempotencyConflict):
        debts.repay(user_id=debtor.pk, amount_krw=30_001, key="k")


def test_the_key_of_another_player_is_free(debtor: User) -> None:
    other = player_with(50_000)
    owe(other, 20_000)
    for player, paid_krw in ((debtor, 50_000), (other, 20_000)):
        assert debts.repay(user_id=player.pk, amount_krw=50_000, key="k") == paid_krw


def test_who_owes_nothing_pays_nothing(debtor: User) -> None:
    other = player_with(50_000)
    with pytest.raises(NothingOwed):
        debts.repay(user_id=other.pk, amount_krw=1, key="k")
    for amount in (0, -1, 1.5, True):
        with pytest.raises(InvalidAmount):
            debts.repay(user_id=debtor.pk, amount_krw=amount, key="k")  # type: ignore[arg-type]
    assert not Transaction.objects.filter(kind="repayment").exists()


def test_nobody_pays_with_anothers_won(debtor: User) -> None:
    """Whoever can write rows cannot pay a debt out of another's balance unseen."""
    other = player_with(100_000)
    post(
        kind="repayment",
        key=f"repayment:{debtor.pk}:forged",
        postings=[
            debit(chart.player(other.pk), 100_000),
            credit(chart.receivable(debtor.pk), 100_000),
        ],
    )
    (line,) = misshapen()
    assert f"player:{other.pk}:KRW" in line


@pytest.mark.django_db(transaction=True)
def test_many_at_once_pay_what_is_owed_and_no_more(debtor: User) -> None:
    jobs: list[Callable[[], Any]] = [
        partial(debts.repay, user_id=debtor.pk, amount_krw=30_000, key=f"k{number}")
        for number in range(12)
    ]
    jobs += [partial(buy_in, user_id=debtor.pk, table_id=1, amount_krw=100_000, key="in")]
    outcomes = Counter(one if isinstance(one, int) else type(one).__name__ for one in at_once(jobs))
    assert outcomes == {30_000: 3, 10_000: 1, "NothingOwed": 8, "Transaction": 1}
    assert stands(debtor) == (100_000, 0)
    names = {check.name: check.discrepancies for check in check_ledger()}
    assert not [line for lines in names.values() for line in lines if "repayment" in str(line)]


@pytest.mark.django_db(transaction=True)
def test_one_key_at_once_pays_once(debtor: User) -> None:
    job = partial(debts.repay, user_id=debtor.pk, amount_krw=30_000, key="once")
    assert at_once([job] * 8) == [30_000] * 8
    assert stands(debtor) == (270_000, 70_000)


def test_the_button_pays_what_the_page_shows(debtor: User) -> None:
    client = browser(debtor)
    page = client.get(reverse("wallet"))
    assert "Pay ₩100,000 from the balance" in html(page)
    sent = {"amount_krw": page.context["payable_krw"], "key": page.context["repay_key"]}
    answer = client.post(reverse("wallet-repay"), sent, follow=True)
    assert told(answer) == ["You paid ₩100,000. You owe nothing any more."]
    assert "from the balance" not in html(answer)
    client.post(reverse("wallet-repay"), sent)
    assert stands(debtor) == (200_000, 0)
    statement = html(client.get(reverse("wallet-statement")))
    assert "Debt paid" in statement
    assert client.post(reverse("wallet-repay"), {"amount_krw": "-1"}).status_code == 302


def test_who_has_less_than_is_owed_is_told_what_remains(debtor: User) -> None:
    owe(debtor, 900_000)
    client = browser(debtor)
    page = client.get(reverse("wallet"))
    assert "This is all of your balance; you owe ₩1,000,000." in html(page)
    sent = {"amount_krw": page.context["payable_krw"], "key": page.context["repay_key"]}
    answer = client.post(reverse("wallet-repay"), sent, follow=True)
    assert told(answer) == ["You paid ₩300,000 and still owe ₩700,000."]
    assert "wallet-repay" not in html(answer)
    assert reverse("wallet-repay") not in html(answer)


def test_a_program_pays_under_its_key(debtor: User) -> None:
    web, body = Web(debtor), {"amount_krw": 100_000}
    missing = web.post("repayments/", body)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")
    first = web.post("repayments/", body, key="k")
    assert (first.status_code, first.json()) == (
        201,
        {"paid_krw": 100_000, "owed_krw": 0, "balance_krw": 200_000},
    )
    assert web.post("repayments/", body, key="k").json() == first.json()
    other = web.post("repayments/", {"amount_krw": 1}, key="k")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    nothing = web.post("repayments/", body, key="k2")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_owed")
    assert web.post("repayments/", {"amount_krw": "5"}, key="k3").status_code == 400
