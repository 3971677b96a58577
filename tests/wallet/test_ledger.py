"""Posting, repeating and reversing."""

from typing import Any

import pytest
from django.db import connection, transaction

from tests.wallet.house import account_of, make_player
from wallet import chart
from wallet.errors import (
    AccountClosed,
    AlreadyReversed,
    IdempotencyConflict,
    InsufficientFunds,
    InvalidAmount,
    LedgerRefused,
    UnbalancedPostings,
    WalletError,
)
from wallet.ledger import LARGEST_AMOUNT, Posting, credit, debit, post, reverse
from wallet.models import Account, Entry, Side, Transaction
from wallet.selectors import balance_krw

pytestmark = pytest.mark.django_db


def transfer(giver: int, taker: int, amount: int, key: str, **options: Any) -> Transaction:
    postings = [debit(chart.player(giver), amount), credit(chart.player(taker), amount)]
    return post(kind="test", key=key, postings=postings, **options)


def test_the_same_key_and_content_is_the_same_transaction() -> None:
    a, b = make_player(1_000), make_player()
    first = transfer(a, b, 300, "t", meta={"x": 1})
    again = transfer(a, b, 300, "t", meta={"x": 1})
    assert again == first
    assert (again.content_hash, again.created_at) == (first.content_hash, first.created_at)
    assert (balance_krw(user_id=a), balance_krw(user_id=b)) == (700, 300)


def test_the_order_of_the_postings_is_no_content() -> None:
    a, b = chart.player(make_player(1_000)), chart.player(make_player())
    first = post(kind="test", key="t", postings=[debit(a, 5), credit(b, 5)])
    assert post(kind="test", key="t", postings=[credit(b, 5), debit(a, 5)]) == first


@pytest.mark.parametrize(
    "other", [{"amount": 301}, {"turned": True}, {"meta": {"x": 2}}, {"kind": "else"}]
)
def test_the_same_key_with_other_content_is_a_conflict(other: dict[str, Any]) -> None:
    a, b = make_player(1_000), make_player(1_000)
    transfer(a, b, 300, "t", meta={"x": 1})
    amount = other.get("amount", 300)
    giver, taker = (b, a) if other.get("turned") else (a, b)
    with pytest.raises(IdempotencyConflict) as caught:
        post(
            kind=other.get("kind", "test"),
            key="t",
            postings=[debit(chart.player(giver), amount), credit(chart.player(taker), amount)],
            meta=other.get("meta", {"x": 1}),
        )
    assert caught.value.code == "idempotency_conflict"
    assert balance_krw(user_id=a) == 700


def test_more_than_there_is_moves_nothing() -> None:
    a, b = make_player(1_000), make_player()
    with pytest.raises(InsufficientFunds), transaction.atomic():
        transfer(a, b, 1_001, "t")
    assert (balance_krw(user_id=a), balance_krw(user_id=b)) == (1_000, 0)
    assert transfer(a, b, 1_000, "t").key == "t"


def test_a_closed_account_gets_nothing() -> None:
    a, b = make_player(1_000), make_player()
    chart.open_accounts([chart.player(b)])
    Account.objects.filter(user_id=b).update(closed_at=account_of(a).opened_at)
    with pytest.raises(AccountClosed), transaction.atomic():
        transfer(a, b, 1, "t")


def test_postings_that_do_not_balance() -> None:
    a = chart.player(make_player(1_000))
    with pytest.raises(UnbalancedPostings):
        post(kind="test", key="t", postings=[debit(a, 5), credit(chart.rake(1), 4)])
    with pytest.raises(UnbalancedPostings):
        post(kind="test", key="t", postings=[])


def test_an_account_twice_is_the_callers_mistake() -> None:
    a = chart.player(make_player(1_000))
    with pytest.raises(ValueError, match="twice"):
        post(kind="test", key="t", postings=[debit(a, 5), credit(a, 5)])


@pytest.mark.parametrize("amount", [0, -1, True, 1.0, "1", None, LARGEST_AMOUNT + 1])
def test_amounts_are_whole_and_above_zero(amount: Any) -> None:
    with pytest.raises(InvalidAmount):
        Posting(chart.player(1), Side.DEBIT, amount)


def test_more_than_64_bits_of_wei_keep_every_digit() -> None:
    wei = 10**37 + 1
    eth = chart.AccountSpec("house:eth", *_house_kind(), Side.DEBIT)
    owed = chart.AccountSpec("house:eth-owed", *_house_kind(), Side.CREDIT)
    post(kind="test", key="t", postings=[debit(eth, wei), credit(owed, wei)])
    assert Account.objects.get(code="house:eth").balance == wei
    assert Entry.objects.filter(account__code="house:eth-owed").get().balance_after == wei


def _house_kind() -> tuple[Any, Any]:
    from wallet.models import AccountKind, Currency

    return AccountKind.PLAY_MONEY, Currency.ETH


def test_a_reversal_undoes_and_happens_once() -> None:
    a, b = make_player(1_000), make_player()
    mistake = transfer(a, b, 300, "t")
    reversal = reverse(transaction_id=mistake.pk, reason="wrong player")
    assert reversal.reverses == mistake
    assert (balance_krw(user_id=a), balance_krw(user_id=b)) == (1_000, 0)
    assert reverse(transaction_id=mistake.pk, reason="wrong player") == reversal
    with pytest.raises(AlreadyReversed):
        reverse(transaction_id=mistake.pk, reason="second thoughts")
    assert (balance_krw(user_id=a), balance_krw(user_id=b)) == (1_000, 0)


def test_money_that_is_gone_cannot_be_taken_back() -> None:
    a, b, c = make_player(1_000), make_player(), make_player()
    mistake = transfer(a, b, 300, "t")
    transfer(b, c, 300, "u")
    with pytest.raises(InsufficientFunds), transaction.atomic():
        reverse(transaction_id=mistake.pk, reason="too late")


def test_any_other_refusal_says_what_the_database_said() -> None:
    with pytest.raises(LedgerRefused, match="wallet_transaction_named"), transaction.atomic():
        post(
            kind="",
            key="t",
            postings=[debit(chart.play_money(), 5), credit(chart.player(make_player()), 5)],
        )


def test_every_error_has_a_code_and_a_sentence() -> None:
    kinds = WalletError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds) >= 7
    assert all(kind().message.endswith(".") for kind in kinds)


def test_a_repetition_and_a_new_transaction_take_few_statements(
    django_assert_num_queries: Any,
) -> None:
    a, b = make_player(1_000), make_player(1)
    with django_assert_num_queries(1, connection=connection):
        transfer(a, b, 1, "t")
    with django_assert_num_queries(2, connection=connection):
        transfer(a, b, 1, "t")
