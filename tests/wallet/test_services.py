"""Play money, buy-ins, hands and cash-outs."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.wallet.house import make_player
from wallet.errors import (
    IdempotencyConflict,
    InsufficientFunds,
    InvalidAmount,
    UnbalancedPostings,
)
from wallet.models import Account, Entry, Transaction
from wallet.selectors import (
    balance_krw,
    escrow_by_table,
    escrow_krw,
    existing_keys,
    transaction_exists,
)
from wallet.services import LARGEST_AMOUNT_KRW, buy_in, cash_out, grant_play_money, settle_hand

pytestmark = pytest.mark.django_db


def seated(table_id: int, *stacks: int) -> list[int]:
    """Players who brought all they have to a table."""
    players = []
    for stack in stacks:
        players.append(make_player(stack))
        buy_in(user_id=players[-1], table_id=table_id, amount_krw=stack, key=f"in:{players[-1]}")
    return players


def test_play_money_is_given_once(settings: Settings) -> None:
    user_id = make_player()
    settings.PLAY_MONEY_GRANT_KRW = 5_000
    first = grant_play_money(user_id=user_id)
    assert grant_play_money(user_id=user_id) == first
    settings.PLAY_MONEY_GRANT_KRW = 9_000
    assert grant_play_money(user_id=user_id) == first
    assert balance_krw(user_id=user_id) == 5_000


def test_a_site_without_play_money_gives_none(settings: Settings) -> None:
    settings.PLAY_MONEY_GRANT_KRW = 0
    user_id = make_player()
    assert grant_play_money(user_id=user_id) is None
    assert balance_krw(user_id=user_id) == 0


def test_who_signs_up_gets_play_money(settings: Settings, redis_url: str) -> None:
    settings.PLAY_MONEY_GRANT_KRW = 5_000
    answer = Client().post(
        "/accounts/signup/",
        {
            "email": "new@example.com",
            "nickname": "newcomer",
            "password1": "river-card-77",
            "password2": "river-card-77",
        },
    )
    assert answer.status_code == 302
    account = Account.objects.get(kind="player", user__email="new@example.com")
    assert account.balance == 5_000


def test_a_buy_in_moves_won_to_the_table_and_a_cash_out_back() -> None:
    user_id = make_player(10_000)
    first = buy_in(user_id=user_id, table_id=4, amount_krw=6_000, key="in")
    assert buy_in(user_id=user_id, table_id=4, amount_krw=6_000, key="in") == first
    assert (balance_krw(user_id=user_id), escrow_krw(table_id=4)) == (4_000, {user_id: 6_000})
    for _ in range(2):
        cash_out(user_id=user_id, table_id=4, amount_krw=6_000, key="out")
    assert (balance_krw(user_id=user_id), escrow_krw(table_id=4)) == (10_000, {})


def test_a_refused_buy_in_leaves_the_callers_transaction_good() -> None:
    user_id = make_player(100)
    with pytest.raises(InsufficientFunds):
        buy_in(user_id=user_id, table_id=4, amount_krw=101, key="in")
    assert not transaction_exists(key="in")
    assert balance_krw(user_id=user_id) == 100


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, "10", None, LARGEST_AMOUNT_KRW + 1])
@pytest.mark.parametrize("service", [buy_in, cash_out])
def test_bad_amounts_are_refused(service: Any, amount: Any) -> None:
    with pytest.raises(InvalidAmount):
        service(user_id=1, table_id=1, amount_krw=amount, key="k")


def test_a_hand_moves_escrow_from_losers_to_winners_and_rake() -> None:
    a, b, c = seated(4, 1_000, 1_000, 1_000)
    net = {a: -500, b: -300, c: 770}
    hand = settle_hand(table_id=4, hand_id="h1", net_krw=net, rake_krw=30)
    assert settle_hand(table_id=4, hand_id="h1", net_krw=net, rake_krw=30) == hand
    assert hand is not None
    assert (hand.kind, hand.key) == ("hand", "hand:h1")
    assert escrow_krw(table_id=4) == {a: 500, b: 700, c: 1_770}
    assert Account.objects.get(code="rake:4").balance == 30
    with pytest.raises(IdempotencyConflict):
        settle_hand(table_id=4, hand_id="h1", net_krw={a: -1, b: 1}, rake_krw=0)


def test_a_hand_that_changes_nothing_needs_no_transaction() -> None:
    a, b = seated(4, 1_000, 1_000)
    before = Transaction.objects.count()
    for _ in range(2):
        assert settle_hand(table_id=4, hand_id="h", net_krw={a: 0, b: 0}, rake_krw=0) is None
    assert Transaction.objects.count() == before


def test_who_neither_won_nor_lost_has_no_entry() -> None:
    a, b, c = seated(4, 1_000, 1_000, 1_000)
    hand = settle_hand(table_id=4, hand_id="h", net_krw={a: 5, b: -5, c: 0}, rake_krw=0)
    assert Entry.objects.filter(transaction=hand).count() == 2


@pytest.mark.parametrize(("nets", "rake"), [((5, -4), 0), ((5, -5), 1), ((0, 0), 1)])
def test_a_hand_is_zero_sum_with_its_rake(nets: tuple[int, int], rake: int) -> None:
    with pytest.raises(UnbalancedPostings):
        settle_hand(table_id=4, hand_id="h", net_krw=dict(enumerate(nets, start=1)), rake_krw=rake)


@pytest.mark.parametrize(
    ("net", "rake"), [({1: 5, 2: -4}, -1), ({1: 1.0, 2: -1}, 0), ({1: True, 2: -1}, 0)]
)
def test_a_hand_with_bad_amounts(net: Any, rake: int) -> None:
    with pytest.raises(InvalidAmount):
        settle_hand(table_id=4, hand_id="h", net_krw=net, rake_krw=rake)


def test_a_settlement_of_nine_players_is_one_statement(django_assert_num_queries: Any) -> None:
    players = seated(4, *[1_000] * 9)
    net = dict.fromkeys(players, -100) | {players[0]: 790}
    settle_hand(table_id=4, hand_id="h0", net_krw=net, rake_krw=10)  # opens the rake account
    with django_assert_num_queries(1):
        settle_hand(table_id=4, hand_id="h", net_krw=net, rake_krw=10)


def test_escrow_is_told_by_table_without_those_who_have_none() -> None:
    a, b = seated(4, 1_000, 1_000)
    (c,) = seated(5, 700)
    settle_hand(table_id=4, hand_id="h", net_krw={a: -1_000, b: 1_000}, rake_krw=0)
    assert escrow_by_table() == {4: {b: 2_000}, 5: {c: 700}}
    assert escrow_krw(table_id=6) == {}
    assert existing_keys(keys={f"in:{a}", "in:nobody"}) == {f"in:{a}"}
